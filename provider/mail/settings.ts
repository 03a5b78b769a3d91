// Settings of Postfix as `postconf -x` prints them: names, lists, times, whether arriving mail is held, and what stands between the buffer and the next
// hop. Source: postconf(1), postconf(5), FILTER_README, SMTPD_PROXY_README, MILTER_README.

export const holdSetting = "smtpd_end_of_data_restrictions";
export const holdValue = "check_client_access static:HOLD";

/** By name, as Postfix expands them: where a value still holds a `$`, it means nothing that is known here. */
export type Settings = ReadonlyMap<string, string>;

/** The output of `postconf -x name …`, or of `postconf -xP`, whose names are `service/type/name`. */
export function parseSettings(text: string): Settings {
  return new Map(
    text.split("\n").flatMap((line) => {
      const match = /^(\S+) =(?: (.*))?$/.exec(line);
      return match?.[1] === undefined ? [] : [[match[1], match[2] ?? ""] as const];
    }),
  );
}

/** What mail passes on the host before it goes to the next hop, and what may discard mail that was accepted. */
export const filterNames = ["content_filter", "smtpd_proxy_filter", "smtpd_milters", "non_smtpd_milters"] as const;

/** `content_filter smtp-amavis:[127.0.0.1]:10024`, of main.cf (`settings`) and of single services of master.cf (`services`). */
export function filtersOf(settings: Settings, services: Settings): readonly string[] {
  const set = [...filterNames.map((name) => [name, setting(settings, name)] as const), ...services];
  return set.flatMap(([name, value]) =>
    filterNames.some((filter) => `/${name}`.endsWith(`/${filter}`)) && value !== "" ? [`${name} ${value}`] : [],
  );
}

/** @throws {Error} when postconf did not say it */
export function setting(settings: Settings, name: string): string {
  const value = settings.get(name);
  if (value === undefined) throw new Error(`postconf did not say ${name}`);
  return value;
}

/** Whether a setting that is yes or no is `word`; Postfix takes both in any case. */
export function isSaid(value: string, word: "yes" | "no"): boolean {
  return value.toLowerCase() === word;
}

/** `5d`, `300s`: a time of Postfix in seconds; a bare number of a queue lifetime counts days. @throws {Error} that says what `name` is, when it is none */
export function secondsOf(name: string, value: string): number {
  const match = /^(\d+)([smhdw]?)$/.exec(value);
  if (match === null) throw new Error(`${name} is "${value}", which is not a time of Postfix`);
  return Number(match[1]) * ({ s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }[match[2] ?? ""] ?? 86_400);
}

/** A list of Postfix: separated by commas and white space. */
export function listOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** Whether all that arrives is put on hold. */
export function isHolding(endOfDataRestrictions: string): boolean {
  return listOf(endOfDataRestrictions).join(" ").includes(holdValue);
}
