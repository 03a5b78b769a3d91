// What was read lately need not be read again: of the heads and ids that go between two machines within a second, most are alike.

export class Latest<Value> {
  readonly #known = new Map<string, Value>();
  readonly #most: number;
  readonly #read: (text: string) => Value;

  /** Keeps `most` at the most: when there are more, all are forgotten. `read` says the same of the same text whenever it is asked. */
  constructor(most: number, read: (text: string) => Value) {
    this.#most = most;
    this.#read = read;
  }

  /** @throws whatever `read` throws */
  of(text: string): Value {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const value = this.#read(text);
    if (this.#known.size === this.#most) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}
