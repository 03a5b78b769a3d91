// One line that is written over on a terminal; in a log a line a minute.
import { deepEqual } from "node:assert/strict";
import { statusLine } from "../../setup/status-line.ts";

/** What is written when `show` is called at each of these seconds, and `end` at last. */
function written(isTTY: boolean, seconds: readonly number[]): readonly string[] {
  const texts: string[] = [];
  let nowMs = 0;
  const status = statusLine({ isTTY, write: (text) => texts.push(text) }, () => nowMs);
  for (const second of seconds) {
    nowMs = second * 1000;
    status.show(`${second} s`);
  }
  status.end();
  return texts;
}

describe("a line of status", () => {
  it("is written over on a terminal, whole, and ended once", () => {
    deepEqual(written(true, [10, 2]), ["\r10 s\u001b[K", "\r2 s\u001b[K", "\n"]);
  });

  it("is one line a minute in a log", () => {
    deepEqual(written(false, [1, 59, 60, 61, 119, 120]), ["60 s\n", "120 s\n"]);
  });

  it("leaves nothing behind where nothing was shown", () => {
    deepEqual([written(true, []), written(false, [])], [[], []]);
  });
});
