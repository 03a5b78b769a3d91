// One WS-Management exchange: request out, answer in, checked. Repeats nothing.
import { parseAnswer, type WsmanAnswer } from "./answer.ts";
import { envelopeOf, type RequestFrame, type WsmanRequest } from "./envelope.ts";
import type { HttpConnection } from "./http.ts";
import { WsmanError } from "./problems.ts";
import type { XmlElement } from "./xml.ts";

/** Where the ids of a session come from: upper-case GUIDs. */
export interface Ids {
  readonly session: () => string;
  readonly shell: () => string;
  readonly command: () => string;
  readonly message: () => string;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the server counts as silent; when absent, the operation timeout and ten seconds. */
  readonly timeoutMs?: number | undefined;
}

/** Sends requests of one session over one connection. */
export class WsmanClient {
  readonly #connection: HttpConnection;
  readonly #frame: RequestFrame;
  readonly #nextMessageId: () => string;

  constructor(connection: HttpConnection, frame: RequestFrame, nextMessageId: () => string) {
    this.#connection = connection;
    this.#frame = frame;
    this.#nextMessageId = nextMessageId;
  }

  /** The body of the answer. @throws {WsmanError} */
  async request(request: WsmanRequest, { signal, timeoutMs }: RequestOptions = {}): Promise<XmlElement> {
    const messageId = this.#nextMessageId();
    const silentAfterMs = timeoutMs ?? (this.#frame.operationTimeoutSeconds + 10) * 1000;
    const { status, body } = await this.#connection.post(envelopeOf(this.#frame, request, messageId), { timeoutMs: silentAfterMs, signal });
    const answer = soapOf(body);
    if (status === 401 || answer === undefined) throw new WsmanError({ kind: "status", status });
    if (answer.fault !== undefined) throw new WsmanError({ kind: "fault", fault: answer.fault });
    if (answer.relatesTo !== messageId.toUpperCase())
      throw new WsmanError({ kind: "nonsense", what: "the answer belongs to another request" });
    return answer.body;
  }
}

function soapOf(text: string): WsmanAnswer | undefined {
  try {
    return parseAnswer(text);
  } catch {
    return undefined; // IIS answers in HTML; the status says what matters
  }
}
