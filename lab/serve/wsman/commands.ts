// The requests about what runs in a shell: Command, Send, Receive, Signal. What a pipeline does with them is PSRP's.
// Sources: [MS-WSMV] 3.1.4, [MS-PSRP] 3.2.5; answers as recorded.
import { randomUUID } from "node:crypto";
import { child, children, type XmlElement } from "../../../provider/remoting/xml/tree.ts";
import type { FaultScript } from "../faults.ts";
import type { Pipeline } from "../psrp/pipeline.ts";
import * as answers from "./answers.ts";
import { effectOf, type FaultEffect, type Place } from "./fault-effects.ts";
import { SHELL } from "./namespaces.ts";
import { answer, type Outcome, refuse } from "./outcome.ts";
import { tooManyCommands } from "./quota-faults.ts";
import { isId, type WsmanRequest } from "./request.ts";
import type { Shell, ShellLimits, Shells } from "./shells.ts";
import * as faults from "./soap-faults.ts";

export interface CommandsOptions {
  readonly server: { readonly name: string; readonly fqdn: string };
  readonly faults: FaultScript;
  readonly limits: ShellLimits;
  readonly shells: Shells;
}

/** A request on a shell that there is. */
export interface AskedOfShell {
  readonly request: WsmanRequest;
  readonly shell: Shell;
  /** What was scripted for this request. */
  readonly effect: FaultEffect;
  readonly place: Place;
}

const DEFAULT_OPERATION_MS = 60_000;

export class Commands {
  readonly #options: CommandsOptions;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  async command(asked: AskedOfShell): Promise<Outcome> {
    const { request, shell } = asked;
    if (shell.pool.pipelineCount >= this.#options.limits.commandsPerShell) return refuse(tooManyCommands());
    const commandId = (request.body?.attributes.get("CommandId") ?? randomUUID()).toUpperCase();
    if (!isId(commandId)) return this.#bad("The CommandId is no GUID.");
    // Nobody recorded what a server says to a command that comes twice; it must not run twice.
    if (shell.pool.pipeline(commandId) !== undefined) return this.#bad(`The command ${commandId} exists already.`);
    const pipeline = shell.pool.begin(commandId);
    const bytes = children(request.body, SHELL, "Arguments").map(bytesIn);
    return this.#feed(asked, { commandId, pipeline, bytes: Buffer.concat(bytes) }, answer(request, answers.commandAccepted(commandId)));
  }

  async send(asked: AskedOfShell): Promise<Outcome> {
    const { request, shell } = asked;
    let outcome: Outcome = answer(request, answers.sent());
    for (const stream of children(request.body, SHELL, "Stream")) {
      const commandId = stream.attributes.get("CommandId");
      if (commandId === undefined) {
        this.#feedPool(shell, bytesIn(stream));
        continue;
      }
      const pipeline = shell.pool.pipeline(commandId);
      if (pipeline === undefined) return refuse(faults.unknownCommand(this.#machine));
      outcome = await this.#feed(asked, { commandId, pipeline, bytes: bytesIn(stream) }, outcome);
      if (outcome.kind !== "answer") return outcome;
    }
    return outcome;
  }

  async receive({ request, shell, effect, place: { signal } }: AskedOfShell): Promise<Outcome> {
    const commandId = child(request.body, SHELL, "DesiredStream")?.attributes.get("CommandId");
    if (commandId !== undefined && !isId(commandId)) return refuse(faults.unknownCommand(this.#machine));
    const pipeline = commandId === undefined ? undefined : shell.pool.pipeline(commandId);
    const outbox = commandId === undefined ? shell.pool.outbox : pipeline?.outbox;
    if (outbox === undefined || (pipeline !== undefined && outbox.isSpent)) return refuse(faults.unknownCommand(this.#machine));
    if (pipeline?.takeSilence() === true) return refuse(faults.timedOut(this.#machine));
    const waitMs = Math.min(request.operationTimeoutMs ?? DEFAULT_OPERATION_MS, this.#options.limits.operationMs);
    if (!(await outbox.ready(waitMs, signal))) return refuse(faults.timedOut(this.#machine));
    if (this.#options.shells.find(shell.id, shell.user) !== shell) return refuse(faults.unknownShell(this.#machine, shell.id));
    const batch = outbox.take(request.maxEnvelopeBytes - answers.ENVELOPE_OVERHEAD_BYTES, answers.streamBytes);
    if (batch === undefined) return refuse(faults.tooLarge());
    const arranged = effect.streams ?? pipeline?.rearranged ?? ((streams) => streams);
    const body = answers.receivedStreams(arranged(batch.fragments), commandId, pipeline !== undefined && batch.isLast);
    return { ...answer(request, body), onLost: batch.putBack };
  }

  signal({ request, shell }: AskedOfShell): Outcome {
    const commandId = request.body?.attributes.get("CommandId") ?? "";
    const code = child(request.body, SHELL, "Code")?.text.trim() ?? "";
    const pipeline = shell.pool.pipeline(commandId);
    if (pipeline === undefined) return refuse(faults.unknownCommand(this.#machine));
    if (code === `${SHELL}/signal/Terminate`) shell.pool.terminate(commandId);
    else if (/(^powershell|\/shell)\/signal\/ctrl_c$/.test(code)) pipeline.stop();
    else return this.#bad(`There is no signal ${code}.`);
    return answer(request, answers.signalled());
  }

  get #machine(): string {
    return this.#options.server.fqdn;
  }

  /** Gives bytes to a pipeline and lets it run when it has all; `accepted` is the outcome unless something was scripted for the cmdlet. */
  async #feed({ shell, place }: AskedOfShell, { commandId, pipeline, bytes }: Fed, accepted: Outcome): Promise<Outcome> {
    const cmdlet = acceptedBy(shell, commandId, () => pipeline.accept(bytes));
    if (cmdlet === undefined) return accepted;
    const effect = effectOf(this.#options.faults.take("wsman", this.#options.server.name, cmdlet));
    if (effect.instead !== undefined) {
      shell.pool.terminate(commandId);
      return effect.instead(place);
    }
    const { isSpoilt = false, silences = 0, isAwaited = false } = effect.pipeline ?? {};
    pipeline.keepSilent(silences);
    pipeline.rearranged = effect.streams;
    const running = pipeline.run({ isSpoilt });
    if (isAwaited) await running;
    return effect.after?.(accepted, place) ?? accepted;
  }

  /** A pool whose stream is damaged cannot be read any more, and is over. */
  #feedPool(shell: Shell, bytes: Uint8Array): void {
    try {
      shell.pool.accept(bytes);
    } catch (error) {
      this.#options.shells.remove(shell);
      throw error;
    }
  }

  #bad(why: string): Outcome {
    return refuse(faults.badPayload(this.#machine, why));
  }
}

interface Fed {
  readonly commandId: string;
  readonly pipeline: Pipeline;
  readonly bytes: Uint8Array;
}

/** A pipeline whose stream is damaged is forgotten. */
function acceptedBy(shell: Shell, commandId: string, accept: () => string | undefined): string | undefined {
  try {
    return accept();
  } catch (error) {
    shell.pool.terminate(commandId);
    throw error;
  }
}

function bytesIn(element: XmlElement): Uint8Array {
  return Buffer.from(element.text, "base64");
}
