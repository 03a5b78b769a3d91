// Writes what the test server answers.
import { NS } from "../../provider/remoting/wsman/names.ts";

export interface Answered {
  readonly status: number;
  readonly body: string;
}

export const NOTHING_YET = { code: 2150858793, subcode: "w:TimedOut", text: "nothing yet" } as const;
export const GONE = { code: 2150858843, subcode: "w:InvalidSelectors", text: "the command identifier is not known" } as const;

/** The body of a ReceiveResponse. */
export function received(chunks: readonly Uint8Array[], commandId: string, done: boolean): string {
  const command = commandId === "" ? "" : ` CommandId="${commandId}"`;
  const streams = chunks.map((chunk) => `<rsp:Stream Name="stdout"${command}>${Buffer.from(chunk).toString("base64")}</rsp:Stream>`);
  const state = done ? `<rsp:CommandState${command} State="${NS.shell}/CommandState/Done" />` : "";
  return `<rsp:ReceiveResponse>${streams.join("")}${state}</rsp:ReceiveResponse>`;
}

/** What a fault says. */
export interface Fault {
  readonly code?: number;
  readonly subcode: string;
  readonly text: string;
}

/** A fault as Windows writes it; without WSManFault where there is no code. */
export function faultBody({ code, subcode, text }: Fault): string {
  const detail =
    code === undefined
      ? ""
      : `<f:WSManFault xmlns:f="${NS.fault}" Code="${code}" Machine="ex01"><f:Message>${text}</f:Message></f:WSManFault>`;
  return `<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text>${text}</s:Text></s:Reason><s:Detail>${detail}</s:Detail></s:Fault>`;
}

/** Whether a Receive brought nothing for now. */
export function isNothingYet({ body }: Answered): boolean {
  return body.includes(`Code="${NOTHING_YET.code}"`);
}

/** A fault as the answer to a request. */
export function fault(asked: { readonly text: string }, what: Fault): Answered {
  return { ...envelope(asked, faultBody(what)), status: 500 };
}

export function envelope({ text }: { readonly text: string }, body: string): Answered {
  const relatesTo = /<a:MessageID>([^<]+)</.exec(text)?.[1] ?? "";
  const header = `<a:RelatesTo xmlns:a="${NS.addressing}">${relatesTo}</a:RelatesTo>`;
  return {
    status: 200,
    body: `<s:Envelope xmlns:s="${NS.soap}" xmlns:rsp="${NS.shell}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  };
}
