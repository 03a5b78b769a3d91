// Versions as programs print them. Pure.

export type Version = readonly [major: number, minor: number, patch: number];

/** The first version in `text`, such as that of `v3.259.0`, `go1.26.8` or `go1.25`; undefined where there is none. */
export function versionIn(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether `version` is `oldest` or newer. */
export function isAtLeast(version: Version, oldest: Version): boolean {
  const place = [0, 1, 2].find((index) => version[index] !== oldest[index]);
  return place === undefined || (version[place] ?? 0) > (oldest[place] ?? 0);
}

export function versionText(version: Version): string {
  return version.join(".");
}
