// One Exchange organisation: each cmdlet at the right server, through the pinned domain controller, with nothing that its table does not have; and one
// reading for all who ask the same thing. It decides nothing and retries nothing; what a cmdlet means stands in its own file beside this one.
import type { ActOptions } from "../common/options.ts";
import { Readings } from "../common/readings.ts";
import type { PsObject } from "../remoting/clixml/values.ts";
import {
  type CmdletAnswer,
  type CmdletErrorRecord,
  type CmdletParameters,
  type CmdletTransport,
  RemotingError,
} from "../remoting/transport.ts";
import { type CmdletRule, type Endpoint, ruleFor } from "./cmdlets.ts";
import { controllersIn, DomainControllerPin, saysLost } from "./domain-controller.ts";
import { Doors, serverName } from "./doors.ts";
import { CmdletError, cmdletError } from "./error.ts";
import { textIn } from "./parse.ts";

export interface RunOptions extends ActOptions {
  readonly signal?: AbortSignal | undefined;
  /** `own`: a cmdlet that any server could answer, asked to see whether this one does. */
  readonly door?: "own";
  /** Errors that are an answer in themselves, such as that one of several things is not there. */
  readonly isAnswer?: (error: CmdletErrorRecord) => boolean;
}

export interface Organisation {
  /**
   * Runs a cmdlet on a server, or through another where the table of cmdlets says that any will do, and returns what it wrote.
   * @throws {CmdletError} for the first error in the answer, and for a parameter of the wrong type @throws {RemotingError} for no answer
   */
  run(server: string, cmdlet: string, parameters: CmdletParameters, options?: RunOptions): Promise<readonly PsObject[]>;
  /** What `key` read no longer than `maxAgeMs` ago, or else what `read` reads now; askers at the same time share one reading. */
  shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T>;
  /** Forgets shared readings: the site has been changed. Those whose key begins with `except` cannot have. */
  changed(except?: string): void;
  /** These servers can be asked in place of each other. */
  know(servers: readonly string[]): void;
  close(): Promise<void>;
}

export interface OrganisationOptions {
  readonly transportOf: (server: string, endpoint: Endpoint) => CmdletTransport;
  readonly nowMs: () => number;
  /** Milliseconds of real time that one cmdlet may take. */
  readonly timeoutMs: number;
  /** Servers that can be asked in place of each other, best first; those that are asked for something are added. */
  readonly servers?: readonly string[];
  /** FQDN of the domain controller to read and write through. Absent: the one that the first server uses. */
  readonly domainController?: string | undefined;
  /** Tells a person what went otherwise than planned. */
  readonly warn?: (text: string) => void;
}

export function openOrganisation(options: OrganisationOptions): Organisation {
  return new OpenOrganisation(options);
}

class OpenOrganisation implements Organisation {
  readonly #options: OrganisationOptions;
  readonly #transports = new Map<string, CmdletTransport>();
  readonly #readings: Readings;
  readonly #doors: Doors;
  readonly #pin: DomainControllerPin;

  constructor(options: OrganisationOptions) {
    const { nowMs, servers = [], domainController, warn = () => undefined } = options;
    this.#options = options;
    this.#readings = new Readings(nowMs);
    this.#doors = new Doors(servers, nowMs);
    this.#pin = new DomainControllerPin({ given: domainController, ask: (signal) => this.#controllers(signal), warn, nowMs });
  }

  async run(server: string, cmdlet: string, parameters: CmdletParameters, options: RunOptions = {}): Promise<readonly PsObject[]> {
    const rule = ruleFor(server, cmdlet, parameters);
    if (rule.endpoint === "exchange") this.#doors.know([server]);
    for (;;) {
      const controller = rule.domainController ? await this.#pin.name(rule.writes, options.signal) : undefined;
      const sent = controller === undefined ? parameters : { ...parameters, DomainController: controller };
      const ask = async (at: string) => ({ at, ...(await this.#send(at, rule.endpoint, cmdlet, sent, options)) });
      const answer = await this.#through(rule, server, options.door, ask);
      const error = answer.errors.find((candidate) => options.isAnswer?.(candidate) !== true);
      if (error === undefined) return answer.objects;
      if (controller === undefined || !saysLost(error, controller)) throw cmdletError(answer.at, cmdlet, parameters, error);
      this.#pin.lose(controller);
      this.#readings.forget();
      // Nobody knows how far it got: whoever wants it looks again, and decides anew.
      if (rule.writes)
        throw new RemotingError({ endpoint: answer.at, cmdlet, parameters: sent }, "sessionLost", `${error.message}; it may have run`);
    }
  }

  shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
    return this.#readings.shared(key, maxAgeMs, read);
  }

  changed(except?: string): void {
    this.#readings.forget(except);
  }

  know(servers: readonly string[]): void {
    this.#doors.know(servers);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
    this.#transports.clear();
  }

  #through<T>({ endpoint, door }: CmdletRule, server: string, narrowed: "own" | undefined, ask: (at: string) => Promise<T>): Promise<T> {
    if (endpoint === "windows") return ask(server);
    return door === "own" || narrowed === "own" ? this.#doors.own(server, ask) : this.#doors.any(server, ask);
  }

  #send(
    at: string,
    endpoint: Endpoint,
    cmdlet: string,
    parameters: CmdletParameters,
    { signal, beforeSend }: Pick<RunOptions, "signal" | "beforeSend">,
  ): Promise<CmdletAnswer> {
    const key = `${endpoint} ${at.toLowerCase()}`;
    const transport = this.#transports.get(key) ?? this.#options.transportOf(at, endpoint);
    this.#transports.set(key, transport);
    return transport.invoke(cmdlet, parameters, { timeoutMs: this.#options.timeoutMs, beforeSend, ...(signal ? { signal } : {}) });
  }

  /** Asked of the first server that answers, about itself: of a server that is off no other one knows it. */
  async #controllers(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const cmdlet = "Get-ExchangeServer";
    return this.#doors.any(this.#doors.first ?? "", async (at) => {
      const parameters = { Identity: at, Status: true };
      const { endpoint } = ruleFor(at, cmdlet, parameters);
      const { errors, objects } = await this.#send(at, endpoint, cmdlet, parameters, { signal });
      const [error] = errors;
      if (error !== undefined) throw cmdletError(at, cmdlet, parameters, error);
      const found = objects.find((object) => serverName(textIn(object, "Name", cmdlet)) === serverName(at));
      if (found === undefined) throw new CmdletError("notFound", `${cmdlet} on ${at}: there is no ${at}`);
      return controllersIn(found);
    });
  }
}
