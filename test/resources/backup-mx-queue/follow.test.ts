// What is kept of a pause of the buffer: where its log begins, and what the ledger says when it is over.
import assert from "node:assert/strict";
import { entered, renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, arrivals, bufferArgs, ledger, logUpTo, type Seen, zoneSums } from "../../support/buffer-builders.ts";
import { program } from "../../support/builders.ts";
import { type FollowRow, followRows, lastPause, oneHeld, oneLedger, start, unreadable } from "../../support/follow-rows.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const later = { position: { before: "4711", offsetBytes: 900 }, atMs: eveningMs, sureMs: eveningMs };

const rows: readonly FollowRow[] = [
  {
    when: "at rest, released and empty: the beginning moves along",
    state: "released",
    phase: "atRest",
    actual: { log: logUpTo(900) },
    recorded: { start },
    becomes: { start: later },
  },
  {
    when: "at rest after a pause: its ledger stays, the pause does not",
    state: "released",
    phase: "atRest",
    actual: { log: logUpTo(900) },
    recorded: { start, pausing: true, ledger: lastPause },
    becomes: { start: later, ledger: lastPause },
  },
  {
    when: "at rest, the log not read: the beginning stays",
    state: "released",
    phase: "atRest",
    actual: {},
    recorded: { start, ledger: lastPause },
    becomes: { start, ledger: lastPause },
  },
  {
    when: "at rest, the log unreadable: the beginning stays",
    state: "released",
    phase: "atRest",
    actual: { log: { unreadable } },
    recorded: { start, ledger: lastPause },
    becomes: { start, ledger: lastPause },
  },
  {
    when: "at rest in the middle of a pause: the beginning stays, the ledger follows",
    state: "held",
    phase: "atRest",
    actual: oneHeld,
    recorded: { start, pausing: true },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "at rest, released on paper but still full: the beginning stays",
    state: "released",
    phase: "atRest",
    actual: oneHeld,
    recorded: { start, pausing: true },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "under way to released with nothing held before: no ledger",
    state: "released",
    phase: "underWay",
    actual: { log: logUpTo(900, arrivals("A")) },
    recorded: { start },
    becomes: { start },
  },
  {
    when: "under way to held: a pause begins",
    state: "held",
    phase: "underWay",
    actual: {},
    recorded: { start },
    becomes: { start, pausing: true },
  },
  {
    when: "under way to held, holding: the ledger counts from the beginning",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: { start, pausing: true },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "under way, the log not read: the ledger stays as it was",
    state: "held",
    phase: "underWay",
    actual: { ...oneHeld, log: undefined },
    recorded: { start, pausing: true, ledger: oneLedger },
    becomes: { start, pausing: true, ledger: oneLedger },
  },
  {
    when: "about to hold: the beginning is now, not some weeks ago",
    state: "held",
    phase: "underWay",
    actual: { log: logUpTo(900) },
    recorded: { start },
    becomes: { start: later, pausing: true },
  },
  {
    when: "under way, empty at last: the last ledger is the whole one",
    state: "released",
    phase: "underWay",
    actual: { log: logUpTo(900, arrivals("A")) },
    recorded: { start, pausing: true, ledger: oneLedger },
    becomes: {
      start,
      pausing: true,
      ledger: ledger({
        accepted: 1,
        lost: 1,
        over: true,
        lostMessages: [{ id: "A", arrivedAtMs: eveningMs - 60_000 }],
        zones: [zoneSums("other or not known", { accepted: 1, lost: 1 })],
      }),
    },
  },
  {
    when: "under way without a beginning: it begins here",
    state: "held",
    phase: "underWay",
    actual: oneHeld,
    recorded: {},
    becomes: { start: later },
  },
];

describe("what is kept of the buffer", () => {
  followRows(rows);

  it("bears the name that the claim bears, until the claim is renewed", () => {
    const named = (claim: Seen["claim"]) =>
      renewed(resource, bufferArgs("held"), actualBuffer({ claim }), { program: "contoso/old" }, eveningMs, "underWay").program;
    assert.equal(named({ program: "contoso/old", sinceMs: 0 }), "contoso/old");
    assert.equal(named({ program: "fabrikam/rome", sinceMs: 0 }), "contoso/old");
    assert.equal(named({ program, sinceMs: 0 }), program);
    assert.equal(named(undefined), program);
  });

  it("begins where the log ends when the buffer enters the program", () => {
    assert.deepEqual(entered(resource, bufferArgs("released"), actualBuffer({ log: logUpTo(900) }), eveningMs), {
      recorded: { start: later, program },
    });
    assert.deepEqual(entered(resource, bufferArgs("released"), actualBuffer({ log: { unreadable } }), eveningMs), {
      recorded: { program },
    });
    assert.deepEqual(entered(resource, bufferArgs("released"), actualBuffer(), eveningMs), { recorded: { program } });
  });

  it("has no ledger until there was a first reading of a held buffer, and then one", () => {
    const beginsToHold = renewed(resource, bufferArgs("held"), actualBuffer(), { start }, eveningMs, "underWay");
    assert.equal(beginsToHold.ledger, undefined);
    const holds = renewed(resource, bufferArgs("held"), actualBuffer(oneHeld), beginsToHold, eveningMs, "underWay");
    assert.deepEqual(holds.ledger, oneLedger);
  });

  it("keeps the whole ledger of a pause through every reading at rest after it", () => {
    let recorded: BufferRecorded = { start, pausing: true, ledger: lastPause };
    for (const offsetBytes of [900, 1_000, 1_100]) {
      recorded = renewed(resource, bufferArgs("released"), actualBuffer({ log: logUpTo(offsetBytes) }), recorded, eveningMs, "atRest");
    }
    assert.deepEqual(recorded.ledger, lastPause);
    assert.deepEqual(recorded.start?.position, { offsetBytes: 1_100, before: "4711" });
  });

  it("does not count our own SMTP probe as refused mail, in any domain; a stranger's it counts", () => {
    const refused = (recipient: string) => ({ atMs: eveningMs, kind: "refused", code: 550, text: "5.1.1", recipient }) as const;
    const events = [refused("nobody-here-4711@contoso.com"), refused("nobody-here-4711@contoso.de"), refused("gone@contoso.com")];
    const actual = actualBuffer({ ...oneHeld, queue: [], log: logUpTo(900, events) });
    const kept = (probe: BackupMxQueueArgs["probe"]) =>
      renewed(resource, bufferArgs("held", { probe }), actual, { start, pausing: true }, eveningMs, "underWay").ledger?.refused;
    assert.equal(kept({ accepted: "postmaster", refused: "nobody-here-4711" }), 1);
    assert.equal(kept({ accepted: "postmaster", refused: "other" }), 3);
  });
});
