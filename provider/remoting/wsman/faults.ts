// SOAP faults of WS-Management, as values. The number sits in WSManFault, which may be nested in a ProviderFault, or in MSFT_WmiError.
// Shapes: recordings of Windows Server 2008 R2 to 2025.
import type { WsmanFault } from "../problem.ts";
import { quotaIn } from "../quotas.ts";
import { child, descendant, fullText, type XmlElement } from "../xml/tree.ts";
import { FaultCode, NS } from "./names.ts";

/** The parts of a `Fault` element. */
export function faultOf(fault: XmlElement): WsmanFault {
  const detail = child(fault, NS.soap, "Detail");
  const wsmanFault = descendant(detail, "WSManFault", NS.fault);
  const number = Number(wsmanFault?.attributes.get("Code") ?? descendant(detail, "error_Code")?.text ?? Number.NaN);
  const subcode = child(child(child(fault, NS.soap, "Code"), NS.soap, "Subcode"), NS.soap, "Value")?.text ?? "";
  const words = [wsmanFault, descendant(detail, "Message"), child(fault, NS.soap, "Reason")].map((element) =>
    element === undefined ? "" : oneLine(fullText(element)),
  );
  return {
    ...(Number.isInteger(number) ? { code: number >>> 0 } : {}),
    subcode: subcode.trim().replace(/^.*:/, ""),
    text: words.find((text) => text !== "") ?? "a fault without text",
  };
}

/** A Receive during which nothing happened. */
export function isNothingYet(fault: WsmanFault): boolean {
  return fault.code === FaultCode.timedOut || (fault.code === undefined && fault.subcode === "TimedOut");
}

/** The server does not know the shell or the command (any more). */
export function isGone(fault: WsmanFault): boolean {
  return fault.code === FaultCode.unknownSelectors || (fault.code === undefined && fault.subcode === "InvalidSelectors");
}

/** A limit on sessions, commands or load, which passes by itself. Exchange says it in words only. */
export function isThrottling(fault: WsmanFault): boolean {
  return (
    fault.code === FaultCode.tooManyShells ||
    fault.code === FaultCode.tooManyOperations ||
    fault.subcode === "QuotaLimit" ||
    quotaIn(fault.text) !== undefined
  );
}

/** Exchange's plug-in refuses a session in its own words, under a code that says nothing. */
const SAYS_DENIAL = /\bAccess is denied\b|isn't assigned to any management roles/;

/** The account may not do this. */
export function isDenial(fault: WsmanFault): boolean {
  return fault.code === FaultCode.accessDenied || fault.subcode === "AccessDenied" || SAYS_DENIAL.test(fault.text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
