// One WS-Management exchange: request out, answer in, checked. Repeats nothing.
import type { HttpAnswer, PostOptions } from "../http/connection.ts";
import { WsmanError } from "../problem.ts";
import { endOf } from "../serial-queue.ts";
import type { XmlElement } from "../xml/tree.ts";
import { parseAnswer, type WsmanAnswer } from "./answer.ts";
import { envelopesOf, type RequestFrame, type WriteEnvelope, type WsmanRequest } from "./envelope.ts";
import { pageOf } from "./page.ts";

/** Where the ids of a session come from: upper-case GUIDs. */
export interface Ids {
  readonly session: () => string;
  readonly shell: () => string;
  readonly command: () => string;
  readonly message: () => string;
}

/** What carries requests: answers each, one at a time, in the order of the calls. */
export interface Connection {
  /** @throws {WsmanError} */
  post(text: string, options: PostOptions): Promise<HttpAnswer>;
}

export interface RequestOptions extends Pick<PostOptions, "signal" | "beforeSend"> {
  /** Milliseconds until the server counts as silent; when absent, the operation timeout and ten seconds. */
  readonly timeoutMs?: number | undefined;
}

/** Milliseconds after which requests that nobody waits for count as answered. */
const CLEAN_UP_MS = 5_000;

/** What carries a session. */
export interface Connections {
  readonly main: Connection;
  /** For what would hold up the next request on the main one. Made when it is first used. */
  readonly aside: Connection;
}

/** Sends the requests of one session. */
export class WsmanClient {
  readonly #connections: Connections;
  readonly #write: WriteEnvelope;
  /** Milliseconds until a server counts as silent that was asked to answer within the operation timeout. */
  readonly #silentAfterMs: number;
  readonly #nextMessageId: () => string;
  /** Requests that nobody waits for, so far. */
  #cleanUp: Promise<void> = Promise.resolve();

  constructor(connections: Connections, frame: RequestFrame, nextMessageId: () => string) {
    this.#connections = connections;
    this.#write = envelopesOf(frame);
    this.#silentAfterMs = (frame.operationTimeoutSeconds + 10) * 1000;
    this.#nextMessageId = nextMessageId;
  }

  /** The body of the answer. @throws {WsmanError} */
  async request(request: WsmanRequest, { timeoutMs = this.#silentAfterMs, ...options }: RequestOptions = {}): Promise<XmlElement> {
    const messageId = this.#nextMessageId();
    const { status, body } = await this.#connections.main.post(this.#write(request, messageId), { ...options, timeoutMs });
    const answer = soapOf(body);
    if (status === 401 || answer === undefined) throw noAnswer(status, body);
    const isOurs = answer.relatesTo === messageId.toUpperCase();
    // Some faults do not say what they answer.
    if (!isOurs && (answer.fault === undefined || answer.relatesTo !== ""))
      throw new WsmanError({ kind: "nonsense", what: "the answer belongs to another request" });
    if (answer.fault !== undefined) throw new WsmanError({ kind: "fault", fault: answer.fault });
    return answer.body;
  }

  /** Sends what nobody waits for, before any request to come, or aside: where none waits behind it. Neither its answer nor its failure changes anything. */
  cleanUp(request: WsmanRequest, connection: keyof Connections = "main"): void {
    const text = this.#write(request, this.#nextMessageId());
    const ended = endOf(this.#connections[connection].post(text, { timeoutMs: CLEAN_UP_MS }));
    this.#cleanUp = this.#cleanUp.then(() => ended);
  }

  /** Resolves when all clean-up so far has ended, in five seconds at the latest. Until then no connection must be closed. */
  async settled(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, CLEAN_UP_MS);
    await Promise.race([this.#cleanUp, late.promise]);
    clearTimeout(timer);
  }
}

function noAnswer(status: number, body: string): WsmanError {
  if (/<(\w+:)?Envelope[\s>]/.test(body.slice(0, 1_000)) && status !== 401)
    return new WsmanError({ kind: "nonsense", what: `a WS-Management message that is cut off or damaged (HTTP ${status})` });
  return new WsmanError({ kind: "status", status, page: pageOf(body) });
}

function soapOf(text: string): WsmanAnswer | undefined {
  try {
    return parseAnswer(text);
  } catch {
    return undefined; // IIS answers in HTML; the status says what matters
  }
}
