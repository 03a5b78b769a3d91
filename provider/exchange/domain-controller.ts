// Pins the domain controller through which one operation reads and writes: one for all of it, for another may hear of a write only after minutes or
// hours. Exchange itself keeps one for its configuration and changes it every eight hours; which one that is, its servers say. Sources:
// Get-ExchangeServer (recordings of 2013 to 2019); the words for one that does not answer, from reports of Setup and of other cmdlets, not from a
// recording.
import { isSilence } from "../common/reason.ts";
import type { PsObject } from "../remoting/clixml/values.ts";
import type { CmdletErrorRecord } from "../remoting/transport.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { serverName } from "./endpoints.ts";
import { CmdletError } from "./error.ts";
import { optionalTextIn, textIn, textsIn } from "./parse.ts";
import { viewOnlyConfiguration } from "./roles.ts";

/** Asked which domain controller there is, so it is given none itself. */
export const GetExchangeServer = defineCmdlet({
  name: "Get-ExchangeServer",
  endpoint: "exchange",
  scope: "anyServer",
  writes: false,
  domainController: false,
  parameters: { Identity: "ServerIdParameter", Status: "SwitchParameter" },
  role: viewOnlyConfiguration,
});

/** Milliseconds after nobody could be asked in which reads go without. */
const unaskedMs = 60_000;

export interface DomainControllerOptions {
  /** FQDN that the program names; absent: asked for. */
  readonly given: string | undefined;
  /** The controllers that Exchange uses, best first. */
  readonly ask: (signal: AbortSignal | undefined) => Promise<readonly string[]>;
  /** Tells a person. */
  readonly warn: (text: string) => void;
  readonly nowMs: () => number;
}

export class DomainControllerPin {
  readonly #options: DomainControllerOptions;
  readonly #lost = new Set<string>();
  #pinned: { readonly name: string | undefined } | undefined;
  #asking: Promise<string | undefined> | undefined;
  #unaskedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: DomainControllerOptions) {
    this.#options = options;
    if (options.given !== undefined) this.#pinned = { name: options.given };
  }

  /**
   * Its FQDN; `undefined` where Exchange names none, and for a read while no server answers: the read itself will say so.
   * @throws {RemotingError} for a write, when nobody can be asked
   */
  async name(forWrite: boolean, signal?: AbortSignal): Promise<string | undefined> {
    if (this.#pinned !== undefined) return this.#pinned.name;
    if (!forWrite && this.#options.nowMs() < this.#unaskedUntilMs) return undefined;
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    try {
      return await this.#asking;
    } catch (error) {
      if (forWrite || !isSilence(error)) throw error;
      this.#unaskedUntilMs = this.#options.nowMs() + unaskedMs;
      return undefined;
    }
  }

  /** It does not answer Exchange any more. The next one that is asked for is another. */
  lose(name: string): void {
    if (this.#pinned?.name !== name) return;
    this.#lost.add(name.toLowerCase());
    this.#pinned = undefined;
  }

  async #ask(signal: AbortSignal | undefined): Promise<string | undefined> {
    const { warn } = this.#options;
    const [before] = [...this.#lost].slice(-1);
    try {
      const name = (await this.#options.ask(signal)).find((one) => !this.#lost.has(one.toLowerCase()));
      this.#pinned = { name };
      if (before !== undefined) warn(lostWords(before, name));
      else if (name === undefined) warn(`Exchange names no domain controller; ${eachItsOwn}`);
      return name;
    } catch (error) {
      if (!(error instanceof CmdletError)) throw error;
      this.#pinned = { name: undefined };
      warn(`Exchange does not say which domain controller it uses (${error.message}); ${eachItsOwn}`);
      return undefined;
    }
  }
}

const eachItsOwn =
  "each server reads and writes through its own, so a setting may look unchanged until the directory has replicated. Name one in exchange:domainController.";

function lostWords(before: string, name: string | undefined): string {
  const now = name === undefined ? "each server reads and writes through its own" : `everything is read and written through ${name}`;
  return `The domain controller ${before} no longer answers Exchange; from now on ${now}. A setting that was just written may look unchanged there until the directory has replicated; it is then written again, which changes nothing.`;
}

/** The controllers of `server` in the answer of Get-ExchangeServer -Status: the one for the configuration, then the others. @throws {CmdletError} */
export function controllersOf(server: string, answer: readonly PsObject[]): readonly string[] {
  const found = answer.find((object) => serverName(textIn(object, "Name", GetExchangeServer)) === serverName(server));
  if (found === undefined) throw new CmdletError("notFound", `${GetExchangeServer.name} on ${server}: there is no ${server}`);
  return controllersIn(found);
}

export function controllersIn(server: PsObject): readonly string[] {
  const names = [optionalTextIn(server, "CurrentConfigDomainController"), ...textsIn(server, "CurrentDomainControllers")];
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Whether an error says that the domain controller `name` does not answer. One that says what it does not have was answered by it. */
export function saysLost({ message, failureCategory }: CmdletErrorRecord, name: string): boolean {
  const isSo =
    /(SuitabilityDirectory|NoSuitableServerFound)Exception$/.test(failureCategory) || /LDAP server is unavailable/i.test(message);
  return isSo && message.toLowerCase().includes(name.toLowerCase());
}
