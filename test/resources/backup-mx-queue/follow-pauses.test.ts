// What is kept of a pause where its log has gaps, and where other pauses were before it.
import assert from "node:assert/strict";
import { renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import { actualBuffer, arrivals, bufferArgs, bufferHost, held, ledger, logUpTo } from "../../support/buffer-builders.ts";
import { type FollowRow, followRows, lastPause, oneHeld, oneLedger, start, unreadable } from "../../support/follow-rows.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const gap = "/var/log/mail.log no longer has all that was written from 2026-12-05 08:00 to 2026-12-05 09:30 UTC";
const untoldGap = `1 message lay in the queue of ${bufferHost} that its log does not tell of`;

const rows: readonly FollowRow[] = [
  {
    when: "under way, the log with a gap: the ledger says so, and what was counted before stays counted",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, log: { ...logUpTo(900), gap } },
    recorded: { start, pausing: true, ledger: oneLedger },
    becomes: { start, pausing: true, ledger: { ...oneLedger, gaps: [gap] } },
  },
  {
    when: "under way, the log no longer readable: the ledger says so, and what was counted before stays counted",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, log: { unreadable } },
    recorded: { start, pausing: true, ledger: oneLedger },
    becomes: { start, pausing: true, ledger: { ...oneLedger, gaps: [unreadable] } },
  },
  ...[{}, { ledger: ledger({ gaps: [gap] }) }].map(
    (counted): FollowRow => ({
      when: `under way, a gap, and ${"ledger" in counted ? "less" : "nothing"} counted before: what the log has, and the gap`,
      ...{ state: "held", phase: "underWay", recorded: { start, pausing: true, ...counted } },
      actual: { ...oneHeld, log: { ...logUpTo(900, arrivals("A")), gap } },
      becomes: { start, pausing: true, ledger: { ...oneLedger, gaps: [gap] } },
    }),
  ),
  {
    when: "under way, a gap, and the ledger of an earlier pause: that is not this one's",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, log: { unreadable } },
    recorded: { start, pausing: true, ledger: { ...lastPause, fromMs: start.atMs - 1 } },
    becomes: { start, pausing: true, ledger: { ...ledger(), gaps: [unreadable] }, earlier: [{ ...lastPause, fromMs: start.atMs - 1 }] },
  },
  {
    when: "under way, the log with a gap, and everything has left: that it is over is known",
    state: "released",
    phase: "underWay",
    actual: { log: { unreadable } },
    recorded: { start, pausing: true, ledger: oneLedger },
    becomes: { start, pausing: true, ledger: { ...oneLedger, over: true, gaps: [unreadable] } },
  },
  {
    when: "under way, the log with a gap, and a message that it did not tell of before: both are said",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, log: { ...logUpTo(900, arrivals("A")), gap } },
    recorded: { start, pausing: true, untold: ["B"] },
    becomes: { start, pausing: true, untold: ["B"], ledger: { ...oneLedger, gaps: [gap, untoldGap] } },
  },
  {
    when: "under way, a new pause: those before it are kept, the newest first",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: { start, pausing: true, ledger: { ...lastPause, fromMs: 2 }, earlier: [{ ...lastPause, fromMs: 1 }] },
    becomes: {
      start,
      pausing: true,
      ledger: oneLedger,
      earlier: [
        { ...lastPause, fromMs: 2 },
        { ...lastPause, fromMs: 1 },
      ],
    },
  },
  {
    when: "under way, a new pause after one in which nothing came: that one is not kept",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: { start, pausing: true, ledger: ledger({ fromMs: 2 }) },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "at rest, released, and mail that was never held passes by: no pause, and the beginning stays",
    state: "released",
    phase: "atRest",
    actual: { queue: [held("A", 60, { queue: "active" })], log: logUpTo(900, arrivals("A")) },
    recorded: { start, ledger: lastPause },
    becomes: { start, ledger: lastPause },
  },
  {
    when: "at rest, released, and mail lies in the hold queue: that is a pause, whoever began it",
    state: "released",
    phase: "atRest",
    actual: { queue: [held("A")], log: logUpTo(900, arrivals("A")) },
    recorded: { start },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "under way, a message in the queue that the log does not tell of: the ledger says so",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, queue: [held("A"), held("B")], untold: [held("B")] },
    recorded: { start, pausing: true },
    becomes: { start, pausing: true, untold: ["B"], ledger: { ...oneLedger, gaps: [untoldGap] } },
  },
  {
    when: "under way, such a message has left: it still stands in no log",
    state: "released",
    phase: "underWay",
    actual: { log: logUpTo(900) },
    recorded: { start, pausing: true, untold: ["B"] },
    becomes: { start, pausing: true, untold: ["B"], ledger: ledger({ over: true, gaps: [untoldGap] }) },
  },
  {
    when: "under way, the log tells of such a message after all: nothing is missing",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: { start, pausing: true, untold: ["A"], ledger: ledger({ gaps: [untoldGap] }) },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "under way, the log readable again: the gap is gone",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: { start, pausing: true, ledger: { ...lastPause, gaps: [gap] } },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
];

describe("what is kept of a pause", () => {
  followRows(rows);

  it("keeps twenty pauses and no more", () => {
    const earlier = Array.from({ length: 19 }, (_, index) => ({ ...lastPause, fromMs: 19 - index }));
    const recorded = { start, pausing: true as const, ledger: { ...lastPause, fromMs: 20 }, earlier };
    const kept = renewed(resource, bufferArgs("held"), actualBuffer(oneHeld), recorded, eveningMs, "underWay").earlier;
    assert.deepEqual(
      kept?.map(({ fromMs }) => fromMs),
      Array.from({ length: 19 }, (_, index) => 20 - index),
    );
  });
});
