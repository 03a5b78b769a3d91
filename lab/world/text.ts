// How Exchange writes times, sizes and spans as text. Shapes: recordings of Exchange 2016 and 2019.

/** `9/28/2021 5:20:23 PM`, in UTC. */
export function exchangeTime(ms: number): string {
  const date = new Date(ms);
  const hours = date.getUTCHours();
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hours < 12 ? "AM" : "PM"}`;
}

/** `1.5 GB (1,610,612,736 bytes)` */
export function sizeText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${Number(amount.toPrecision(4))} ${units[power]} (${bytes.toLocaleString("en-US")} bytes)`;
}

/** A TimeSpan as Exchange prints it: `10.00:00:00`, `-00:00:00.0010000`. */
export function spanText(ms: number): string {
  const size = Math.abs(ms);
  const two = (part: number) => String(Math.floor(part)).padStart(2, "0");
  const days = Math.floor(size / 86_400_000);
  const fraction = Math.round(size % 1000);
  const clock = `${two((size / 3_600_000) % 24)}:${two((size / 60_000) % 60)}:${two((size / 1000) % 60)}`;
  return `${ms < 0 ? "-" : ""}${days === 0 ? "" : `${days}.`}${clock}${fraction === 0 ? "" : `.${String(fraction * 10_000).padStart(7, "0")}`}`;
}

/** Milliseconds of `[-][d.]hh:mm:ss[.fffffff]`, or `undefined` when it is none. */
export function parseSpan(text: string): number | undefined {
  const match = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const wholeSeconds = Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const ms = wholeSeconds * 1000 + Number(fraction.padEnd(7, "0")) / 10_000;
  return sign === undefined ? ms : -ms;
}
