// What earlier versions wrote of a pause's mail is read: what was missing was one sentence then, and whether the pause was over was not said.
import { deepEqual } from "node:assert/strict";
import { backupMxQueue } from "../../provider/resources/backup-mx-queue/shape.ts";
import { recordedFrom, recordedTo } from "../../provider/resources/define-shape.ts";
import { ledger } from "../support/buffer-builders.ts";

const counts = ledger({ accepted: 13, recipients: 13, stillHere: 13 });
const gap = "/var/log/mail.log no longer has all that was written from 2026-12-05 11:00 to 2026-12-05 12:00 UTC";

describe("what an earlier version recorded of the mail of a pause", () => {
  const { discarded: _unknown, refused, ...first } = counts;
  const rows: readonly (readonly [string, object, object])[] = [
    ["version 1", { pausing: true, ledger: { ...first, refusedAtDoor: refused } }, { pausing: true, ledger: counts }],
    ["version 2", { version: 2, pausing: true, ledger: { ...first, refused } }, { pausing: true, ledger: counts }],
    ["version 3, during a pause", { version: 3, pausing: true, ledger: counts }, { pausing: true, ledger: counts }],
    [
      "version 3, after a pause",
      { version: 3, ledger: { ...counts, longestWayMs: 7 } },
      { ledger: { ...counts, longestWayMs: 7, over: true } },
    ],
    [
      "version 3, with a gap",
      { version: 3, pausing: true, ledger: { ...counts, gap } },
      { pausing: true, ledger: { ...counts, gaps: [gap] } },
    ],
    ["version 3, before the first pause", { version: 3, start: { atMs: 1 } }, { start: { atMs: 1 } }],
  ];
  for (const [when, written, read] of rows) it(`${when}, is read`, () => deepEqual(recordedFrom(backupMxQueue, written), read));

  it("is read as it is where this version wrote it", () => {
    const recorded = { ledger: { ...counts, gaps: [gap], over: true as const }, earlier: [counts] };
    deepEqual(recordedFrom(backupMxQueue, recordedTo(backupMxQueue, recorded)), recorded);
  });
});
