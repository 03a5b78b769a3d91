// Writes what the test server answers.
import type http from "node:http";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { NS } from "../../provider/remoting/wsman/names.ts";
import { descendant, type XmlElement } from "../../provider/remoting/xml/tree.ts";

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

/** Answers a request; the cookies are those of a front end. */
export function answer(response: http.ServerResponse, request: XmlElement, body: string, status: number, wrongRelation = false): void {
  const relatesTo = wrongRelation ? `uuid:${NO_GUID}` : descendant(request, "MessageID")?.text;
  const header = `<a:RelatesTo xmlns:a="${NS.addressing}">${relatesTo}</a:RelatesTo>`;
  const text = `<s:Envelope xmlns:s="${NS.soap}" xmlns:rsp="${NS.shell}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  response
    .writeHead(status, { "Content-Type": "application/soap+xml;charset=UTF-8", "Set-Cookie": ["backend=ex02; path=/; secure", "old="] })
    .end(text);
}

/** The first attribute of that name anywhere; empty when there is none. */
export function attributeOf(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? element.children.map((child) => attributeOf(child, name)).find((value) => value !== "") ?? "";
}
