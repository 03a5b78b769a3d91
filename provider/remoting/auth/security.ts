// What a connection needs of the system's Kerberos: a context that is agreed in tokens, and then seals and opens messages. The port; GSSAPI stands
// behind it on Linux and macOS (gssapi/), nothing on Windows, where a local PowerShell speaks Kerberos (powershell/).

/** As in the header WWW-Authenticate: a bare Kerberos token, or one wrapped in SPNEGO. */
export type NegotiatedScheme = "Kerberos" | "Negotiate";

/** A message as WinRM carries it: the signature, and the sealed bytes, which are exactly as many as the plain ones. */
export interface SealedMessage {
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
}

export interface Step {
  /** To be sent to the server; empty when there is nothing to say. */
  readonly token: Uint8Array;
  readonly isDone: boolean;
}

/** Agreed with one server on one connection. Messages are opened in the order in which they were sealed. */
export interface SecurityContext {
  /** Without a token at first, then with each that the server sends. @throws {WsmanError} `ended` saying what a person has to do */
  step(token?: Uint8Array): Promise<Step>;
  /** @throws {WsmanError} `ended` */
  seal(plain: Uint8Array): SealedMessage;
  /**
   * Overwrites the message's bytes, which are opened where they stand: an answer is opened once.
   * @throws {WsmanError} `nonsense` when it was not sealed by the server, or changed on its way
   */
  open(message: SealedMessage): Uint8Array;
  /** Frees what the system holds. Safe to call twice. */
  end(): void;
}

/** Somebody whom the system's Kerberos can vouch for. */
export interface Identity {
  /** A context with the service `HTTP/<host>`. @throws {WsmanError} `ended` when the identity itself is refused */
  contextWith(host: string, scheme: NegotiatedScheme): Promise<SecurityContext>;
  /** Frees what the system holds. */
  end(): void;
}

/** How somebody proves to Kerberos who they are. */
export type Proof =
  | { readonly kind: "password"; readonly reveal: () => string; readonly from?: string | undefined }
  /** Path of a file with the account's keys. */
  | { readonly kind: "keytab"; readonly file: string }
  /** A ticket that somebody fetched before (kinit): the default one, or that of `cache`, such as `FILE:/tmp/krb5cc_0`. */
  | { readonly kind: "ticket"; readonly cache?: string };
