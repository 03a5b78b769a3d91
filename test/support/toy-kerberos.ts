// A Kerberos without cryptography: tokens and signatures say in plain text which context made them, so that a test sees what went where.
// What `toy-server.ts` speaks on its side. Real ones judge the rest: test/contract/kerberos-spnego.test.ts.
import type { Identity, NegotiatedScheme, SealedMessage, SecurityContext, Step } from "../../provider/remoting/auth/security.ts";
import { WsmanError } from "../../provider/remoting/problem.ts";

const MASK = 0x55;

/** The same both ways. */
export function masked(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ MASK);
}

/** Vouches for anybody. Its contexts are numbered from 1. */
export class ToyIdentity implements Identity {
  readonly contexts: ToyContext[] = [];
  readonly asked: string[] = [];
  /** How many tokens the client sends. */
  legs = 1;
  /** When the next context, and each of its steps, may go on; at once unless set. */
  delay: Promise<void> | undefined;

  async contextWith(host: string, scheme: NegotiatedScheme): Promise<SecurityContext> {
    this.asked.push(`${scheme} HTTP/${host}`);
    await this.delay;
    const context = new ToyContext(this.contexts.length + 1, this);
    this.contexts.push(context);
    return context;
  }

  end(): void {}

  /** How often each context was ended. */
  get ends(): readonly number[] {
    return this.contexts.map(({ ends }) => ends);
  }
}

/** Its messages carry the numbers `1.1`, `1.2`, …: which context, which message. */
export class ToyContext implements SecurityContext {
  ends = 0;
  readonly #number: number;
  readonly #identity: ToyIdentity;
  #leg = 0;
  #sealed = 0;

  constructor(number: number, identity: ToyIdentity) {
    this.#number = number;
    this.#identity = identity;
  }

  async step(token?: Uint8Array): Promise<Step> {
    await this.#identity.delay;
    const expected = this.#leg === 0 ? undefined : `server ${this.#number}.${this.#leg}`;
    const said = token === undefined ? undefined : Buffer.from(token).toString();
    if (said !== expected) throw new Error(`context ${this.#number} expected the token ${expected}, and ${said} came`);
    if (this.#leg === this.#identity.legs) return { token: new Uint8Array(), isDone: true };
    this.#leg += 1;
    return { token: Buffer.from(`client ${this.#number}.${this.#leg}`), isDone: false };
  }

  seal(plain: Uint8Array): SealedMessage {
    if (this.ends > 0) throw new Error(`context ${this.#number} sealed after its end`);
    this.#sealed += 1;
    return { signature: Buffer.from(`${this.#number}.${this.#sealed}`), data: masked(plain) };
  }

  open({ signature, data }: SealedMessage): Uint8Array {
    if (this.ends > 0) throw new Error(`context ${this.#number} opened after its end`);
    if (Buffer.from(signature).toString() !== `to ${this.#number}`)
      throw new WsmanError({ kind: "nonsense", what: "not for this context" });
    return masked(data);
  }

  end(): void {
    this.ends += 1;
  }
}
