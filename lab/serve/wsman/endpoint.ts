// What a WSMan endpoint does with a request: shells are made, read, fed, signalled and deleted; their content is PSRP's.
// Knows no HTTP: it answers with what should happen to the request. Sources: [MS-WSMV] 3.1.4, [MS-PSRP] 3.2.5.
import { randomUUID } from "node:crypto";
import { ClixmlError } from "../../../provider/remoting/clixml/values.ts";
import { PsrpError } from "../../../provider/remoting/psrp/messages.ts";
import type { CmdletHost, Configuration } from "../cmdlet-host.ts";
import type { Fault, FaultScript } from "../faults.ts";
import type { Pipeline } from "../psrp/pipeline.ts";
import { RunspacePool } from "../psrp/pool.ts";
import * as answers from "./answers.ts";
import { CONFIG, POWERSHELL, SHELL, TRANSFER } from "./namespaces.ts";
import { durationMs, type WsmanRequest } from "./request.ts";
import { LIMITS, type Shell, type ShellLimits, Shells } from "./shells.ts";
import * as faults from "./soap-faults.ts";
import { childOf, childrenOf, type XmlElement } from "./xml.ts";

/** What becomes of a request. */
export type Outcome =
  /** `onLost`: to be called when the answer could not be handed over. */
  | { readonly kind: "answer"; readonly action: string; readonly body: string; readonly onLost?: () => void }
  | { readonly kind: "fault"; readonly fault: faults.SoapFault }
  /** Whatever stands in front of the server answers with a page of its own. */
  | { readonly kind: "html"; readonly status: number }
  /** The server wants to know again who asks, with these WWW-Authenticate headers. */
  | { readonly kind: "challenged"; readonly challenges: readonly string[] }
  /** The connection is broken off without an answer. */
  | { readonly kind: "cut" }
  /** No answer ever. */
  | { readonly kind: "silence" };

export interface EndpointOptions {
  readonly server: { readonly name: string; readonly fqdn: string };
  readonly configuration: Configuration;
  readonly host: CmdletHost;
  readonly faults: FaultScript;
  /** Milliseconds of a real clock. */
  readonly nowMs: () => number;
}

/** Who asks, and how long somebody listens. */
export interface Asker {
  readonly user: string;
  /** The address as the client sees it. */
  readonly address: string;
  /** Aborted when the client's connection is gone. */
  readonly signal: AbortSignal;
}

const DEFAULT_OPERATION_MS = 60_000;
/** Header of 21 bytes and data together are 32 KiB. */
const MOST_FRAGMENT_BYTES = 32_747;
const SLOW_RECEIVES = 3;

export class Endpoint {
  readonly shells: Shells;
  readonly #options: EndpointOptions;
  readonly #limits: ShellLimits;
  readonly #resourceUri: string;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#limits = LIMITS[options.configuration];
    this.#resourceUri = answers.resourceUriOf(options.configuration);
    this.shells = new Shells(this.#limits, options.nowMs);
  }

