// One password for all servers of a site, tried on one connection first: a few wrong attempts lock an account, and a site has more connections than
// that. Once a server has accepted it, what another one refuses is that one's own matter.
import { cannotProve } from "./problems.ts";

/** Milliseconds for which the others wait for one whose server says nothing. */
const PATIENCE_MS = 3_000;

/** Shared by all connections to one endpoint of all servers. */
export class PasswordTrial {
  readonly #user: string;
  #isAccepted = false;
  /** Host of the server that refused it. */
  #refusedBy: string | undefined;
  /** Whoever sends it first, while no answer has come. */
  #holder: object | undefined;
  #next = Promise.withResolvers<void>();

  constructor(user: string) {
    this.#user = user;
  }

  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Resolves when `connection` may send the password. @throws {WsmanError} `ended` when another one has sent it and was refused */
  async turn(connection: object): Promise<void> {
    while (this.#holder !== undefined && this.#holder !== connection) await this.#next.promise;
    if (this.#refusedBy !== undefined)
      throw cannotProve("denied", `not asked, because ${this.#refusedBy} does not accept the name or password of ${this.#user}`);
    if (this.#isAccepted) return;
    this.#holder = connection;
    setTimeout(() => this.leave(connection), PATIENCE_MS).unref();
  }

  accepted(): void {
    this.#isAccepted = true;
    this.#goOn();
  }

  refused(host: string): void {
    if (!this.#isAccepted) this.#refusedBy = host;
    this.#goOn();
  }

  /** `connection` has learned nothing: the next one may try. */
  leave(connection: object): void {
    if (this.#holder === connection) this.#goOn();
  }

  #goOn(): void {
    this.#holder = undefined;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
