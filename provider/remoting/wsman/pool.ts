// The runspace pool of a session: opened with its shell, and asked once for a key when there is a secret to send. What runs in it is the session's
// matter. Here is the rule of what may be repeated while it opens: a lost Create once, a lost Receive. Source: [MS-PSRP] 3.1.
import { decodeClixml } from "../clixml/decode.ts";
import { property, textOf } from "../clixml/read.ts";
import { isPsObject } from "../clixml/values.ts";
import { WsmanError } from "../problem.ts";
import { newKeyPair, SessionKey } from "../psrp/key-exchange.ts";
import { MessageType, type PsrpMessage } from "../psrp/messages.ts";
import { RunspaceStates, readRunspacePoolState } from "../psrp/pipeline.ts";
import { initRunspacePool, sessionCapability } from "../psrp/requests.ts";
import type { MessageStream } from "../psrp/stream.ts";
import { quotaIn } from "../quotas.ts";
import { isSilent } from "./answer.ts";
import type { Ids, WsmanClient } from "./client.ts";
import { isNothingYet } from "./faults.ts";
import { Backoff, repeatWhileLost } from "./repeat.ts";
import { Shell, understood } from "./shell.ts";

export interface PoolOptions {
  readonly ids: Ids;
  /** Largest request in bytes until the server's protocol is known. */
  readonly maxEnvelopeBytes: number;
  /** Milliseconds before each repetition of a lost Receive. */
  readonly repeatPausesMs: readonly number[];
  /** Milliseconds after each quick answer with nothing in it. Default: none at first, up to a second. */
  readonly quickPausesMs?: readonly number[];
  /** Milliseconds that the server has for its half of a key exchange. Default 30,000. */
  readonly keyExchangeMs?: number;
}

const OPENING = [
  { type: MessageType.sessionCapability, data: sessionCapability() },
  { type: MessageType.initRunspacePool, data: initRunspacePool() },
];
/** What servers take whose protocol is 2.2 or later: Windows Server 2012 and everything since. */
const LARGE_ENVELOPE_BYTES = 512_000;
const KEY_EXCHANGE_MS = 30_000;

export class Pool {
  readonly #client: WsmanClient;
  readonly #options: PoolOptions;
  readonly #backoff: Backoff;
  #shell: Shell;
  #stream: MessageStream;
  #protocol = "2.3";
  #mayExist = false;

  constructor(client: WsmanClient, options: PoolOptions) {
    this.#client = client;
    this.#options = options;
    this.#backoff = new Backoff(options.quickPausesMs);
    this.#shell = new Shell(client, options.ids.shell(), options.maxEnvelopeBytes);
    this.#stream = this.#shell.stream();
  }

  get shell(): Shell {
    return this.#shell;
  }

  /** `2.3`, or what an older server offered. */
  get protocol(): string {
    return this.#protocol;
  }

  /** Makes the shell and waits until the pool is open. @throws {WsmanError} after which the shell, if there is one, is still to be deleted */
  async open(signal: AbortSignal): Promise<void> {
    await this.#create(signal);
    await this.#read((message) => this.#opens(message), signal);
    if (minorOf(this.#protocol) >= 2) this.#shell.allowRequests(LARGE_ENVELOPE_BYTES);
  }

  /** Tells the server our public key and waits for the session's. @throws {WsmanError} */
  async exchangeKey(signal: AbortSignal): Promise<SessionKey> {
    if (minorOf(this.#protocol) > 3) throw keyless(`the server's protocol ${this.#protocol} has no key exchange`);
    const pair = await newKeyPair();
    const limitMs = this.#options.keyExchangeMs ?? KEY_EXCHANGE_MS;
    const limit = AbortSignal.timeout(limitMs);
    const both = AbortSignal.any([signal, limit]);
    try {
      await this.#shell.sendToPool({ type: MessageType.publicKey, data: pair.message }, both);
      return await this.#read((message) => keyIn(message, pair), both);
    } catch (error) {
      if (signal.aborted || !limit.aborted) throw error;
      throw keyless(`the server did not answer the key exchange within ${limitMs / 1000} s`, error);
    }
  }

  /** Gives the shell back, unless the server refused to make one. Not waited for; see `WsmanClient.settled`. */
  delete(): void {
    if (this.#mayExist) this.#shell.delete();
  }

  /** A Create whose answer is lost is repeated once, as another shell; the first one, should there be one, is deleted. */
  async #create(signal: AbortSignal): Promise<void> {
    try {
      await this.#attempt(signal);
    } catch (error) {
      if (!(error instanceof WsmanError) || error.problem.kind !== "broken") throw error;
      const first = this.#shell;
      const { ids, maxEnvelopeBytes } = this.#options;
      this.#shell = new Shell(this.#client, ids.shell(), maxEnvelopeBytes);
      this.#stream = this.#shell.stream();
      await this.#attempt(signal).finally(() => first.delete());
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    this.#mayExist = true;
    try {
      await this.#shell.create(OPENING, signal);
    } catch (error) {
      this.#mayExist = !isRefusal(error);
      throw error;
    }
  }

  /** Reads the pool's messages until one of them is what `wanted` looks for. */
  async #read<Found>(wanted: (message: PsrpMessage) => Found | undefined, signal: AbortSignal): Promise<Found> {
    for (;;) {
      const receive = () => this.#shell.receive(undefined, signal);
      const lost = () => this.#stream.answerWasLost();
      const repeated = () => repeatWhileLost(receive, this.#options.repeatPausesMs, signal, lost);
      const { chunks } = await this.#backoff.ask(repeated, isSilent, signal);
      const messages = understood(() => chunks.flatMap((chunk) => this.#stream.push(chunk)));
      const found = understood(() => messages.map(wanted)).find((one) => one !== undefined);
      if (found !== undefined) return found;
    }
  }

  /** `true` when a message says that the pool is open. */
  #opens(message: PsrpMessage): true | undefined {
    if (message.type === MessageType.sessionCapability) {
      const [capability] = decodeClixml(message.data);
      this.#protocol = (isPsObject(capability) ? textOf(property(capability, "protocolversion")) : undefined) ?? this.#protocol;
    }
    if (message.type !== MessageType.runspacePoolState) return undefined;
    const { state, error } = readRunspacePoolState(message.data);
    if (state === RunspaceStates.opened) return true;
    if (state !== RunspaceStates.broken && state !== RunspaceStates.closed) return undefined;
    const why = error?.message ?? `runspace state ${state}`;
    if (quotaIn(why) !== undefined) throw new WsmanError({ kind: "quota", text: why });
    throw new WsmanError({ kind: "ended", reason: "rejected", what: `the server did not open a session: ${why}` });
  }
}

/** Whether the server, or who stands before it, said no; or nobody was there to say anything. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof WsmanError)) return false;
  const { problem } = error;
  if (problem.kind === "status") return problem.status >= 300 && problem.status < 500;
  return problem.kind === "notConnected" || problem.kind === "ended" || (problem.kind === "fault" && !isNothingYet(problem.fault));
}

function keyIn(message: PsrpMessage, pair: Awaited<ReturnType<typeof newKeyPair>>): SessionKey | undefined {
  return message.type === MessageType.encryptedSessionKey ? SessionKey.read(message.data, pair) : undefined;
}

function minorOf(protocol: string): number {
  return Number(/^2\.(\d+)/.exec(protocol)?.[1] ?? 0);
}

function keyless(why: string, cause?: unknown): WsmanError {
  return new WsmanError(
    { kind: "ended", reason: "rejected", what: `${why}, so a secret cannot be sent; the cmdlet did not run` },
    { cause },
  );
}
