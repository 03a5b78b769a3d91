// What becomes of a request, in words that know no HTTP: the listener turns them into bytes.
import type { SoapFault } from "./soap-faults.ts";

export type Outcome =
  /** `onLost`: to be called when the answer could not be handed over. */
  | { readonly kind: "answer"; readonly action: string; readonly body: string; readonly onLost?: () => void; readonly oddity?: Oddity }
  | { readonly kind: "fault"; readonly fault: SoapFault; readonly oddity?: Oddity }
  /** Whatever stands in front of the server answers with a page of its own. */
  | { readonly kind: "html"; readonly status: number }
  /** Words without an envelope around them. */
  | { readonly kind: "text"; readonly status: number; readonly text: string }
  /** The server wants to know again who asks, and has forgotten what the connection had agreed on. */
  | { readonly kind: "challenged" }
  /** The connection is broken off without an answer. */
  | { readonly kind: "cut" }
  /** No answer ever. */
  | { readonly kind: "silence" };

/** In what an answer differs from how this server writes answers. */
export type Oddity =
  | "byteOrderMark"
  | "otherPrefixes"
  | "wrongRelatesTo"
  | "chunked"
  | "compressed"
  | "wrongContentType"
  /** The connection breaks after half of it. */
  | "cutInBody";

/** What is answered instead of doing what was asked. */
export function refuse(fault: SoapFault): Outcome {
  return { kind: "fault", fault };
}

/** The answer to a request that was done. */
export function answer({ action }: { readonly action: string }, body: string): Outcome & { kind: "answer" } {
  return { kind: "answer", action: `${action}Response`, body };
}
