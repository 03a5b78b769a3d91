import { deepEqual, equal } from "node:assert/strict";
import { Outbox } from "../../../../lab/serve/psrp/outbox.ts";

const [a, b, c] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
const never = new AbortController().signal;

describe("an outbox", () => {
  it("gives as many fragments as fit, and the rest next time", () => {
    const outbox = filled(a, b, c);
    deepEqual(taken(outbox, 2), [a, b]);
    deepEqual(taken(outbox, 2), [c]);
  });

  it("gives nothing when not even one fits, and keeps it", () => {
    const outbox = filled(a);
    equal(
      outbox.take(0, () => 1),
      undefined,
    );
    deepEqual(taken(outbox, 1), [a]);
  });

  it("begins a new answer at a fragment that stands apart", () => {
    const outbox = filled(a);
    outbox.push([b, c], { apart: true });
    deepEqual([taken(outbox, 9), taken(outbox, 9)], [[a], [b, c]]);
  });

  it("gives again, in order, what an answer could not deliver", () => {
    const outbox = filled(a, b, c);
    outbox.take(2, () => 1)?.putBack();
    deepEqual(taken(outbox, 9), [a, b, c]);
  });

  it("is spent when its last answer was taken, and not when that answer was lost", () => {
    const outbox = filled(a);
    outbox.end();
    const last = outbox.take(9, () => 1);
    deepEqual([last?.isLast, outbox.isSpent], [true, true]);
    last?.putBack();
    deepEqual([outbox.isSpent, taken(outbox, 9), outbox.isSpent], [false, [a], true]);
  });

  it("does not call an answer the last while more follows", () => {
    const outbox = filled(a, b);
    outbox.end();
    deepEqual([outbox.take(1, () => 1)?.isLast, outbox.take(1, () => 1)?.isLast], [false, true]);
  });

  it("wakes who waits when something comes, and when the end comes", async () => {
    for (const what of [(outbox: Outbox) => outbox.push([a]), (outbox: Outbox) => outbox.end()]) {
      const outbox = new Outbox();
      const ready = outbox.ready(60_000, never);
      what(outbox);
      equal(await ready, true);
    }
  });

  it("lets go who waited in vain, or does not listen any more", async () => {
    const outbox = new Outbox();
    equal(await outbox.ready(0, never), false);
    const gone = new AbortController();
    const ready = outbox.ready(60_000, gone.signal);
    gone.abort();
    equal(await ready, false);
    equal(await outbox.ready(60_000, gone.signal), false);
  });
});

function filled(...fragments: readonly Uint8Array[]): Outbox {
  const outbox = new Outbox();
  outbox.push(fragments);
  return outbox;
}

function taken(outbox: Outbox, maxBytes: number): readonly Uint8Array[] | undefined {
  return outbox.take(maxBytes, () => 1)?.fragments;
}
