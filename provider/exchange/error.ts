// Words the errors of cmdlets that Exchange answered and did not do. One class, one function.
import { EdgeError } from "../common/reason.ts";
import type { CmdletErrorRecord, CmdletParameters } from "../remoting/transport.ts";
import type { Cmdlet } from "./cmdlet.ts";
import { missingCmdlet, missingParameter } from "./roles.ts";

/** Why a cmdlet that was answered did not do it. Of these, only `notReady` passes by itself. */
export type CmdletReason = "notFound" | "denied" | "rejected" | "invalidAnswer" | "notReady";

/** "Mount-Database on ex01 (-Identity DB99): The operation couldn't be performed because object 'DB99' couldn't be found … (ManagementObjectNotFoundException)" */
export class CmdletError extends EdgeError<CmdletReason> {
  override readonly name = "CmdletError";
}

/**
 * The error that `record` stands for. RBAC hides cmdlets and parameters instead of denying them, so from Exchange "not recognized" is a missing
 * right; from Windows it is a missing module.
 */
export function cmdletError(server: string, cmdlet: Cmdlet, parameters: CmdletParameters, record: CmdletErrorRecord): CmdletError {
  const call = `${cmdlet.name} on ${server}${sayParameters(parameters)}`;
  const failure = /Cmdlet-(\w+)/.exec(record.failureCategory)?.[1];
  if (record.fullyQualifiedErrorId.startsWith("CommandNotFoundException")) {
    return new CmdletError("denied", `${call}: ${missingCmdlet(server, cmdlet)}`);
  }
  if (record.fullyQualifiedErrorId.startsWith("NamedParameterNotFound")) {
    const parameter = /parameter name '([^']+)'/.exec(record.message)?.[1] ?? "parameter";
    return new CmdletError("denied", `${call}: ${missingParameter(server, cmdlet, parameter)}`);
  }
  if (notReady.test(record.message)) return new CmdletError("notReady", `${call}: ${record.message}`);
  const absent = failure === "ManagementObjectNotFoundException" || record.category === "ObjectNotFound";
  return new CmdletError(absent ? "notFound" : "rejected", `${call}: ${record.message}${failure === undefined ? "" : ` (${failure})`}`);
}

/** After a cold start the members of a DAG agree a while later than their services run. The words are as administrators search for them. */
const notReady = /automount consensus not reached/i;

function sayParameters(parameters: CmdletParameters): string {
  const told = Object.entries(parameters).filter(([name]) => name !== "Confirm" && name !== "ResultSize");
  return told.length === 0 ? "" : ` (${told.map(([name, value]) => `-${name} ${String(value)}`).join(" ")})`;
}
