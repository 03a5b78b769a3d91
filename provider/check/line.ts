// What a check says of one thing, in one line; and how a failure becomes such a line. Pure.
import { messageOf } from "../common/reason.ts";

/** `note`: nothing that stands in the way, and worth knowing. */
export interface Line {
  readonly mark: "ok" | "note" | "FAILED";
  readonly text: string;
}

export function ok(text: string): Line {
  return { mark: "ok", text };
}

export function note(text: string): Line {
  return { mark: "note", text };
}

/** `sentence` says what is wrong, `whatToDo` the rest; both end in a full stop. */
export function failed(sentence: string, whatToDo = ""): Line {
  return { mark: "FAILED", text: whatToDo === "" ? sentence : `${sentence} ${whatToDo}` };
}

/** What `ask` found; what it threw instead is one line that says why, and what to do where the error itself does not. */
export async function found(ask: () => Promise<readonly Line[]>, whatToDo = ""): Promise<readonly Line[]> {
  try {
    return await ask();
  } catch (error) {
    return [failed(sentenceOf(error), whatToDo)];
  }
}

/** An error's words as a sentence. */
export function sentenceOf(error: unknown): string {
  const words = messageOf(error)
    .trim()
    .replace(/\s*\n\s*/g, " ");
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** `  ok      ex01 …`, so that what failed stands out. */
export function written({ mark, text }: Line): string {
  return `  ${mark.padEnd(6)}  ${text}`;
}
