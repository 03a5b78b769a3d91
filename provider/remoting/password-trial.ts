// One password for all servers of a site, tried at one of them first: a few wrong attempts lock an account, and a site has more connections than
// that. Once a server has accepted it, what another one refuses is that one's own matter.

/** Shared by all that send the password to one endpoint of any server. */
export class PasswordTrial {
  readonly #patienceMs: number;
  #isAccepted = false;
  #refusal: string | undefined;
  /** Whoever sends it first, while no answer has come. */
  #holder: object | undefined;
  #next = Promise.withResolvers<void>();

  /** `patienceMs`: for how long the others wait for one whose server says nothing. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Why nobody may send the password any more, in a sentence; nothing when somebody may. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Resolves when `sender` may send the password, or with the sentence why it may not: another one has sent it and was refused. */
  async admit(sender: object): Promise<string | undefined> {
    while (this.#holder !== undefined && this.#holder !== sender) await this.#next.promise;
    if (this.#refusal !== undefined || this.#isAccepted) return this.#refusal;
    this.#holder = sender;
    setTimeout(() => this.leave(sender), this.#patienceMs).unref();
    return undefined;
  }

  accepted(): void {
    this.#isAccepted = true;
    this.#goOn();
  }

  /** `by` whom, as in "ex01 does not accept the password of pauser". */
  refused(by: string): void {
    if (!this.#isAccepted) this.#refusal ??= `not asked, because ${by}: a few wrong attempts lock an account`;
    this.#goOn();
  }

  /** `sender` has learned nothing: the next one may try. */
  leave(sender: object): void {
    if (this.#holder === sender) this.#goOn();
  }

  #goOn(): void {
    this.#holder = undefined;
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
