// What GSSAPI says when it does not do what it was asked, in its own words.
// Source: RFC 2743 1.2.1.1 (routine errors in the upper half, information in the lower).
import type { GssLibrary, NativeBuffer, Slot } from "./library.ts";

/** A call failed: "accepting a token: Wrong principal in request". */
export class GssError extends Error {
  override readonly name = "GssError";
}

const ERRORS = 0xffff0000;
const GENERAL = 1;
const OF_MECHANISM = 2;

/** @throws {GssError} when `major` holds an error */
export function checkStatus(library: GssLibrary, what: string, major: number, minor: number): void {
  if ((major & ERRORS) === 0) return;
  const reasons = [wordsOf(library, major, GENERAL), ...(minor === 0 ? [] : [wordsOf(library, minor, OF_MECHANISM)])];
  throw new GssError(`${what}: ${reasons.join(": ")}`);
}

/** Copies what a call made, and gives it back to the library. */
export function taken(library: GssLibrary, [buffer]: Slot<NativeBuffer>): Buffer {
  const bytes = library.bytesAt(buffer);
  if (buffer.value !== null) library.release_buffer([0], buffer);
  return bytes;
}

function wordsOf(library: GssLibrary, code: number, kind: number): string {
  const text: Slot<NativeBuffer> = [{ length: 0, value: null }];
  library.display_status([0], code, kind, null, [0], text);
  return taken(library, text).toString("utf8").replace(/\.$/, "");
}
