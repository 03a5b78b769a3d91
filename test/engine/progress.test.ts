import assert from "node:assert/strict";
import { sayInstant } from "../../provider/common/utc.ts";
import type { Wait } from "../../provider/engine/plan.ts";
import {
  isStuck,
  type Progress,
  progressAfter,
  sayDuration,
  sayNumber,
  sayProgress,
  waitsAfter,
  waitsAfterStep,
} from "../../provider/engine/progress.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

function wait(count: number | undefined, more: Partial<Wait> = {}): Wait {
  return {
    kind: "wait",
    key: "queues",
    for: "the queues of ex01",
    recheckMs: 5_000,
    ...(count === undefined ? {} : { left: { count, unit: "message" } }),
    ...more,
  };
}

describe("a duration in words", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [499, "0 s"],
    [500, "1 s"],
    [40 * second, "40 s"],
    [119 * second, "119 s"],
    [119.5 * second, "2 min"],
    [2 * minute, "2 min"],
    [59 * minute, "59 min"],
    [59.5 * minute, "1 h"],
    [hour, "1 h"],
    [10 * hour + 21 * minute, "10 h 21 min"],
    [47 * hour + 59 * minute, "47 h 59 min"],
    [2 * day, "2 days"],
    [3 * day + 2 * hour, "3 days 2 h"],
    [3 * day + 2 * hour + 59 * minute, "3 days 2 h"],
  ];
  for (const [ms, words] of rows) {
    it(`${ms} ms is ${words}`, () => assert.equal(sayDuration(ms), words));
  }
});

describe("an instant in words", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["2026-12-04T18:02:00Z", "Europe/Berlin", "Fri 4 Dec 18:02 UTC (19:02 in Berlin)"],
    ["2026-07-03T18:02:00Z", "Europe/Berlin", "Fri 3 Jul 18:02 UTC (20:02 in Berlin)"],
    ["2026-12-04T18:02:00Z", "UTC", "Fri 4 Dec 18:02 UTC"],
    ["2026-07-03T18:02:00Z", "UTC", "Fri 3 Jul 18:02 UTC"],
    ["2026-10-25T00:59:59Z", "Europe/Berlin", "Sun 25 Oct 00:59 UTC (02:59 in Berlin)"],
    ["2026-10-25T01:00:00Z", "Europe/Berlin", "Sun 25 Oct 01:00 UTC (02:00 in Berlin)"],
    ["2026-12-05T00:00:00Z", "UTC", "Sat 5 Dec 00:00 UTC"],
    ["2026-12-04T05:00:00Z", "America/New_York", "Fri 4 Dec 05:00 UTC (00:00 in New York)"],
  ];
  for (const [at, zone, words] of rows) {
    it(`${at} for ${zone} is ${words}`, () => assert.equal(sayInstant(Date.parse(at), zone), words));
  }

  it("tells the local day where it is another one", () => {
    const words = sayInstant(Date.parse("2026-12-04T23:30:00Z"), "Europe/Berlin");
    assert.match(words, /^Fri 4 Dec 23:30 UTC \(.*00:30.*\)$/);
    assert.match(words, /Sat/);
  });
});

describe("a count", () => {
  it("is written with a comma for thousands", () =>
    assert.deepEqual([0, 999, 4812, 1_234_567].map(sayNumber), ["0", "999", "4,812", "1,234,567"]));
});

