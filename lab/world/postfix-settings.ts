// main.cf of the lab's buffer: what the file says, and what the running Postfix has read. A change counts after a reload.
// Defaults are those of Postfix 3.7.11. Source: postconf(5).

const defaults: Readonly<Record<string, string>> = {
  bounce_queue_lifetime: "5d",
  compatibility_level: "0",
  content_filter: "",
  delay_warning_time: "0h",
  disable_vrfy_command: "no",
  enable_long_queue_ids: "no",
  fast_flush_domains: "$relay_domains",
  maillog_file: "",
  maximal_backoff_time: "4000s",
  maximal_queue_lifetime: "5d",
  message_size_limit: "10240000",
  minimal_backoff_time: "300s",
  mydomain: "contoso-mail.net",
  myhostname: "buffer.$mydomain",
  non_smtpd_milters: "",
  mydestination: "$myhostname, localhost.$mydomain, localhost",
  queue_directory: "/var/spool/postfix",
  queue_minfree: "0",
  queue_run_delay: "300s",
  relay_domains: "",
  relay_recipient_maps: "",
  relayhost: "",
  smtpd_discard_ehlo_keywords: "",
  smtpd_end_of_data_restrictions: "",
  smtpd_etrn_restrictions: "",
  smtpd_milters: "",
  smtpd_proxy_filter: "",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Postfix writes it.
  smtputf8_enable: "${{$compatibility_level} <level {1} ? {no} : {yes}}",
  transport_maps: "",
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

export class PostfixSettings {
  readonly #file: Map<string, string>;
  #read: ReadonlyMap<string, string>;

  constructor(written: Readonly<Record<string, string>>) {
    this.#file = new Map(Object.entries(written));
    this.#read = new Map(this.#file);
  }

  /** What main.cf says, or the default; `undefined` for a name that Postfix does not know. */
  written(name: string): string | undefined {
    return this.#file.get(name) ?? defaults[name];
  }

  /** The same, each `$` replaced by what it stands for. */
  expanded(name: string): string | undefined {
    const value = this.written(name);
    return value === undefined ? undefined : expand(value, (other) => this.expanded(other) ?? "");
  }

  /** Only what stands in main.cf, by name. */
  inFile(): readonly (readonly [name: string, value: string])[] {
    return [...this.#file].toSorted(([one], [other]) => (one < other ? -1 : 1));
  }

  write(name: string, value: string): void {
    this.#file.set(name, value);
  }

  reload(): void {
    this.#read = new Map(this.#file);
  }

  /** What the running Postfix goes by. */
  value(name: string): string {
    return expand(this.#read.get(name) ?? defaults[name] ?? "", (other) => this.value(other));
  }

  list(name: string): readonly string[] {
    return this.value(name)
      .split(/[\s,]+/)
      .filter((word) => word !== "");
  }

  /** A time in milliseconds; without a unit it counts in days, as the queue lifetimes do. */
  durationMs(name: string): number {
    const [, amount = "0", unit = ""] = /^(\d+)([smhdw]?)$/.exec(this.value(name)) ?? [];
    return Number(amount) * (unitSeconds[unit] ?? 86_400) * 1_000;
  }

  bytes(name: string): number {
    return Number(this.value(name)) || 0;
  }
}

/** `$name`, `${name}`, `$$` for the sign itself, and the one kind of comparison that defaults use. */
function expand(text: string, meaningOf: (name: string) => string): string {
  const level = /\$\{\{([^{}]*)\} <level \{([^{}]*)\} \? \{([^{}]*)\} : \{([^{}]*)\}\}/g;
  const chosen = text.replace(level, (_all, one: string, other: string, less: string, more: string) =>
    Number.parseFloat(expand(one, meaningOf)) < Number.parseFloat(other) ? less : more,
  );
  return chosen.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_all, sign, braced, bare) => sign ?? meaningOf(braced ?? bare));
}

/** What a buffer that loses nothing is set to. */
export function goodSettings(domains: readonly string[], nextHop: string): Readonly<Record<string, string>> {
  return {
    bounce_queue_lifetime: "30d",
    compatibility_level: "3.6",
    disable_vrfy_command: "yes",
    enable_long_queue_ids: "yes",
    fast_flush_domains: "",
    maximal_queue_lifetime: "30d",
    message_size_limit: "37748736",
    mydestination: "",
    relay_domains: domains.join(", "),
    relay_recipient_maps: "lmdb:/etc/postfix/recipients",
    relayhost: `[${nextHop}]:25`,
    smtpd_discard_ehlo_keywords: "etrn, chunking",
    smtpd_etrn_restrictions: "reject",
    smtputf8_enable: "no",
    transport_maps: `inline:{${domains.map((domain) => `{ ${domain} = relay:[${nextHop}]:25 }`).join(", ")}}`,
  };
}
