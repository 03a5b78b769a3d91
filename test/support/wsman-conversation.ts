// A WSMan server without a wire: answers the requests of one client in this process, one at a time and in order, and lets a test spoil an answer.
// Built on the client's own codec, so it proves behaviour, not the format; recordings and the lab's server do that.
import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { encodeClixml } from "../../provider/remoting/clixml/encode.ts";
import { listOf, property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, PsTagged, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";
import { Defragmenter, fragmentsOf } from "../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { decodeMessage, encodeMessage, MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";
import type { Connection } from "../../provider/remoting/wsman/client.ts";
import { NS } from "../../provider/remoting/wsman/names.ts";
import { type Answered, envelope, type Fault, fault, GONE, NOTHING_YET, received } from "./wsman-answers.ts";

/** A request as it came. */
export interface Asked {
  /** `Create`, `Receive`. */
  readonly action: string;
  readonly commandId: string;
  readonly shellId: string;
  /** `ctrl_c`, `Terminate`; empty when it is no Signal. */
  readonly signal: string;
  readonly text: string;
  readonly timeoutMs: number;
}

/** What becomes of an answer: it arrives, the connection breaks, or nothing comes until somebody gives up. */
export type Fortune = Answered | "broken" | "silent";

/** A message of the server, by its type. */
export type Said = readonly [type: number, value: PsValue];

export interface Command {
  readonly cmdlets: readonly string[];
  /** Of the first cmdlet. */
  readonly parameters: ReadonlyMap<string, PsValue>;
  readonly pipelineId: string;
  /** What each further Receive brings; nothing left: it runs on and says nothing. */
  readonly output: Uint8Array[][];
  readonly defragmenter: Defragmenter;
}

interface OpenShell {
  readonly commands: Map<string, Command>;
  readonly pool: Uint8Array[][];
  readonly poolInput: Defragmenter;
}

export const COMPLETED: Said = [MessageType.pipelineState, psObject({ notes: { PipelineState: 4 } })];

export class Conversation implements Connection {
  readonly asked: Asked[] = [];
  readonly commands: Command[] = [];
  readonly shells = new Map<string, OpenShell>();
  protocol = "2.3";
  /** Answers a Command with an id of its own, as Windows Server 2008 R2 does. */
  choosesIds = false;
  /** What the pool says of itself, unless `opens` is given. */
  poolState: PsValue = psObject({ notes: { RunspaceState: 2 } });
  /** What a pipeline says, Receive by Receive. */
  says: (cmdlets: readonly string[]) => readonly (readonly Said[])[] = () => [[COMPLETED]];
  /** What the pool says when it opens, Receive by Receive. */
  opens: readonly (readonly Said[])[] | undefined;
  /** What the pool answers to a message about itself. */
  poolAnswers: (message: PsrpMessage) => readonly Said[] = () => [];
  /** Called before the server acts: another fortune keeps it from acting. */
  prevents: (asked: Asked) => Fortune | Promise<Fortune> | undefined = () => undefined;
  /** Called with what the server answers. */
  spoils: (answered: Answered, asked: Asked) => Fortune | Promise<Fortune> = (answered) => answered;
  fragmentBytes = 32_747;
  #objectId = 0n;
  #last: Promise<unknown> = Promise.resolve();

  /** Actions so far, in order; Signals by their code. */
  get actions(): readonly string[] {
    return this.asked.map(({ action, signal }) => (signal === "" ? action : signal));
  }

  /** How many requests of that action came. */
  count(action: string): number {
    return this.actions.filter((one) => one === action).length;
  }

  post(text: string, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<Answered> {
    const mine = this.#last.then(() => this.#exchange(text, timeoutMs, signal));
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** Takes note of a request. */
  hear(text: string, timeoutMs = 0): Asked {
    const asked = askedIn(text, timeoutMs);
    this.asked.push(asked);
    return asked;
  }

  /** Acts on it. */
  async fortune(asked: Asked): Promise<Fortune> {
    return (await this.prevents(asked)) ?? (await this.spoils(this.#answer(asked), asked));
  }

  async #exchange(text: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<Answered> {
    await turn(); // as over a wire, timers and aborts get their chance
    if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
    const fortune = await this.fortune(this.hear(text, timeoutMs));
    if (signal?.aborted) throw new WsmanError({ kind: "aborted" });
    if (fortune === "broken") throw new WsmanError({ kind: "broken", why: "socket hang up" });
    if (fortune !== "silent") return fortune;
    if (signal === undefined) throw new WsmanError({ kind: "broken", why: `no answer within ${timeoutMs / 1000} s` });
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new WsmanError({ kind: "aborted" })), { once: true });
    });
  }

  #answer(asked: Asked): Answered {
    const body = this.#bodyOf(asked);
    return typeof body === "string" ? envelope(asked, body) : fault(asked, body);
  }

  #bodyOf(asked: Asked): string | Fault {
    if (asked.action === "Create") return this.#create(asked);
    const shell = this.shells.get(asked.shellId);
    if (shell === undefined) return GONE;
    const command = shell.commands.get(asked.commandId);
    switch (asked.action) {
      case "Command":
        return this.#begin(shell, asked);
      case "Send":
        return this.#send(shell, command, asked);
      case "Receive":
        return this.#receive(shell, command, asked);
      case "Signal":
        return command === undefined ? GONE : this.#signal(shell, command, asked);
      default:
        this.shells.delete(asked.shellId);
        return "";
    }
  }

  #create({ text }: Asked): string {
    const shellId = /<rsp:Shell ShellId="([^"]+)"/.exec(text)?.[1] ?? "";
    const capability = psObject({ notes: { protocolversion: new PsTagged("Version", this.protocol) } });
    const opens = this.opens ?? [[[MessageType.sessionCapability, capability]], [[MessageType.runspacePoolState, this.poolState]]];
    const pool = opens.map((messages) => this.#fragments(shellId, NO_GUID, messages));
    this.shells.set(shellId, { commands: new Map(), pool, poolInput: new Defragmenter() });
    return `<x:ResourceCreated xmlns:x="${NS.transfer}"><w:SelectorSet xmlns:w="${NS.wsman}"><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet></x:ResourceCreated>`;
  }

  #begin(shell: OpenShell, asked: Asked): string {
    const pending = { cmdlets: [], parameters: new Map(), pipelineId: "", output: [], defragmenter: new Defragmenter() };
    const commandId = this.choosesIds ? randomUUID().toUpperCase() : asked.commandId;
    shell.commands.set(commandId, pending);
    this.#feed(shell, { ...asked, commandId });
    return `<rsp:CommandResponse><rsp:CommandId>${commandId}</rsp:CommandId></rsp:CommandResponse>`;
  }

  #send(shell: OpenShell, command: Command | undefined, asked: Asked): string | Fault {
    if (command !== undefined) this.#feed(shell, asked);
    else if (asked.commandId !== "") return GONE;
    else
      for (const bytes of shell.poolInput.push(payloadIn(asked.text)))
        shell.pool.push(this.#fragments(asked.shellId, NO_GUID, this.poolAnswers(decodeMessage(bytes))));
    return "<rsp:SendResponse/>";
  }

  #feed(shell: OpenShell, asked: Asked): void {
    for (const bytes of shell.commands.get(asked.commandId)?.defragmenter.push(payloadIn(asked.text)) ?? []) {
      const { data, pipelineId } = decodeMessage(bytes);
      const { cmdlets, parameters } = pipelineIn(data);
      const output = this.says(cmdlets).map((messages) => this.#fragments(asked.shellId, pipelineId, messages));
      const command = { cmdlets, parameters, pipelineId, output, defragmenter: new Defragmenter() };
      shell.commands.set(asked.commandId, command);
      this.commands.push(command);
    }
  }

  #receive(shell: OpenShell, command: Command | undefined, { commandId }: Asked): string | Fault {
    if (commandId !== "" && command === undefined) return GONE;
    const queue = command?.output ?? shell.pool;
    const chunks = queue.shift();
    return chunks === undefined ? NOTHING_YET : received(chunks, commandId, command !== undefined && queue.length === 0);
  }

  #signal(shell: OpenShell, command: Command, asked: Asked): string {
    const stopped: Said = [MessageType.pipelineState, psObject({ notes: { PipelineState: 3 } })];
    if (asked.signal === "Terminate") shell.commands.delete(asked.commandId);
    else command.output.push(this.#fragments(asked.shellId, command.pipelineId, [stopped]));
    return "<rsp:SignalResponse/>";
  }

  #fragments(poolId: string, pipelineId: string, messages: readonly Said[]): Uint8Array[] {
    return messages.flatMap(([type, value]) => {
      this.#objectId += 1n;
      const message = encodeMessage({ destination: "client", type, poolId, pipelineId, data: encodeClixml(value) }, { bom: true });
      return fragmentsOf(this.#objectId, message, this.fragmentBytes);
    });
  }
}

