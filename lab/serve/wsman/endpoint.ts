// What a WSMan endpoint does with a request: shells are made, shown and deleted here, what runs in them is commands.ts; quotas and scripted
// faults come first. Knows no HTTP: it answers with what should happen to the request. Sources: [MS-WSMV] 3.1.4, [MS-PSRP] 3.2.5.
import { randomUUID } from "node:crypto";
import { ClixmlError } from "../../../provider/remoting/clixml/values.ts";
import { PsrpError } from "../../../provider/remoting/psrp/messages.ts";
import { child } from "../../../provider/remoting/xml/tree.ts";
import type { CmdletHost, Configuration } from "../cmdlet-host.ts";
import type { FaultScript, WsmanRequestName } from "../faults.ts";
import { Room } from "../psrp/inbox.ts";
import type { LanguageMode } from "../psrp/language.ts";
import { RunspacePool } from "../psrp/pool.ts";
import * as answers from "./answers.ts";
import { type AskedOfShell, Commands } from "./commands.ts";
import { effectOf, type FaultEffect, type Place } from "./fault-effects.ts";
import { LoadQuota } from "./load-quota.ts";
import { CONFIG, POWERSHELL, SHELL, TRANSFER } from "./namespaces.ts";
import { answer, type Outcome, refuse } from "./outcome.ts";
import { type LoadLimit, loadQuota, tooManyOperations, tooManyShells } from "./quota-faults.ts";
import { durationMs, isId, type WsmanRequest } from "./request.ts";
import { LIMITS, type Shell, type ShellLimits, Shells } from "./shells.ts";
import * as faults from "./soap-faults.ts";

/** What a site's administrators may have set otherwise, and what the lab leaves out where nobody asks for it. */
export interface EndpointPolicy {
  /** Default: NoLanguage for Microsoft.Exchange, FullLanguage for Microsoft.PowerShell. */
  readonly languageMode?: LanguageMode;
  /** Requests that a user may make in a time. Default: any number. */
  readonly load?: LoadLimit;
  /** Whether a shell of which nothing is asked for about two minutes is disconnected. Default false. */
  readonly disconnectIdle?: boolean;
}

export interface EndpointOptions {
  readonly server: { readonly name: string; readonly fqdn: string };
  readonly configuration: Configuration;
  readonly host: CmdletHost;
  readonly faults: FaultScript;
  /** Milliseconds of a real clock. */
  readonly nowMs: () => number;
  readonly policy?: EndpointPolicy;
  /** Why an account that proved who it is gets no session here. Default: every one does. */
  readonly refusalOf?: (user: string) => SessionRefusal | undefined;
}

/** For `WSManFault`: its code and its message. */
export interface SessionRefusal {
  readonly code: number;
  readonly message: string;
}

/** Who asks, and how long somebody listens. */
export interface Asker {
  readonly user: string;
  /** The address as the client sees it. */
  readonly address: string;
  /** Aborted when the client's connection is gone. */
  readonly signal: AbortSignal;
}

/** Header of 21 bytes and data together are 32 KiB. */
const MOST_FRAGMENT_BYTES = 32_747;
/** What clients of one endpoint may have sent without its being done with. Exchange takes 75 MB for one object; no lab needs that. */
const MOST_HELD_BYTES = 16 * 1_048_576;
const REQUESTS: Readonly<Record<string, WsmanRequestName>> = {
  [`${TRANSFER}/Create`]: "Create",
  [`${TRANSFER}/Delete`]: "Delete",
  [`${SHELL}/Command`]: "Command",
  [`${SHELL}/Send`]: "Send",
  [`${SHELL}/Receive`]: "Receive",
  [`${SHELL}/Signal`]: "Signal",
};

export class Endpoint {
  readonly shells: Shells;
  readonly #options: EndpointOptions;
  readonly #limits: ShellLimits;
  readonly #resourceUri: string;
  readonly #languageMode: LanguageMode;
  readonly #load: LoadQuota | undefined;
  readonly #room = new Room(MOST_HELD_BYTES);
  readonly #commands: Commands;

