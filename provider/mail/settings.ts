// Settings of Postfix as postconf prints them: names, lists, times, and whether arriving mail is held. Source: postconf(1), postconf(5).

export const holdSetting = "smtpd_end_of_data_restrictions";
export const holdValue = "check_client_access static:HOLD";

/** By name, values as written, `$name` expanded by nobody. */
export type Settings = ReadonlyMap<string, string>;

/** The output of `postconf name …`. */
export function parseSettings(text: string): Settings {
  return new Map(
    text.split("\n").flatMap((line) => {
      const match = /^(\w+) =(?: (.*))?$/.exec(line);
      return match?.[1] === undefined ? [] : [[match[1], match[2] ?? ""] as const];
    }),
  );
}

/** @throws {Error} when postconf did not say it */
export function setting(settings: Settings, name: string): string {
  const value = settings.get(name);
  if (value === undefined) throw new Error(`postconf did not say ${name}`);
  return value;
}

/** `5d`, `300s`: a time of Postfix in seconds; a bare number of a queue lifetime counts days. */
export function secondsOf(text: string): number {
  const match = /^(\d+)([smhdw]?)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not a time of Postfix`);
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
