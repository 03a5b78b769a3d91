// Runs each cmdlet at the right server and through the pinned domain controller, with nothing that it is not declared with, and shares one reading
// among all who ask the same thing. It decides nothing and retries nothing; what a cmdlet means stands in its own file beside this one.
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
import { type Cmdlet, checkParameters, type Endpoint, type Given, type ParametersOf, type ParameterTypes } from "./cmdlet.ts";
import { controllersOf, DomainControllerPin, GetExchangeServer, saysLost } from "./domain-controller.ts";
import { Endpoints } from "./endpoints.ts";
import { cmdletError } from "./error.ts";

export interface RunOptions extends ActOptions {
  readonly signal?: AbortSignal | undefined;
  /** A cmdlet that any server could answer, asked to see whether this one does. */
  readonly scope?: "thisServer";
  /** Errors that are an answer in themselves, such as that one of several things is not there. */
  readonly isAnswer?: (error: CmdletErrorRecord) => boolean;
}

export interface Organisation {
  /**
   * Runs a cmdlet on a server, or through another where it is declared that any will do, and returns what it wrote.
   * @throws {CmdletError} for the first error in the answer, and for a parameter of the wrong type @throws {RemotingError} for no answer
   */
  run<Types extends ParameterTypes>(
    server: string,
    cmdlet: Cmdlet<Types>,
    parameters: ParametersOf<NoInfer<Types>>,
    options?: RunOptions,
  ): Promise<readonly PsObject[]>;
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
  readonly #endpoints: Endpoints;
  readonly #pin: DomainControllerPin;

  constructor(options: OrganisationOptions) {
    const { nowMs, servers = [], domainController, warn = () => undefined } = options;
    this.#options = options;
    this.#readings = new Readings(nowMs);
    this.#endpoints = new Endpoints(servers, nowMs);
    this.#pin = new DomainControllerPin({ given: domainController, ask: (signal) => this.#controllers(signal), warn, nowMs });
  }

  async run(server: string, cmdlet: Cmdlet, parameters: Given, options: RunOptions = {}): Promise<readonly PsObject[]> {
    checkParameters(server, cmdlet, parameters);
    if (cmdlet.endpoint === "exchange") this.#endpoints.know([server]);
    for (;;) {
      const controller = cmdlet.domainController ? await this.#pin.name(cmdlet.writes, options.signal) : undefined;
      const sent = controller === undefined ? parameters : { ...parameters, DomainController: controller };
      const ask = async (at: string) => ({ at, ...(await this.#send(at, cmdlet, sent, options)) });
      const answer = await this.#through(cmdlet, server, options.scope, ask);
      const error = answer.errors.find((candidate) => options.isAnswer?.(candidate) !== true);
      if (error === undefined) return answer.objects;
      if (controller === undefined || !saysLost(error, controller)) throw cmdletError(answer.at, cmdlet, parameters, error);
      this.#pin.lose(controller);
      this.#readings.forget();
      // Nobody knows how far it got: whoever wants it looks again, and decides anew.
      if (cmdlet.writes) {
        const call = { endpoint: answer.at, cmdlet: cmdlet.name, parameters: sent };
        throw new RemotingError(call, "sessionLost", `${error.message}; it may have run`);
      }
    }
  }

  shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
    return this.#readings.shared(key, maxAgeMs, read);
  }

  changed(except?: string): void {
    this.#readings.forget(except);
  }

  know(servers: readonly string[]): void {
    this.#endpoints.know(servers);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
    this.#transports.clear();
  }

  #through<T>(cmdlet: Cmdlet, server: string, narrowed: "thisServer" | undefined, ask: (at: string) => Promise<T>): Promise<T> {
    if (cmdlet.endpoint === "windows") return ask(server);
    return this.#endpoints[narrowed ?? cmdlet.scope](server, ask);
  }

  #send(
    at: string,
    { name, endpoint }: Cmdlet,
    parameters: CmdletParameters,
    { signal, beforeSend }: Pick<RunOptions, "signal" | "beforeSend">,
  ): Promise<CmdletAnswer> {
    const key = `${endpoint} ${at.toLowerCase()}`;
    const transport = this.#transports.get(key) ?? this.#options.transportOf(at, endpoint);
    this.#transports.set(key, transport);
    return transport.invoke(name, parameters, { timeoutMs: this.#options.timeoutMs, beforeSend, ...(signal ? { signal } : {}) });
  }

  /** Asked of the first server that answers, about itself: of a server that is off no other one knows it. */
  async #controllers(signal: AbortSignal | undefined): Promise<readonly string[]> {
    return this.#endpoints.anyServer(this.#endpoints.first ?? "", async (at) => {
      const parameters = { Identity: at, Status: true };
      checkParameters(at, GetExchangeServer, parameters);
      const { errors, objects } = await this.#send(at, GetExchangeServer, parameters, { signal });
      const [error] = errors;
      if (error !== undefined) throw cmdletError(at, GetExchangeServer, parameters, error);
      return controllersOf(at, objects);
    });
  }
}
