// How a connection proves who is asking: the port. Some schemes prove it once for each TCP connection and then seal every body on it,
// others in each request. Whoever sends (connection.ts) sees to it that one request at a time goes through here.

export interface HttpBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** What the server says of who asks. */
export interface HandshakeAnswer {
  readonly status: number;
  /** All WWW-Authenticate headers, as sent. */
  readonly challenges: readonly string[];
}

/** Posts an empty body with these headers over the connection that is to be authenticated. */
export type Handshake = (headers: Readonly<Record<string, string>>) => Promise<HandshakeAnswer>;

/** One per connection. */
export interface Authenticator {
  /**
   * Whether `begin` comes before a request over a connection that bears no proof. Always, where a proof belongs to the TCP connection: before the
   * first request over it, and again after a 401. With a password in each request, until a server has accepted it.
   */
  readonly mustBegin: boolean;
  /**
   * Proves who is asking on a new TCP connection, or waits until that may be tried; there is a connection to the server by then.
   * @throws {WsmanError} `ended` with reason `denied` when that cannot be done
   */
  begin(handshake: Handshake): Promise<void>;
  /** A request as it goes out: headers to add, and the body, sealed if the scheme seals. */
  outgoing(body: HttpBody): HttpBody;
  /** What the server made of the proof that a request bore. Absent where that is known before any request. */
  judged?(answer: HandshakeAnswer): void;
  /** The body of an answer as it was before the server sealed it. `contentType` as sent. @throws {WsmanError} `nonsense` when it cannot be opened */
  incoming(contentType: string, bytes: Uint8Array): Uint8Array;
  /** The TCP connection is gone, and with it whatever was agreed on it. Safe to call twice. */
  end(): void;
}
