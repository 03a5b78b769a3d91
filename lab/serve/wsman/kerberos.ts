// Kerberos and Negotiate: proved once for each TCP connection by a token, after which every body on that connection is sealed.
// Cryptography is GSSAPI's (gssapi/), the form of the bodies is sealed-body.ts. Sources: RFC 4559, [MS-WSMV] 2.2.9.1; recorded IIS
// configuration of Exchange (its module kerbauth asks for `Kerberos`, with a bare token).
import { type AcceptedContext, Acceptor } from "../gssapi/acceptor.ts";
import { GssError } from "../gssapi/problems.ts";
import type { Admission, AuthenticatedRequest, Authentication, Connection, Conversation } from "./authentication.ts";
import { isSealedType, readSealedBody, type SealScheme, writeSealedBody } from "./sealed-body.ts";

export interface KerberosOptions {
  /** File with the keys of this server and of no other: it takes tickets for whatever is in there. */
  readonly keytab: string;
  /** File that remembers which tokens were seen. Default: the keytab's name with `.replay`. */
  readonly replayCache?: string;
  /** Who may ask: `pauser@contoso.local` for the principal pauser@CONTOSO.LOCAL, in any case. Whoever else has a ticket is a stranger. */
  readonly accounts: readonly string[];
  /** As they are offered. Exchange: Kerberos alone. WinRM: Negotiate, Kerberos. */
  readonly schemes: readonly SealScheme[];
  /** Whether answers are delimited as Exchange does it, with a blank after the dashes. */
  readonly hasOddDelimiter: boolean;
  /** What becomes of a body that is not sealed, over http: WinRM's AllowUnencrypted. Default: it is refused. */
  readonly unsealed?: "refused" | "taken";
}

/** Kerberos' object identifier, as a token begins with it. Source: RFC 4121 4.1. */
const BARE_KERBEROS = Buffer.from("06092a864886f712010202", "hex");

/**
 * What Windows does with a body that should have been sealed, as several clients' issues tell: 500 and nothing else.
 * @see https://github.com/diyan/pywinrm/issues/129
 */
const UNSEALED: Admission = { kind: "refused", status: 500 };
/** What Windows answers to a body that does not open was not seen. */
const UNREADABLE: Admission = { kind: "refused", status: 400 };

/** @throws {Error} when koffi or the library is missing, or the keytab holds no key */
export function kerberosAuthentication(options: KerberosOptions): Authentication {
  const { keytab, replayCache = `${keytab}.replay`, accounts } = options;
  new Acceptor({ keytab, replayCache }).release();
  const byPrincipal = new Map(accounts.map((account) => [account.toLowerCase(), account]));
  const userOf = (principal: string) => byPrincipal.get(principal.toLowerCase());
  return { converse: (connection) => new KerberosConversation(options, connection, userOf, () => new Acceptor({ keytab, replayCache })) };
}

/** What both sides have agreed on. */
interface Agreed {
  readonly scheme: SealScheme;
  readonly context: AcceptedContext;
  readonly user: string;
}

class KerberosConversation implements Conversation {
  readonly #options: KerberosOptions;
  readonly #connection: Connection;
  readonly #userOf: (principal: string) => string | undefined;
  readonly #newAcceptor: () => Acceptor;
  #acceptor: Acceptor | undefined;
  #context: AcceptedContext | undefined;
  #agreed: Agreed | undefined;

  constructor(
    options: KerberosOptions,
    connection: Connection,
    userOf: (principal: string) => string | undefined,
    newAcceptor: () => Acceptor,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#userOf = userOf;
    this.#newAcceptor = newAcceptor;
  }

  admit(request: AuthenticatedRequest): Admission {
    if (request.authorization !== undefined) return this.#prove(request, request.authorization);
    return this.#agreed === undefined ? this.#challenge() : this.#take(this.#agreed, request, {});
  }

  end(): void {
    this.#agreed = undefined;
    this.#context?.release();
    this.#context = undefined;
    this.#acceptor?.release();
    this.#acceptor = undefined;
  }

  /** A token on a connection where all was agreed before begins anew. */
  #prove(request: AuthenticatedRequest, authorization: string): Admission {
    if (this.#agreed !== undefined) this.end();
    const [scheme, token] = this.#tokenIn(authorization) ?? [];
    if (scheme === undefined || token === undefined) return this.#challenge();
    try {
      this.#acceptor ??= this.#newAcceptor();
      this.#context ??= this.#acceptor.context();
      const reply = this.#context.accept(token);
      const proof = `${scheme} ${reply.toString("base64")}`;
      if (this.#context.client === undefined) return { kind: "challenged", challenges: [proof] };
      const user = this.#userOf(this.#context.client);
      if (user === undefined) return this.#challenge();
      this.#agreed = { scheme, context: this.#context, user };
      return this.#take(this.#agreed, request, reply.length === 0 ? {} : { "WWW-Authenticate": proof });
    } catch (error) {
      if (error instanceof GssError) return this.#challenge();
      throw error;
    }
  }

  #take(
    { scheme, context, user }: Agreed,
    { contentType, body }: AuthenticatedRequest,
    headers: Readonly<Record<string, string>>,
  ): Admission {
    if (!isSealedType(contentType)) {
      const isTaken = body.length === 0 || this.#connection.isEncrypted || this.#options.unsealed === "taken";
      return isTaken ? { kind: "admitted", user, body, headers } : UNSEALED;
    }
    const sealed = readSealedBody(contentType, body, scheme);
    const message = sealed === undefined ? undefined : opened(context, sealed);
    if (message === undefined || message.length !== sealed?.plainLength) return UNREADABLE;
    const seal = (answer: Buffer) => writeSealedBody({ ...context.seal(answer), plainLength: answer.length }, scheme, this.#options);
    return { kind: "admitted", user, body: message, headers, seal };
  }

  #challenge(): Admission {
    this.end();
    return { kind: "challenged", challenges: this.#options.schemes };
  }

  #tokenIn(authorization: string): readonly [SealScheme, Buffer] | undefined {
    const [, name, encoded] = /^(\S+) +([A-Za-z0-9+/]+=*)$/.exec(authorization) ?? [];
    const scheme = this.#options.schemes.find((known) => known.toLowerCase() === name?.toLowerCase());
    const token = Buffer.from(encoded ?? "", "base64");
    // What the library would take under either name: Exchange's module knows bare tokens only.
    if (scheme === "Kerberos" && !token.subarray(0, 20).includes(BARE_KERBEROS)) return undefined;
    return scheme === undefined ? undefined : [scheme, token];
  }
}

function opened(context: AcceptedContext, sealed: Parameters<AcceptedContext["open"]>[0]): Buffer | undefined {
  try {
    return context.open(sealed);
  } catch (error) {
    if (error instanceof GssError) return undefined;
    throw error;
  }
}
