// Kerberos on a connection: the server says which way it takes it, one token goes each way, and over http every body is sealed from then on.
// Exchange offers `Kerberos`, Windows `Negotiate`; the names differ on the wire, the tickets do not. Source: RFC 4559, [MS-WSMV] 2.2.9.1.
import type { Authenticator, Handshake, HandshakeAnswer, HttpBody } from "../http/authenticator.ts";
import { WsmanError } from "../problem.ts";
import { negotiatedScheme, offeredSchemes } from "./challenges.ts";
import { cannotProve } from "./problems.ts";
import { isSealed, sealedBody, sealedMessageIn } from "./sealed-body.ts";
import type { Identity, NegotiatedScheme, SecurityContext } from "./security.ts";

export interface NegotiatedOptions {
  readonly identity: Identity;
  /** FQDN of the server, as in the URL: its service is `HTTP/<host>`. */
  readonly host: string;
  /** Who asks, for messages. */
  readonly user: string;
  /** Over https TLS seals already. */
  readonly seals: boolean;
  /** The scheme that a connection to this server was asked for before; a place that outlives the connection. */
  readonly known: { scheme?: NegotiatedScheme };
}

const MOST_LEGS = 5;

export function negotiatedAuthenticator(options: NegotiatedOptions): Authenticator {
  return new Negotiated(options);
}

class Negotiated implements Authenticator {
  readonly mustBegin = true;
  readonly #options: NegotiatedOptions;
  #context: SecurityContext | undefined;
  #scheme: NegotiatedScheme = "Negotiate";

  constructor(options: NegotiatedOptions) {
    this.#options = options;
  }

  async begin(handshake: Handshake): Promise<void> {
    const { known, host, identity } = this.#options;
    known.scheme ??= this.#chosen(await handshake({}));
    this.#scheme = known.scheme;
    this.end();
    const context = await identity.contextWith(host, this.#scheme);
    this.#context = context;
    let step = await context.step();
    for (let leg = 0; leg < MOST_LEGS; leg += 1) {
      const answer = await handshake({ Authorization: `${this.#scheme} ${Buffer.from(step.token).toString("base64")}` });
      const token = tokenIn(answer, this.#scheme);
      if (answer.status === 401 && token === undefined) throw this.#refused(answer);
      if (token !== undefined && !step.isDone) step = await context.step(token);
      if (step.isDone && answer.status !== 401) return;
      if (token === undefined) throw this.#unproved(answer);
    }
    throw cannotProve("denied", `HTTP/${host} did not come to an end in ${MOST_LEGS} steps of ${this.#scheme}`);
  }

  outgoing({ headers, bytes }: HttpBody): HttpBody {
    if (!this.#options.seals) return { headers, bytes };
    const sealed = this.#agreed().seal(bytes);
    return sealedBody(this.#scheme, sealed, headers["Content-Type"] ?? "application/soap+xml;charset=UTF-8", headers);
  }

  incoming(contentType: string, bytes: Uint8Array): Uint8Array {
    if (isSealed(contentType)) return this.#agreed().open(sealedMessageIn(bytes));
    // Pages of whatever stands in front of the server come as they are; a message that should have been sealed is not believed, whatever it
    // calls itself.
    if (!this.#options.seals || bytes.length === 0 || !(/\bxml\b/i.test(contentType) || isLikeSoap(bytes))) return bytes;
    throw new WsmanError({ kind: "nonsense", what: "a message that is not sealed, on a connection where all are" });
  }

  end(): void {
    this.#context?.end();
    this.#context = undefined;
  }

  #agreed(): SecurityContext {
    if (this.#context !== undefined) return this.#context;
    throw new WsmanError({ kind: "broken", why: "the connection on which the keys were agreed is gone" });
  }

  #chosen(answer: HandshakeAnswer): NegotiatedScheme {
    const offered = offeredSchemes(answer.challenges);
    const scheme = negotiatedScheme(offered);
    if (answer.status === 401 && scheme !== undefined) return scheme;
    const { host } = this.#options;
    if (answer.status !== 401) throw new WsmanError({ kind: "status", status: answer.status });
    throw cannotProve(
      "denied",
      `${host} does not offer Kerberos, it offers ${offered.join(" and ") || "nothing"}: allow Kerberos there${offered.includes("Basic") ? ", or set the provider's authentication to basic, over https" : ""}`,
    );
  }

  #refused(answer: HandshakeAnswer): WsmanError {
    const { host, user } = this.#options;
    return cannotProve(
      "denied",
      `${host} does not accept the Kerberos ticket of ${user} (HTTP ${answer.status}): the account needs remote PowerShell (Set-User -RemotePowerShellEnabled $true), and HTTP/${host} must belong to that server alone (setspn -Q HTTP/${host})`,
    );
  }

  /** The server goes on without having proved that it is the one that was asked. */
  #unproved(answer: HandshakeAnswer): WsmanError {
    if (answer.status >= 500 || answer.status === 403 || answer.status === 404)
      return new WsmanError({ kind: "status", status: answer.status });
    return cannotProve(
      "denied",
      `${this.#options.host} did not prove that it is HTTP/${this.#options.host} (HTTP ${answer.status}): something else may answer there`,
    );
  }
}

/** The root element of every message; its name can be written in no other way. */
function isLikeSoap(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("Envelope");
}

function tokenIn({ challenges }: HandshakeAnswer, scheme: NegotiatedScheme): Uint8Array | undefined {
  const pattern = new RegExp(`^\\s*${scheme}\\s+([A-Za-z0-9+/]+=*)\\s*$`, "i");
  const text = challenges.map((challenge) => pattern.exec(challenge)?.[1]).find((found) => found !== undefined);
  return text === undefined ? undefined : new Uint8Array(Buffer.from(text, "base64"));
}