  async handle(request: WsmanRequest, asker: Asker): Promise<Outcome> {
    if (Number.isNaN(request.operationTimeoutMs)) return refuse(faults.badTimeout(this.#machine));
    try {
      if (request.action === `${TRANSFER}/Get` && request.resourceUri === CONFIG) return answer(request, answers.configuration());
      if (request.resourceUri !== this.#resourceUri) return this.#otherResource(request, asker);
      if (request.action === `${TRANSFER}/Create`) return this.#create(request, asker);
      return await this.#onShell(request, asker);
    } catch (error) {
      if (error instanceof PsrpError || error instanceof ClixmlError) return refuse(faults.badPayload(this.#machine, error.message));
      throw error;
    }
  }

  get #machine(): string {
    return this.#options.server.fqdn;
  }

  /** A client asks after its shell under the general shell resource too. */
  #otherResource(request: WsmanRequest, { user }: Asker): Outcome {
    if (request.action !== `${TRANSFER}/Get` || request.resourceUri !== SHELL)
      return refuse(faults.notServed("resource", request.resourceUri));
    return this.#get(request, this.shells.find(request.selectors.get("ShellId") ?? "", user));
  }

  #create(request: WsmanRequest, { user, address }: Asker): Outcome {
    const asked = request.body;
    const creation = childOf(asked, POWERSHELL, "creationXml");
    if (creation === undefined) return refuse(faults.badPayload(this.#machine, "There is no creationXml."));
    const { host, server, configuration } = this.#options;
    const room = Math.floor(((request.maxEnvelopeBytes - answers.ENVELOPE_OVERHEAD_BYTES) * 3) / 4) - 200;
    if (!(room > 0)) return refuse(faults.tooLarge());
    const pool = new RunspacePool({
      configuration,
      fragmentBytes: Math.min(MOST_FRAGMENT_BYTES, room),
      run: (cmdlet, parameters) => host({ server: server.name, configuration, user, cmdlet, parameters }),
    });
    pool.accept(Buffer.from(creation.text, "base64"));
    const idle = childOf(asked, SHELL, "IdleTimeOut")?.text;
    const shell = this.shells.create(
      asked?.attributes.get("ShellId") ?? randomUUID(),
      user,
      pool,
      idle === undefined ? undefined : durationMs(idle),
    );
    if (shell === undefined) return refuse(faults.tooManyShells(this.#limits.perUser));
    return answer(request, answers.createdShell(this.#view(shell), address));
  }

  async #onShell(request: WsmanRequest, asker: Asker): Promise<Outcome> {
    const shellId = request.selectors.get("ShellId") ?? "";
    const shell = this.shells.find(shellId, asker.user);
    if (request.action === `${TRANSFER}/Get`) return this.#get(request, shell);
    if (shell === undefined) return refuse(faults.unknownShell(this.#machine, shellId));
    shell.busy += 1;
    try {
      return await this.#act(request, shell, asker);
    } finally {
      shell.busy -= 1;
      shell.usedAtMs = this.#options.nowMs();
    }
  }

  #act(request: WsmanRequest, shell: Shell, asker: Asker): Outcome | Promise<Outcome> {
    switch (request.action) {
      case `${SHELL}/Receive`:
        return this.#receive(request, shell, asker);
      case `${SHELL}/Command`:
        return this.#command(request, shell);
      case `${SHELL}/Send`:
        return this.#send(request, shell);
      case `${SHELL}/Signal`:
        return this.#signal(request, shell);
      case `${TRANSFER}/Delete`:
        this.shells.remove(shell);
        return answer(request, "");
      default:
        return refuse(faults.notServed("action", request.action));
    }
  }

  #get(request: WsmanRequest, shell: Shell | undefined): Outcome {
    if (shell === undefined) return refuse(faults.unknownShellOfGet(this.#machine));
    const more = "<rsp:MemoryUsed>58MB</rsp:MemoryUsed><rsp:ChildProcesses>0</rsp:ChildProcesses>";
    return answer(request, answers.shellElement(this.#view(shell), more));
  }

  async #command(request: WsmanRequest, shell: Shell): Promise<Outcome> {
    if (shell.pool.pipelineCount >= this.#limits.commandsPerShell) return refuse(faults.tooManyCommands());
    const commandId = (request.body?.attributes.get("CommandId") ?? randomUUID()).toUpperCase();
    const pipeline = shell.pool.begin(commandId);
    const bytes = childrenOf(request.body, SHELL, "Arguments").map(bytesIn);
    const stopped = await this.#feed(shell, commandId, pipeline, Buffer.concat(bytes));
    return stopped ?? answer(request, answers.commandAccepted(commandId));
  }

  async #send(request: WsmanRequest, shell: Shell): Promise<Outcome> {
    for (const stream of childrenOf(request.body, SHELL, "Stream")) {
      const commandId = stream.attributes.get("CommandId");
      if (commandId === undefined) {
        shell.pool.accept(bytesIn(stream));
        continue;
      }
      const pipeline = shell.pool.pipeline(commandId);
      if (pipeline === undefined) return refuse(faults.unknownCommand(this.#machine));
      const stopped = await this.#feed(shell, commandId, pipeline, bytesIn(stream));
      if (stopped !== undefined) return stopped;
    }
    return answer(request, answers.sent());
  }

  /** Gives bytes to a pipeline and lets it run when it has all; an outcome is what a scripted fault makes of the request. */
  async #feed(shell: Shell, commandId: string, pipeline: Pipeline, bytes: Uint8Array): Promise<Outcome | undefined> {
    const cmdlet = pipeline.accept(bytes);
    if (cmdlet === undefined) return undefined;
    const fault = this.#options.faults.take("wsman", this.#options.server.name, cmdlet);
    const notBegun = preventedBy(fault);
    if (notBegun !== undefined) {
      shell.pool.terminate(commandId);
      return notBegun;
    }
    if (fault?.what === "slow") pipeline.keepSilent(SLOW_RECEIVES);
    const running = pipeline.run({ broken: fault?.what === "wrongAnswer" });
    if (fault?.what !== "cutAfter") return undefined;
    await running;
    return { kind: "cut" };
  }

  async #receive(request: WsmanRequest, shell: Shell, { signal }: Asker): Promise<Outcome> {
    const commandId = childOf(request.body, SHELL, "DesiredStream")?.attributes.get("CommandId");
    const pipeline = commandId === undefined ? undefined : shell.pool.pipeline(commandId);
    const outbox = commandId === undefined ? shell.pool.outbox : pipeline?.outbox;
    if (outbox === undefined || (pipeline !== undefined && outbox.isSpent)) return refuse(faults.unknownCommand(this.#machine));
    if (pipeline?.takeSilence() === true) return refuse(faults.timedOut(this.#machine));
    const waitMs = Math.min(request.operationTimeoutMs ?? DEFAULT_OPERATION_MS, this.#limits.operationMs);
    if (!(await outbox.ready(waitMs, signal))) return refuse(faults.timedOut(this.#machine));
    if (this.shells.find(shell.id, shell.user) !== shell) return refuse(faults.unknownShell(this.#machine, shell.id));
    const batch = outbox.take(request.maxEnvelopeBytes - answers.ENVELOPE_OVERHEAD_BYTES, answers.streamBytes);
    if (batch === undefined) return refuse(faults.tooLarge());
    const body = answers.receivedStreams(batch.fragments, commandId, pipeline !== undefined && batch.isLast);
    return { ...answer(request, body), onLost: batch.putBack };
  }

  #signal(request: WsmanRequest, shell: Shell): Outcome {
    const commandId = request.body?.attributes.get("CommandId") ?? "";
    const code = childOf(request.body, SHELL, "Code")?.text.trim() ?? "";
    const pipeline = shell.pool.pipeline(commandId);
    if (pipeline === undefined) return refuse(faults.unknownCommand(this.#machine));
    if (code === `${SHELL}/signal/Terminate`) shell.pool.terminate(commandId);
    else if (/(^powershell|\/shell)\/signal\/ctrl_c$/.test(code)) pipeline.stop();
    else return refuse(faults.badPayload(this.#machine, `There is no signal ${code}.`));
    return answer(request, answers.signalled());
  }

  #view(shell: Shell): answers.ShellView {
    const nowMs = this.#options.nowMs();
    return {
      shellId: shell.id,
      resourceUri: this.#resourceUri,
      owner: shell.user,
      processId: shell.processId,
      idleTimeoutMs: shell.idleTimeoutMs,
      ageMs: nowMs - shell.createdAtMs,
      idleMs: nowMs - shell.usedAtMs,
    };
  }
}

function preventedBy(fault: Fault | undefined): Outcome | undefined {
  if (fault?.what === "timeOut") return { kind: "silence" };
  if (fault?.what === "cutBefore") return { kind: "cut" };
  return fault?.what === "refused" ? { kind: "html", status: 503 } : undefined;
}

function answer({ action }: WsmanRequest, body: string): Outcome & { kind: "answer" } {
  return { kind: "answer", action: `${action}Response`, body };
}

function refuse(fault: faults.SoapFault): Outcome {
  return { kind: "fault", fault };
}

function bytesIn(element: XmlElement): Uint8Array {
  return Buffer.from(element.text, "base64");
}
