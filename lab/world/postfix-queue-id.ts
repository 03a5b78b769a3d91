// Queue ids as Postfix makes them. Long ones hold the arrival to the microsecond and are never used again; short ones are.
// Source: enable_long_queue_ids in postconf(5); the alphabet was checked against ids of a real Postfix 3.7.

const alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/** Seconds in 6, microseconds in 4 characters of 52, then `z` and the inode in characters of 51. */
export function longQueueId(atMs: number, microseconds: number, inode: number): string {
  return `${digits(Math.floor(atMs / 1_000), 52, 6)}${digits(microseconds, 52, 4)}z${digits(inode, 51, 1)}`;
}

/** Microseconds and inode in hexadecimal: the same again as soon as both come round. */
export function shortQueueId(microseconds: number, inode: number): string {
  return `${microseconds.toString(16).padStart(5, "0")}${inode.toString(16)}`.toUpperCase();
}

function digits(value: number, base: number, width: number): string {
  let rest = value;
  let text = "";
  do {
    text = (alphabet[rest % base] ?? "") + text;
    rest = Math.floor(rest / base);
  } while (rest > 0);
  return text.padStart(width, "0");
}
