// A small WSMan endpoint for tests of the client: keeps shells and commands, answers as scripted, and can disturb one request at a time.
// Built on the client's own codec, so it proves behaviour, not the format; recordings and the lab's server do that.
import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../provider/remoting/clixml/encode.ts";
import { listOf, property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";
import { NS } from "../../provider/remoting/wsman/names.ts";
import { descendant, parseXml, type XmlElement } from "../../provider/remoting/xml/tree.ts";
import { answer, attributeOf, faultBody, received } from "./wsman-answers.ts";

export type ActionName = "Create" | "Command" | "Send" | "Receive" | "Signal" | "Delete";

/** Something that happens to one request instead of, or after, what should. */
export type Disturbance =
  | { readonly kind: "cutBefore" }
  | { readonly kind: "cutAfter" }
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  | { readonly kind: "fault"; readonly code?: number; readonly subcode: string; readonly text: string }
  | { readonly kind: "wrongRelation" }
  | { readonly kind: "silent" }
  /** The whole server goes away. */
  | { readonly kind: "goAway" };

/** What a cmdlet does: messages and a state; or it runs until it is stopped. */
export type Reply =
  | { readonly messages: readonly { readonly type: number; readonly value: PsValue }[]; readonly state: PsValue }
  | "runsOn";

export interface Seen {
  readonly action: ActionName;
  readonly commandId: string;
  readonly signal: string;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Call {
  readonly cmdlet: string;
  readonly parameters: ReadonlyMap<string, PsValue>;
}

interface RunningCommand {
  readonly defragmenter: Defragmenter;
  readonly output: Uint8Array[];
  runsOn: boolean;
  ended: boolean;
}

interface OpenShell {
  readonly commands: Map<string, RunningCommand>;
  readonly output: Uint8Array[][];
  nextObjectId: bigint;
}

const TIMED_OUT = { kind: "fault", code: 2150858793, subcode: "w:TimedOut", text: "nothing yet" } as const;
const GONE = { kind: "fault", code: 2150858843, subcode: "w:InvalidSelectors", text: "the command identifier is not known" } as const;

/** A completed pipeline with this output. */
export function completed(...values: PsValue[]): Reply {
  return {
    messages: values.map((value) => ({ type: MessageType.pipelineOutput, value })),
    state: psObject({ notes: { PipelineState: 4 } }),
  };
}

export class TestServer {
  readonly seen: Seen[] = [];
  readonly calls: Call[] = [];
  readonly shells = new Map<string, OpenShell>();
  /** Decides what a cmdlet does. */
  reply: (cmdlet: string) => Reply = () => completed();
  authorization: string | undefined;
  protocol = "2.3";
  /** Answers a Command with an id of its own, as Windows Server 2008 R2 does. */
  choosesIds = false;
  /** What Receives of commands wait for before they are answered. */
  gate: Promise<void> = Promise.resolve();
  /** Bytes of data per fragment of the answers. */
  fragmentBytes = 32_747;
  /** What the pool says of itself after Create. */
  poolState: PsValue = psObject({ notes: { RunspaceState: 2 } });
  readonly #disturbances = new Map<ActionName, Disturbance[]>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  readonly #waiters = new Set<() => void>();

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Disturbs the next request of that action that is not disturbed yet. */
  disturb(action: ActionName, ...disturbances: Disturbance[]): void {
    this.#disturbances.set(action, [...(this.#disturbances.get(action) ?? []), ...disturbances]);
  }

  /** Resolves once `reached` holds; asked after every request. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  /** Resolves once no TCP connection is open. */
  async untilNobodyIsConnected(): Promise<void> {
    while ((await promisify(this.#server.getConnections.bind(this.#server))()) > 0) await new Promise(setImmediate);
  }

  count(action: ActionName): number {
    return this.seen.filter((seen) => seen.action === action).length;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) {
      const denied = faultBody({ subcode: "w:InternalError", text: "not for people" });
      return answer(response, parseXml(Buffer.concat(parts).toString("utf8")), denied, 401);
    }
    const envelope = parseXml(Buffer.concat(parts).toString("utf8"));
    const action = (descendant(envelope, "Action")?.text ?? "").split("/").at(-1) as ActionName;
    const commandId = attributeOf(envelope, "CommandId");
    this.seen.push({ action, commandId, signal: descendant(envelope, "Code")?.text ?? "", headers: request.headers });
    const disturbance = this.#disturbances.get(action)?.shift();
    if (action === "Receive" && commandId !== "") await this.gate;
    if (disturbance?.kind === "goAway") void this.stop();
    else if (disturbance?.kind === "cutBefore") request.socket.destroy();
    else if (disturbance?.kind === "status")
      response.writeHead(disturbance.status, { "Content-Type": "text/html" }).end(disturbance.body ?? "<html><br></html>");
    else if (disturbance?.kind === "fault") answer(response, envelope, faultBody(disturbance), 500);
    else if (disturbance?.kind !== "silent") this.#perform(action, envelope, commandId, response, disturbance);
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  #perform(
    action: ActionName,
    envelope: XmlElement,
    commandId: string,
    response: http.ServerResponse,
    disturbance: Disturbance | undefined,
  ): void {
    const body = this.#bodyOf(action, envelope, commandId);
    if (disturbance?.kind === "cutAfter") response.socket?.destroy();
    else if (typeof body === "string") answer(response, envelope, body, 200, disturbance?.kind === "wrongRelation");
    else if (body !== undefined) answer(response, envelope, faultBody(body), 500);
  }

  /** A body, a fault, or nothing for a Receive that hangs. */
  #bodyOf(action: ActionName, envelope: XmlElement, commandId: string): string | Extract<Disturbance, { kind: "fault" }> | undefined {
    if (action === "Create") return this.#create(envelope);
    const shellId = descendant(envelope, "Selector")?.text ?? "";
    const shell = this.shells.get(shellId);
    if (shell === undefined) return GONE;
    const command = shell.commands.get(commandId);
    if (action === "Delete") this.shells.delete(shellId);
    if (action === "Command") return this.#command(shell, commandId, descendant(envelope, "Arguments")?.text ?? "");
    if (action === "Send") this.#feed(shell, commandId, descendant(envelope, "Stream")?.text ?? "");
    if (action === "Signal" && command !== undefined) command.runsOn = false;
    if (action !== "Receive") return `<rsp:${action}Response />`;
    if (commandId === "") return received(shell.output.shift() ?? [], "", false);
    if (command === undefined) return GONE;
    if (command.runsOn) return undefined;
    if (command.output.length === 0 && !command.ended) return TIMED_OUT;
    if (command.output.length === 0) return GONE;
    return received(command.output.splice(0), commandId, true);
  }

  #create(envelope: XmlElement): string {
    const shellId = attributeOf(envelope, "ShellId");
    const shell: OpenShell = { commands: new Map(), output: [], nextObjectId: 1n };
    this.shells.set(shellId, shell);
    const capability = { protocolversion: new PsTagged("Version", this.protocol), PSVersion: new PsTagged("Version", "2.0") };
    shell.output.push(this.#fragments(shell, MessageType.sessionCapability, NO_GUID, encodeClixml(psObject({ notes: capability }))));
    shell.output.push(this.#fragments(shell, MessageType.runspacePoolState, NO_GUID, encodeClixml(this.poolState)));
    return `<x:ResourceCreated xmlns:x="${NS.transfer}"><w:SelectorSet xmlns:w="${NS.wsman}"><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet></x:ResourceCreated>`;
  }

  #command(shell: OpenShell, askedId: string, base64: string): string {
    const commandId = this.choosesIds ? randomUUID().toUpperCase() : askedId;
    this.#feed(shell, commandId, base64);
    return `<rsp:CommandResponse><rsp:CommandId>${commandId}</rsp:CommandId></rsp:CommandResponse>`;
  }

  #feed(shell: OpenShell, commandId: string, base64: string): void {
    const command: RunningCommand = shell.commands.get(commandId) ?? {
      defragmenter: new Defragmenter(),
      output: [],
      runsOn: false,
      ended: false,
    };
    shell.commands.set(commandId, command);
    for (const bytes of command.defragmenter.push(Buffer.from(base64, "base64"))) this.#start(shell, command, decodeMessage(bytes));
  }

  #start(shell: OpenShell, command: RunningCommand, { data, pipelineId }: PsrpMessage): void {
    const call = callOf(data);
    this.calls.push(call);
    const reply = this.reply(call.cmdlet);
    command.runsOn = reply === "runsOn";
    if (reply === "runsOn") return;
    const messages = [...reply.messages, { type: MessageType.pipelineState, value: reply.state }];
    command.output.push(...messages.flatMap(({ type, value }) => this.#fragments(shell, type, pipelineId, encodeClixml(value))));
    command.ended = true;
  }

  #fragments(shell: OpenShell, type: number, pipelineId: string, data: string): Uint8Array[] {
    const message = encodeMessage({ destination: "client", type, poolId: NO_GUID, pipelineId, data }, { bom: true });
    return fragmentsOf(shell.nextObjectId++, message, this.fragmentBytes);
  }
}

function callOf(data: string): Call {
  const notes = (value: PsValue | undefined, name: string) => (isPsObject(value) ? property(value, name) : undefined);
  const [pipeline] = decodeClixml(data);
  const [command] = listOf(notes(notes(pipeline, "PowerShell"), "Cmds"));
  const args = listOf(notes(command, "Args")).map((arg) => [textOf(notes(arg, "N")) ?? "", notes(arg, "V") ?? null] as const);
  return {
    cmdlet: textOf(notes(command, "Cmd")) ?? "",
    parameters: new Map(args),
  };
}
