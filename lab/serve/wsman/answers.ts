// Writes what a WSMan server answers, in the prefixes and the order of a Windows server (Server 2019 with an ActivityId).
// Sources: recordings of Windows Server 2012 R2 to 2025; [MS-WSMV] 2.2.4.
import { randomUUID } from "node:crypto";
import { escapeXml } from "../../../provider/remoting/xml/tree.ts";
import { ADDRESSING, ANONYMOUS, CONFIG, MICROSOFT_WSMAN, POWERSHELL, SHELL, SOAP, TRANSFER, WSMAN } from "./namespaces.ts";

/** A shell as Create and Get show it. */
export interface ShellView {
  readonly shellId: string;
  readonly resourceUri: string;
  readonly owner: string;
  readonly processId: number;
  readonly idleTimeoutMs: number;
  /** Milliseconds since it was made, and since it was last used. */
  readonly ageMs: number;
  readonly idleMs: number;
  readonly state: "Connected" | "Disconnected";
}

/** Bytes that the envelope takes around its streams; generous. */
export const ENVELOPE_OVERHEAD_BYTES = 2_048;

/** An envelope; `relatesTo` is the MessageID of the request. */
export function envelope(action: string, relatesTo: string, body: string): string {
  return (
    `<s:Envelope xml:lang="en-US" xmlns:s="${SOAP}" xmlns:a="${ADDRESSING}" xmlns:x="${TRANSFER}" xmlns:w="${WSMAN}" xmlns:rsp="${SHELL}" xmlns:p="${MICROSOFT_WSMAN}">` +
    `<s:Header><a:Action>${action}</a:Action><a:MessageID>uuid:${upperUuid()}</a:MessageID><p:ActivityId>${upperUuid()}</p:ActivityId>` +
    `<a:To>${ANONYMOUS}</a:To><a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

export function createdShell(shell: ShellView, address: string): string {
  const uri = escapeXml(shell.resourceUri);
  return (
    `<x:ResourceCreated><a:Address>${escapeXml(address)}</a:Address><a:ReferenceParameters><w:ResourceURI>${uri}</w:ResourceURI>` +
    `<w:SelectorSet><w:Selector Name="ShellId">${shell.shellId}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>${shellElement(shell)}`
  );
}

/** `rsp:Shell`; `more` goes at its end. */
export function shellElement(shell: ShellView, more = ""): string {
  return (
    `<rsp:Shell xmlns:rsp="${SHELL}"><rsp:ShellId>${shell.shellId}</rsp:ShellId><rsp:ResourceUri>${escapeXml(shell.resourceUri)}</rsp:ResourceUri>` +
    `<rsp:Owner>${escapeXml(shell.owner)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:ProcessId>${shell.processId}</rsp:ProcessId>` +
    `<rsp:IdleTimeOut>PT${(shell.idleTimeoutMs / 1000).toFixed(3)}S</rsp:IdleTimeOut><rsp:InputStreams>stdin pr</rsp:InputStreams>` +
    "<rsp:OutputStreams>stdout</rsp:OutputStreams><rsp:MaxIdleTimeOut>PT2147483.647S</rsp:MaxIdleTimeOut><rsp:Locale>en-US</rsp:Locale>" +
    "<rsp:DataLocale>en-US</rsp:DataLocale><rsp:CompressionMode>NoCompression</rsp:CompressionMode><rsp:ProfileLoaded>Yes</rsp:ProfileLoaded>" +
    `<rsp:Encoding>UTF8</rsp:Encoding><rsp:BufferMode>Block</rsp:BufferMode><rsp:State>${shell.state}</rsp:State>` +
    `<rsp:ShellRunTime>${period(shell.ageMs)}</rsp:ShellRunTime><rsp:ShellInactivity>${period(shell.idleMs)}</rsp:ShellInactivity>${more}</rsp:Shell>`
  );
}

export function commandAccepted(commandId: string): string {
  return `<rsp:CommandResponse><rsp:CommandId>${commandId}</rsp:CommandId></rsp:CommandResponse>`;
}

/** One Stream element a fragment; `isDone` adds the state that ends a command. */
export function receivedStreams(fragments: readonly Uint8Array[], commandId: string | undefined, isDone: boolean): string {
  const ofCommand = commandId === undefined ? "" : ` CommandId="${commandId}"`;
  const streams = fragments.map((fragment) => `<rsp:Stream Name="stdout"${ofCommand}>${base64Of(fragment)}</rsp:Stream>`);
  const state = `<rsp:CommandState${ofCommand} State="${SHELL}/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>`;
  return `<rsp:ReceiveResponse>${streams.join("")}${isDone ? state : ""}</rsp:ReceiveResponse>`;
}

function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** Bytes that a fragment takes inside ReceiveResponse. */
export function streamBytes(fragment: Uint8Array): number {
  return Math.ceil(fragment.length / 3) * 4 + 100;
}

export function sent(): string {
  return "<rsp:SendResponse/>";
}

export function signalled(): string {
  return "<rsp:SignalResponse/>";
}

/** What Get on the configuration says, as far as clients read it. */
export function configuration(): string {
  return `<cfg:Config xmlns:cfg="${CONFIG}"><cfg:MaxEnvelopeSizekb>500</cfg:MaxEnvelopeSizekb><cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms><cfg:MaxBatchItems>32000</cfg:MaxBatchItems></cfg:Config>`;
}

/** The resource that a session configuration has. */
export function resourceUriOf(configurationName: string): string {
  return `${POWERSHELL}/${configurationName}`;
}

function period(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `P${Math.floor(seconds / 86_400)}DT${Math.floor(seconds / 3600) % 24}H${Math.floor(seconds / 60) % 60}M${seconds % 60}S`;
}

function upperUuid(): string {
  return randomUUID().toUpperCase();
}