  constructor(options: EndpointOptions) {
    const { configuration, nowMs, policy = {}, server, faults: script } = options;
    this.#options = options;
    this.#limits = LIMITS[configuration];
    this.#resourceUri = answers.resourceUriOf(configuration);
    this.#languageMode = policy.languageMode ?? (configuration === "Microsoft.Exchange" ? "NoLanguage" : "FullLanguage");
    this.#load = policy.load === undefined ? undefined : new LoadQuota(policy.load, nowMs);
    this.shells = new Shells(this.#limits, nowMs, policy);
    this.#commands = new Commands({ server, faults: script, limits: this.#limits, shells: this.shells });
  }

  /** Bytes that clients sent and that are not done with. */
  get heldBytes(): number {
    return this.#room.bytes;
  }

  /** Never rejects for what a client may send, and answers at once but for Receive. */
  async handle(request: WsmanRequest, asker: Asker): Promise<Outcome> {
    const name = REQUESTS[request.action];
    const effect = effectOf(name === undefined ? undefined : this.#options.faults.takeRequest(this.#options.server.name, name));
    const place = this.#placeOf(request, asker);
    if (effect.instead !== undefined) return effect.instead(place);
    const outcome = await this.#perform(request, asker, effect, place);
    return effect.after?.(outcome, place) ?? outcome;
  }

  async #perform(request: WsmanRequest, asker: Asker, effect: FaultEffect, place: Place): Promise<Outcome> {
    if (Number.isNaN(request.operationTimeoutMs)) return refuse(faults.badTimeout(this.#machine));
    if (Number.isNaN(request.maxEnvelopeBytes)) return refuse(faults.badEnvelopeSize());
    const waitMs = this.#load?.waitMs(asker.user) ?? 0;
    if (this.#load !== undefined && waitMs > 0) return refuse(loadQuota(this.#machine, this.#load.limit, waitMs));
    try {
      if (request.action === `${TRANSFER}/Get` && request.resourceUri === CONFIG) return answer(request, answers.configuration());
      if (request.resourceUri !== this.#resourceUri) return this.#otherResource(request, asker);
      if (request.action === `${TRANSFER}/Create`) return this.#create(request, asker, effect);
      return await this.#onShell(request, asker, effect, place);
    } catch (error) {
      if (error instanceof PsrpError || error instanceof ClixmlError) return refuse(faults.badPayload(this.#machine, error.message));
      throw error;
    }
  }

  get #machine(): string {
    return this.#options.server.fqdn;
  }

  #placeOf(request: WsmanRequest, { user, signal }: Asker): Place {
    const shellId = request.selectors.get("ShellId") ?? "";
    const find = () => this.shells.find(shellId, user);
    const loseShell = () => {
      const shell = find();
      if (shell !== undefined) this.shells.remove(shell);
    };
    const { body } = request;
    const inside = child(body, SHELL, "DesiredStream") ?? child(body, SHELL, "Stream");
    const commandId = body?.attributes.get("CommandId") ?? inside?.attributes.get("CommandId") ?? "";
    const loseCommand = () => find()?.pool.terminate(commandId);
    return { machine: this.#machine, shellId, shellLimit: this.#limits.perUser, signal, loseShell, loseCommand };
  }

  /** A client asks after its shell under the general shell resource too. */
  #otherResource(request: WsmanRequest, { user }: Asker): Outcome {
    if (request.action !== `${TRANSFER}/Get` || request.resourceUri !== SHELL)
      return refuse(faults.notServed("resource", request.resourceUri));
    return this.#get(request, this.shells.find(request.selectors.get("ShellId") ?? "", user));
  }

  #create(request: WsmanRequest, { user, address }: Asker, effect: FaultEffect): Outcome {
    const asked = request.body;
    const creation = child(asked, POWERSHELL, "creationXml");
    if (creation === undefined) return refuse(faults.badPayload(this.#machine, "There is no creationXml."));
    const shellId = asked?.attributes.get("ShellId") ?? randomUUID();
    if (!isId(shellId)) return refuse(faults.badPayload(this.#machine, "The ShellId is no GUID."));
    const idle = child(asked, SHELL, "IdleTimeOut")?.text;
    const idleMs = idle === undefined ? undefined : durationMs(idle);
    if (Number.isNaN(idleMs)) return refuse(faults.badPayload(this.#machine, "The IdleTimeOut is no time."));
    const refusal = this.#options.refusalOf?.(user);
    if (refusal !== undefined) return refuse(faults.accessDenied(this.#machine, refusal));
    if (!this.shells.hasRoomFor(shellId, user)) return refuse(tooManyShells(this.#limits.perUser));
    const pool = this.#poolFor(request, user, effect);
    try {
      pool.accept(Buffer.from(creation.text, "base64"));
    } catch (error) {
      pool.close();
      throw error;
    }
    return answer(request, answers.createdShell(this.#view(this.shells.create(shellId, user, pool, idleMs)), address));
  }

  #poolFor({ maxEnvelopeBytes }: WsmanRequest, user: string, effect: FaultEffect): RunspacePool {
    const { host, server, configuration } = this.#options;
    const fitting = Math.floor(((maxEnvelopeBytes - answers.ENVELOPE_OVERHEAD_BYTES) * 3) / 4) - 200;
    return new RunspacePool({
      configuration,
      languageMode: this.#languageMode,
      fragmentBytes: Math.min(MOST_FRAGMENT_BYTES, fitting),
      room: this.#room,
      brokenBecause: effect.brokenPool,
      run: (cmdlet, parameters) => host({ server: server.name, configuration, user, cmdlet, parameters }),
    });
  }

  async #onShell(request: WsmanRequest, { user }: Asker, effect: FaultEffect, place: Place): Promise<Outcome> {
    const shell = this.shells.find(place.shellId, user);
    if (request.action === `${TRANSFER}/Get`) return this.#get(request, shell);
    if (shell === undefined) return refuse(faults.unknownShell(this.#machine, place.shellId));
    const isDelete = request.action === `${TRANSFER}/Delete`;
    if (shell.disconnectedAtMs !== undefined && !isDelete) return refuse(faults.disconnectedShell(this.#machine));
    if (!this.shells.mayAsk(user)) return refuse(tooManyOperations(this.#machine, this.#limits.operationsPerUser));
    shell.busy += 1;
    try {
      return await this.#act({ request, shell, effect, place });
    } finally {
      shell.busy -= 1;
      shell.usedAtMs = this.#options.nowMs();
    }
  }

  #act(asked: AskedOfShell): Outcome | Promise<Outcome> {
    const { request, shell } = asked;
    switch (REQUESTS[request.action]) {
      case "Receive":
        return this.#commands.receive(asked);
      case "Command":
        return this.#commands.command(asked);
      case "Send":
        return this.#commands.send(asked);
      case "Signal":
        return this.#commands.signal(asked);
      case "Delete":
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
      state: shell.disconnectedAtMs === undefined ? "Connected" : "Disconnected",
    };
  }
}
