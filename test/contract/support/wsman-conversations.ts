// Reads recorded WSMan conversations: a list of request and response, each one line of XML, some folded over several.
// The few YAML forms that these files use, and no others.
import { readFileSync } from "node:fs";
import { Defragmenter } from "../../../provider/remoting/psrp/fragments.ts";
import { decodeMessage, type PsrpMessage } from "../../../provider/remoting/psrp/messages.ts";
import { descendant, parseXml, type XmlElement } from "../../../provider/remoting/xml/tree.ts";

export interface Exchange {
  readonly request: XmlElement;
  /** The request as it was sent. */
  readonly requestText: string;
  /** Last part of the action: `Create`, `Receive`. */
  readonly action: string;
  /** Of a Command, Receive or Signal; empty when it concerns the shell. */
  readonly commandId: string;
  readonly response: string;
}

/** The exchanges of a file, in order. */
export function conversation(file: string): Exchange[] {
  const raw: { request: string; response: string }[] = [];
  let part: "request" | "response" | undefined;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [, key, text] = /^(?:- | {2})(request|response): (.*)$/.exec(line) ?? [];
    const last = raw.at(-1);
    if (key === "request") raw.push({ request: text ?? "", response: "" });
    else if (key === "response" && last !== undefined) last.response = text ?? "";
    else if (part !== undefined && last !== undefined && /^ {4}\S/.test(line)) last[part] += ` ${line.trim()}`;
    part = key === "request" || key === "response" ? key : part !== undefined && /^ {4}\S/.test(line) ? part : undefined;
  }
  return raw.map(({ request, response }) => {
    const envelope = parseXml(request);
    const action = (descendant(envelope, "Action")?.text ?? "").split("/").at(-1) ?? "";
    return { request: envelope, requestText: request, action, commandId: attributeOf(envelope, "CommandId"), response };
  });
}

/** Every PSRP message of a conversation, by direction, in order of completion. */
export function psrpMessages(exchanges: readonly Exchange[]): { readonly sent: PsrpMessage[]; readonly received: PsrpMessage[] } {
  return {
    sent: messagesIn(exchanges.flatMap(({ request }) => texts(request, ["creationXml", "Arguments", "Stream", "connectXml"]))),
    received: messagesIn(exchanges.flatMap(({ response }) => texts(parseXml(response), ["Stream", "connectResponseXml"]))),
  };
}

/** The first attribute of that name anywhere; empty when there is none. */
export function attributeOf(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? element.children.map((child) => attributeOf(child, name)).find((value) => value !== "") ?? "";
}

function texts(element: XmlElement, names: readonly string[]): string[] {
  return names.includes(element.name) ? [element.text] : element.children.flatMap((child) => texts(child, names));
}

/** Pools number their objects each for themselves, so a conversation of two pools needs a new defragmenter where numbers begin anew. */
function messagesIn(base64: readonly string[]): PsrpMessage[] {
  let defragmenter = new Defragmenter();
  return base64.flatMap((text) => {
    const bytes = Buffer.from(text, "base64");
    if (bytes.length > 8 && bytes.readBigUInt64BE(0) === 1n) defragmenter = new Defragmenter();
    return defragmenter.push(bytes).map(decodeMessage);
  });
}

/** Whether a conversation is PowerShell's, and not that of a command shell or a look at the configuration. */
export function isPowerShell(exchanges: readonly Exchange[]): boolean {
  return exchanges.some(
    ({ action, request }) => action === "Create" && (descendant(request, "ResourceURI")?.text ?? "").includes("/powershell/"),
  );
}
