// Writes WS-Management requests. Pure: ids and address come in. Source: [MS-WSMV] 3.1.4; headers as recorded clients send them.

import { escapeXml } from "../xml/tree.ts";
import { Action, ANONYMOUS, NS, type SignalCode } from "./names.ts";

/** What all requests of one session have in common. */
export interface RequestFrame {
  /** As the caller wrote it, whatever address is really connected to. */
  readonly url: string;
  readonly resourceUri: string;
  /** Upper-case GUID, one per session. */
  readonly sessionId: string;
  readonly maxEnvelopeBytes: number;
  readonly operationTimeoutSeconds: number;
}

/** One request, ready but for its message id. */
export interface WsmanRequest {
  readonly action: string;
  readonly body: string;
  /** Selects the shell; absent in Create. */
  readonly shellId?: string;
  /** Written out; absent where there are none. */
  readonly options?: string;
}

const KEEPS_TO_PROTOCOL = optionSet("protocolversion", "2.3", ' MustComply="true"');
const IS_NO_SHELL_COMMAND = optionSet("WINRS_SKIP_CMD_SHELL", "False");
const KEEPS_ALIVE = optionSet("WSMAN_CMDSHELL_OPTION_KEEPALIVE", "True");

/** Opens a shell. `creation` holds the first PSRP fragments; the shell may be idle for `idleTimeoutSeconds` before the server closes it. */
export function createRequest(shellId: string, creation: Uint8Array, idleTimeoutSeconds: number): WsmanRequest {
  return {
    action: Action.create,
    options: KEEPS_TO_PROTOCOL,
    body:
      `<rsp:Shell ShellId="${shellId}"><rsp:IdleTimeOut>PT${idleTimeoutSeconds}.000S</rsp:IdleTimeOut>` +
      "<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>" +
      `<creationXml xmlns="${NS.powershell}">${base64(creation)}</creationXml></rsp:Shell>`,
  };
}

/** Starts a pipeline under an id that the client chose. */
export function commandRequest(shellId: string, commandId: string, firstFragment: Uint8Array): WsmanRequest {
  return {
    action: Action.command,
    shellId,
    options: IS_NO_SHELL_COMMAND,
    body: `<rsp:CommandLine CommandId="${commandId}"><rsp:Command /><rsp:Arguments>${base64(firstFragment)}</rsp:Arguments></rsp:CommandLine>`,
  };
}

/** Sends what of a pipeline's fragments did not fit the Command; to the pool itself when no command is named. */
export function sendRequest(shellId: string, commandId: string | undefined, fragment: Uint8Array): WsmanRequest {
  const command = commandId === undefined ? "" : ` CommandId="${commandId}"`;
  return {
    action: Action.send,
    shellId,
    body: `<rsp:Send><rsp:Stream Name="stdin"${command}>${base64(fragment)}</rsp:Stream></rsp:Send>`,
  };
}

/** Asks for output, of the pool itself when no command is named. */
export function receiveRequest(shellId: string, commandId?: string): WsmanRequest {
  const command = commandId === undefined ? "" : ` CommandId="${commandId}"`;
  return {
    action: Action.receive,
    shellId,
    options: KEEPS_ALIVE,
    body: `<rsp:Receive><rsp:DesiredStream${command}>stdout</rsp:DesiredStream></rsp:Receive>`,
  };
}

/** Stops a running pipeline or frees a finished one. */
export function signalRequest(shellId: string, commandId: string, code: (typeof SignalCode)[keyof typeof SignalCode]): WsmanRequest {
  return { action: Action.signal, shellId, body: `<rsp:Signal CommandId="${commandId}"><rsp:Code>${code}</rsp:Code></rsp:Signal>` };
}

/** Closes the shell. */
export function deleteRequest(shellId: string): WsmanRequest {
  return { action: Action.delete, shellId, body: "" };
}

/** Writes SOAP texts. `messageId` is an upper-case GUID. */
export type WriteEnvelope = (request: WsmanRequest, messageId: string) => string;

/** What writes the requests of one session: all that they have in common is written once. */
export function envelopesOf(frame: RequestFrame): WriteEnvelope {
  const namespaces = `xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:w="${NS.wsman}" xmlns:p="${NS.wsmv}" xmlns:rsp="${NS.shell}"`;
  const upToAction = `<s:Envelope ${namespaces}><s:Header><a:Action s:mustUnderstand="true">`;
  const upToId =
    '</a:Action><p:DataLocale s:mustUnderstand="false" xml:lang="en-US" /><w:Locale s:mustUnderstand="false" xml:lang="en-US" />' +
    `<w:MaxEnvelopeSize s:mustUnderstand="true">${frame.maxEnvelopeBytes}</w:MaxEnvelopeSize><a:MessageID>uuid:`;
  const upToOptions =
    `</a:MessageID><w:OperationTimeout>PT${frame.operationTimeoutSeconds}S</w:OperationTimeout>` +
    `<a:ReplyTo><a:Address s:mustUnderstand="true">${ANONYMOUS}</a:Address></a:ReplyTo>` +
    `<w:ResourceURI s:mustUnderstand="true">${escapeXml(frame.resourceUri)}</w:ResourceURI>` +
    `<p:SessionId s:mustUnderstand="false">uuid:${frame.sessionId}</p:SessionId><a:To>${escapeXml(frame.url)}</a:To>`;
  return ({ action, options = "", shellId, body }, messageId) => {
    const selector = shellId === undefined ? "" : selectorOf(shellId);
    return `${upToAction}${action}${upToId}${messageId}${upToOptions}${options}${selector}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  };
}

function selectorOf(shellId: string): string {
  return `<w:SelectorSet><w:Selector Name="ShellId">${escapeXml(shellId)}</w:Selector></w:SelectorSet>`;
}

function optionSet(name: string, value: string, mustComply = ""): string {
  return `<w:OptionSet s:mustUnderstand="true"><w:Option${mustComply} Name="${name}">${value}</w:Option></w:OptionSet>`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