function askedIn(text: string, timeoutMs: number): Asked {
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? "";
  return {
    action: found(/<a:Action [^>]*>[^<]*\/(\w+)</),
    commandId: found(/CommandId="([^"]+)"/),
    shellId: found(/Name="ShellId">([^<]+)</),
    signal: found(/<rsp:Code>[^<]*\/(\w+)</),
    text,
    timeoutMs,
  };
}

function payloadIn(text: string): Uint8Array {
  return Buffer.from(/<rsp:(?:Arguments|Stream [^>]*)>([^<]*)</.exec(text)?.[1] ?? "", "base64");
}

function pipelineIn(data: string): { readonly cmdlets: readonly string[]; readonly parameters: ReadonlyMap<string, PsValue> } {
  const notes = (value: PsValue | undefined, name: string) => (isPsObject(value) ? property(value, name) : undefined);
  const powershell = notes(decodeClixml(data)[0], "PowerShell");
  const commands = listOf(notes(powershell, "Cmds"));
  const parameters = listOf(notes(commands[0], "Args")).map((arg) => [textOf(notes(arg, "N")) ?? "", notes(arg, "V") ?? null] as const);
  return { cmdlets: commands.map((command) => textOf(notes(command, "Cmd")) ?? ""), parameters: new Map(parameters) };
}
