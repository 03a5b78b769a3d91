// The cookies of one server. Without those that a front end hands out, the next request may reach another back end, which does not know the session.
// Source: RFC 6265 5.2, as far as a single server needs it: paths, domains and times are not looked at.

export class Cookies {
  readonly #values = new Map<string, string>();

  /** Takes over Set-Cookie headers; an empty value takes a cookie back. */
  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === "") this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }

  /** The header of a request; none while there are no cookies. */
  header(): { readonly Cookie?: string } {
    const pairs = [...this.#values].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { Cookie: pairs.join("; ") };
  }
}