describe("progress", () => {
  const start: Progress = { startedMs: 0, startCount: 100, leastCount: 100, movedMs: 0, dueAtMs: undefined };

  it("of a new wait begins now", () => {
    assert.deepEqual(progressAfter(undefined, wait(100), 7), { ...start, startedMs: 7, movedMs: 7 });
    const uncounted = { startCount: undefined, leastCount: undefined };
    assert.deepEqual(progressAfter(undefined, wait(undefined), 7), { ...start, ...uncounted, startedMs: 7, movedMs: 7 });
    assert.deepEqual(progressAfter(undefined, wait(100, { dueAtMs: 20 }), 7), { ...start, startedMs: 7, movedMs: 7, dueAtMs: 20 });
  });

  it("is made when less is left than ever before, and by nothing else", () => {
    assert.deepEqual(progressAfter(start, wait(99), 5), { ...start, leastCount: 99, movedMs: 5 });
    assert.deepEqual(progressAfter(start, wait(100), 5), start);
    assert.deepEqual(progressAfter(start, wait(101), 5), start);
  });

  it("is not made by what cannot be counted any more, nor by the first amount after it", () => {
    assert.deepEqual(progressAfter(start, wait(undefined), 5), start);
    const uncounted = progressAfter(undefined, wait(undefined), 0);
    assert.deepEqual(progressAfter(uncounted, wait(100), 5), start);
  });

  it("keeps the earliest end that was told", () => {
    const due = progressAfter(start, wait(100, { dueAtMs: 20 }), 5);
    assert.deepEqual(
      [due, progressAfter(due, wait(100, { dueAtMs: 21 }), 6), progressAfter(due, wait(100, { dueAtMs: 19 }), 6)].map(
        ({ dueAtMs }) => dueAtMs,
      ),
      [20, 20, 19],
    );
  });

  it("is missed from the agreed time on, not before, and where an end was told, from the agreed time after that", () => {
    const stuckAt = (progress: Progress, times: readonly number[]) => times.map((nowMs) => isStuck(progress, 900_000, nowMs));
    assert.deepEqual(stuckAt(start, [899_999, 900_000, 900_001]), [false, true, true]);
    assert.deepEqual(stuckAt({ ...start, dueAtMs: 50_000 }, [900_000, 949_999, 950_000]), [false, false, true]);
  });

  it("of any wait excuses all others: a new one, one with less left, one whose end is to come", () => {
    const { waits } = waitsAfter({}, wait(100, { key: "first" }), 0);
    const second = waitsAfter(waits, wait(50, { key: "second" }), 10);
    assert.deepEqual([second.waits["first"]?.movedMs, second.progress.movedMs], [10, 10]);
    assert.equal(waitsAfter(second.waits, wait(49, { key: "second" }), 20).waits["first"]?.movedMs, 20);
    const due = waitsAfter(second.waits, wait(undefined, { key: "third", dueAtMs: 90 }), 20).waits;
    assert.deepEqual(
      [80, 90].map((nowMs) => waitsAfter(due, wait(undefined, { key: "third", dueAtMs: 90 }), nowMs).waits["first"]?.movedMs),
      [80, 20],
    );
  });

  it("is not made by waits that take turns", () => {
    const { waits } = waitsAfter(waitsAfter({}, wait(100, { key: "first" }), 0).waits, wait(50, { key: "second" }), 10);
    assert.deepEqual(waitsAfter(waitsAfter(waits, wait(100, { key: "first" }), 20).waits, wait(50, { key: "second" }), 30).waits, waits);
  });

  it("is made by a step, after which what is left is counted anew", () => {
    const after = waitsAfterStep({ queues: { ...start, leastCount: 2, dueAtMs: 4 } }, 10);
    assert.deepEqual(after, { queues: { ...start, leastCount: undefined, movedMs: 10 } });
    assert.deepEqual(waitsAfter(waitsAfter(after, wait(70), 20).waits, wait(69), 30).progress.movedMs, 30);
  });

  const rows: readonly {
    readonly when: string;
    readonly wait: Wait;
    readonly progress?: Partial<Progress>;
    readonly nowMs: number;
    readonly words: string;
  }[] = [
    { when: "nothing can be counted", wait: wait(undefined), nowMs: minute, words: "waits for the queues of ex01" },
    { when: "nothing has moved yet", wait: wait(100), nowMs: 59_999, words: "100 left (messages); waits for the queues of ex01" },
    {
      when: "nothing has moved for a minute",
      wait: wait(100),
      nowMs: minute,
      words: "100 left, not moved for 60 s (messages); waits for the queues of ex01",
    },
    {
      when: "it goes fast",
      wait: wait(39),
      progress: { startCount: 4_839 },
      nowMs: 400 * second,
      words: "39 left, 12/s, 3 s (messages); waits for the queues of ex01",
    },
    {
      when: "it goes slowly",
      wait: wait(90),
      nowMs: 10 * minute,
      words: "90 left, 1/min, 2 h (messages); waits for the queues of ex01".replace("2 h", "1 h 30 min"),
    },
    {
      when: "it goes very slowly",
      wait: wait(95),
      nowMs: 10 * minute,
      words: "95 left, 1/min, 3 h 10 min (messages); waits for the queues of ex01",
    },
    { when: "more is left than at first", wait: wait(4_812), nowMs: second, words: "4,812 left (messages); waits for the queues of ex01" },
    {
      when: "its words say of what",
      wait: wait(undefined, { left: { count: 2 } }),
      progress: { startCount: 2 },
      nowMs: second,
      words: "2 left; waits for the queues of ex01",
    },
    {
      when: "one is left",
      wait: wait(1),
      nowMs: second,
      progress: { startCount: 1 },
      words: "1 left (message); waits for the queues of ex01",
    },
    {
      when: "too few have gone to say how fast",
      wait: wait(96),
      progress: { movedMs: 9 * minute + second },
      nowMs: 10 * minute,
      words: "96 left (messages); waits for the queues of ex01",
    },
    {
      when: "the end is known",
      wait: wait(undefined, { dueAtMs: 10 * minute }),
      nowMs: 4 * minute,
      words: "6 min left; waits for the queues of ex01",
    },
    {
      when: "the end has passed",
      wait: wait(undefined, { dueAtMs: 10 * minute }),
      nowMs: 11 * minute,
      words: "0 s left; waits for the queues of ex01",
    },
  ];
  for (const { when, wait, progress, nowMs, words } of rows) {
    it(`is said when ${when}: ${words}`, () => assert.equal(sayProgress({ ...start, ...progress }, wait, nowMs), words));
  }
});
