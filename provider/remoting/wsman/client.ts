// One WS-Management exchange: request out, answer in, checked. Repeats nothing. What nobody waits for: goodbyes.ts.
import type { HttpAnswer, PostOptions } from "../http/connection.ts";
import { WsmanError } from "../problem.ts";
import type { XmlElement } from "../xml/tree.ts";
import { parseAnswer, type WsmanAnswer } from "./answer.ts";
import { envelopesOf, type RequestFrame, type WriteEnvelope, type WsmanRequest } from "./envelope.ts";
import { Goodbyes } from "./goodbyes.ts";
import { Action } from "./names.ts";
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

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the server counts as silent; when absent, the operation timeout and ten seconds. */
  readonly timeoutMs?: number | undefined;
}

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
  readonly #goodbyes: Goodbyes;

  constructor(connections: Connections, frame: RequestFrame, nextMessageId: () => string) {
    this.#connections = connections;
    this.#write = envelopesOf(frame);
    this.#silentAfterMs = (frame.operationTimeoutSeconds + 10) * 1000;
    this.#nextMessageId = nextMessageId;
    this.#goodbyes = new Goodbyes(connections);
  }

  /** The body of the answer. @throws {WsmanError} */
  async request(request: WsmanRequest, { signal, timeoutMs = this.#silentAfterMs }: RequestOptions = {}): Promise<XmlElement> {
    const messageId = this.#nextMessageId();
    const { status, body } = await this.#goodbyes.during(() => {
      const answering = this.#connections.main.post(this.#write(request, messageId), { timeoutMs, signal });
      if (request.action === Action.receive) this.#goodbyes.sayNow(); // while the server thinks
      return answering;
    });
    const answer = soapOf(body);
    if (status === 401 || answer === undefined) throw noAnswer(status, body);
    const isOurs = answer.relatesTo === messageId.toUpperCase();
    // Some faults do not say what they answer.
    if (!isOurs && (answer.fault === undefined || answer.relatesTo !== ""))
      throw new WsmanError({ kind: "nonsense", what: "the answer belongs to another request" });
    if (answer.fault !== undefined) throw new WsmanError({ kind: "fault", fault: answer.fault });
    return answer.body;
  }

  /** Sends what is not waited for, before any request to come. */
  goodbye(request: WsmanRequest): void {
    this.#goodbyes.say(() => this.#write(request, this.#nextMessageId()));
  }

  /** Sends what is not waited for, where and when no request waits behind it. */
  goodbyeAside(request: WsmanRequest): void {
    this.#goodbyes.sayLater(() => this.#write(request, this.#nextMessageId()));
  }

  /** Resolves when all goodbyes so far have been said. Until then no connection must be closed. */
  settled(): Promise<void> {
    return this.#goodbyes.settled();
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
