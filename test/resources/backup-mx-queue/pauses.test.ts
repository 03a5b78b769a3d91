// What a program gets of the mail of each pause, and the line of the last one that a screen shows.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import { pausesOf } from "../../../provider/resources/backup-mx-queue/pauses.ts";
import type { BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { pause } from "../../../provider/resources/pause-shape.ts";
import { actualBuffer, bufferArgs, ledger, zoneSums } from "../../support/buffer-builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const outputs = (recorded: BufferRecorded) => resource.outputs(bufferArgs("released"), actualBuffer(), recorded);
const line = (overrides: Parameters<typeof ledger>[0]) => String(outputs({ ledger: ledger(overrides) })["ledger"]);
const range = " (2026-12-05 10:00 to 2026-12-05 20:00 UTC)";
const gap = "/var/log/mail.log no longer has all that was written from 2026-12-05 11:00 to 2026-12-05 12:00 UTC";

describe("the ledger of a pause in one line", () => {
  const rows: readonly (readonly [string, Parameters<typeof ledger>[0], string])[] = [
    ["of a night without loss", { accepted: 4_812, delivered: 4_812, refused: 31 }, "lost 0 of 4,812, twice 0, delivered 4,812"],
    ["with a bounce", { accepted: 4_812, delivered: 4_809, bounced: 3 }, "lost 0 of 4,812, twice 0, delivered 4,809, bounced 3"],
    ["while it is held", { accepted: 812, stillHere: 812 }, "lost 0 of 812, twice 0, delivered 0, still held 812"],
    [
      "of a night in which a filter discarded mail",
      { accepted: 3, delivered: 1, discarded: 2 },
      "lost 0 of 3, twice 0, delivered 1, discarded 2",
    ],
    ["of losses", { accepted: 4_812, delivered: 4_800, lost: 12, duplicated: 4 }, "lost 12 of 4,812, twice 4, delivered 4,800"],
    [
      "of more numbers than a screen has room for",
      { accepted: 48_120, delivered: 20_000, stillHere: 28_000, bounced: 100, discarded: 20 },
      "lost 0 of 48,120, twice 0, delivered 20,000, others 28,120",
    ],
  ];
  for (const [when, sums, words] of rows) it(when, () => equal(line(sums), `${words}${range}`));

  it("has all its numbers in 60 columns, up to some hundred thousand messages, and they add up", () => {
    for (const accepted of [0, 9, 99, 999, 9_999, 99_999, 654_321])
      for (const [stillHere, bounced, discarded] of [
        [0, 0, 0],
        [1, 0, 0],
        [accepted, 0, 0],
        [0, 7, 0],
        [1, 2, 3],
      ] as const) {
        const delivered = Math.max(0, accepted - stillHere - bounced - discarded);
        const all = stillHere + bounced + discarded + delivered;
        const [numbers = ""] = line({ accepted: all, refused: 1, delivered, stillHere, bounced, discarded }).split(" (");
        ok(numbers.length <= 60, numbers);
        const [lost = 0, of = 0, , ...parts] = (numbers.match(/\d[\d,]*/g) ?? []).map((digits) => Number(digits.replaceAll(",", "")));
        equal(lost + parts.reduce((sum, part) => sum + part, 0), of, numbers);
      }
  });

  it("says first that the proof has a gap, and never that nothing was lost", () => {
    equal(
      line({ accepted: 4_812, delivered: 4_000, stillHere: 812, gaps: [gap] }),
      `NOT COMPLETE, lost is not known, of 4,812 delivered 4,000, twice 0, still held 812${range}`,
    );
    equal(line({ accepted: 3, lost: 1, gaps: [gap] }), `NOT COMPLETE, lost at least 1, of 3 delivered 0, twice 0${range}`);
    match(line({ gaps: [gap] }), /^NOT COMPLETE, lost is not known, /);
  });

  it("is none before the first pause, nor of one that nobody wrote to", () => {
    deepEqual(outputs({}), { messages: 0, ledger: null, pauses: [] });
    deepEqual(outputs({ ledger: ledger() }), { messages: 0, ledger: null, pauses: [] });
  });
});

describe("the pauses", () => {
  it("are each of them, the newest first, as their shape says", () => {
    const last = ledger({
      accepted: 2,
      recipients: 2,
      delivered: 1,
      lost: 1,
      duplicated: 1,
      over: true,
      longestWayMs: 37_260_400,
      longestWay: { id: "4jW", arrivedAtMs: eveningMs - 37_260_400 },
      zones: [zoneSums("contoso.com", { accepted: 2, delivered: 1, lost: 1 })],
      bounces: [{ count: 1, reply: "550 5.1.10 no", id: "4jX" }],
      lostMessages: [{ id: "4jY", arrivedAtMs: eveningMs - 60_000 }],
      duplicatedMessages: [{ id: "4jZ", arrivedAtMs: eveningMs - 60_000 }],
    });
    const pauses = pausesOf({ ledger: last, earlier: [ledger({ accepted: 7, gaps: [gap] }), ledger()] });
    deepEqual(
      pauses.map((each) => pause.parse(each)),
      pauses,
    );
    deepEqual(pauses, [
      {
        from: "2026-12-05T10:00:00.000Z",
        to: "2026-12-05T20:00:00.000Z",
        over: true,
        accepted: 2,
        recipients: 2,
        delivered: 1,
        stillHere: 0,
        bounced: 0,
        discarded: 0,
        refused: 0,
        duplicated: 1,
        lost: 1,
        longestWay: { seconds: 37_260, id: "4jW", arrived: "2026-12-05T09:38:59.600Z" },
        zones: last.zones,
        bounces: last.bounces,
        lostMessages: [{ id: "4jY", arrived: "2026-12-05T19:59:00.000Z" }],
        duplicatedMessages: [{ id: "4jZ", arrived: "2026-12-05T19:59:00.000Z" }],
      },
      {
        from: "2026-12-05T10:00:00.000Z",
        to: "2026-12-05T20:00:00.000Z",
        over: false,
        accepted: 7,
        recipients: 0,
        delivered: 0,
        stillHere: 0,
        bounced: 0,
        discarded: 0,
        refused: 0,
        duplicated: 0,
        gaps: [gap],
        lostAtLeast: 0,
      },
    ]);
  });

  it("give no number as lost where that is not known: a program that looks for 0 does not find it", () => {
    const [found] = pausesOf({ ledger: ledger({ accepted: 3, delivered: 3, gaps: [gap] }) });
    deepEqual([found?.lost, found?.lostAtLeast], [undefined, 0]);
    const [whole] = pausesOf({ ledger: ledger({ accepted: 3, delivered: 3 }) });
    deepEqual([whole?.lost, whole?.lostAtLeast], [0, undefined]);
  });
});
