// What people read of the buffer, and what the next batch is.
import assert from "node:assert/strict";
import type { BackupMxQueueArgs } from "../../../provider/resources/backup-mx-queue/args.ts";
import { backupMxQueue } from "../../../provider/resources/backup-mx-queue/kind.ts";
import type { ActualBuffer } from "../../../provider/resources/backup-mx-queue/observe.ts";
import type { BufferMemory } from "../../../provider/resources/backup-mx-queue/remember.ts";
import { batchOf, queueAge, sayHeld } from "../../../provider/resources/backup-mx-queue/words.ts";
import { actualBuffer, bufferArgs, bufferHost, held, ledger, type Seen, token } from "../../support/buffer-builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const moment = { nowMs: eveningMs, sayInstant: String };
const many = (count: number) => Array.from({ length: count }, (_, index) => held(`M${index}`));

describe("the change of the buffer in one line", () => {
  const rows: readonly (readonly [string, BackupMxQueueArgs["state"], Seen, string])[] = [
    ["about to hold mail", "held", {}, `${bufferHost} begins to hold mail (40 GB free, kept for 30 days at most)`],
    ["holding one message", "held", { holding: true, queue: [held("A")] }, `${bufferHost} holds mail (1 message, 40 GB free)`],
    [
      "holding many messages",
      "held",
      { holding: true, queue: many(4_812), freeBytes: 3_499_999_999 },
      `${bufferHost} holds mail (4,812 messages, 3 GB free)`,
    ],
    ["released and empty", "released", {}, `${bufferHost} passes mail on; nothing is held there`],
    ["still holding, though empty", "released", { holding: true }, `${bufferHost} delivers what it holds: 0 messages`],
    [
      "about to give back its mail",
      "released",
      { holding: true, queue: [held("B", 60), held("A", 37_260)] },
      `${bufferHost} delivers what it holds: 2 messages, the oldest 10 h 21 min old`,
    ],
    [
      "giving back its last message",
      "released",
      { queue: [held("A", 30)] },
      `${bufferHost} delivers what it holds: 1 message, the oldest 30 s old`,
    ],
  ];
  for (const [when, state, actual, line] of rows) {
    it(when, () => assert.deepEqual(backupMxQueue.headline(bufferArgs(state), actualBuffer(actual), {}, moment), [line]));
  }
});

describe("a step of the buffer in words", () => {
  const host = bufferHost;
  const release = { kind: "release", host, ids: many(1_000).map(({ id }) => id), requeue: false, held: 4_812 } as const;
  const rows: readonly (readonly [Parameters<typeof backupMxQueue.sayStep>[0], string])[] = [
    [
      { kind: "claim", host, program: "contoso/berlin" },
      `mark ${host} as used by contoso/berlin, so that no other program pauses this site`,
    ],
    [{ kind: "hold", host }, `let ${host} hold all mail that arrives`],
    [{ kind: "unhold", host }, `let ${host} pass on at once what arrives from now on`],
    [{ kind: "token", host, to: "anna@contoso.com" }, `send a test message to anna@contoso.com through ${host}, and see it held`],
    [release, `release 1,000 of 4,812 held messages on ${host}, the oldest first`],
    [{ ...release, requeue: true }, `release 1,000 of 4,812 held messages on ${host}, the oldest first, with a fresh lifetime`],
  ];
  for (const [step, words] of rows) {
    it(`${step.kind}${"requeue" in step && step.requeue ? ", with a fresh lifetime" : ""}`, () => {
      assert.equal(backupMxQueue.sayStep(step), words);
    });
  }
});

describe("the ledger of a pause in one line", () => {
  const line = (overrides: Parameters<typeof ledger>[0]) => {
    const memory: BufferMemory = { ledger: ledger(overrides) };
    return backupMxQueue.outputs(bufferArgs("released"), actualBuffer(), memory)["ledger"];
  };

  it("of a night without loss", () => {
    assert.equal(
      line({
        accepted: 4_812,
        recipients: 1_205,
        delivered: 4_800,
        stillHere: 10,
        bounced: 2,
        refusedAtDoor: 31,
        longestWayMs: 37_260_000,
      }),
      "2026-12-05 10:00 to 2026-12-05 20:00 UTC: accepted by the buffer 4,812 messages for 1,205 recipients, delivered to Exchange 4,800, " +
        "still held 10, lost 0, duplicated 0, bounced 2, refused at the door 31, longest way 10 h 21 min",
    );
  });

  it("of a night with losses and a log that has a gap, and nothing delivered", () => {
    assert.equal(
      line({ accepted: 3, recipients: 2, lost: 1, duplicated: 4, gap: "/var/log/mail.log was cut short" }),
      "2026-12-05 10:00 to 2026-12-05 20:00 UTC: accepted by the buffer 3 messages for 2 recipients, delivered to Exchange 0, " +
        "still held 0, lost 1, duplicated 4, bounced 0, refused at the door 0 (not complete: /var/log/mail.log was cut short)",
    );
  });

  it("says before the first pause that there was none", () => {
    assert.equal(backupMxQueue.outputs(bufferArgs("held"), actualBuffer(), {})["ledger"], "no pause yet");
  });
});

describe("what lies in the buffer", () => {
  it("is counted in words, and its oldest message tells the age of the queue", () => {
    const actual = actualBuffer({ queue: [held("B", 30), held("A", 7_500), held("C", 10)] });
    assert.deepEqual([sayHeld(actual), queueAge(actual)], ["3 messages", "2 h 5 min"]);
    assert.deepEqual([sayHeld(actualBuffer()), queueAge(actualBuffer())], ["0 messages", "0 s"]);
  });

  it("is no older than nothing where the host's clock is behind", () => {
    assert.equal(queueAge(actualBuffer({ queue: [held("A", -90)] })), "0 s");
  });
});

describe("the next batch", () => {
  const batch = (queue: ActualBuffer["queue"]) => batchOf(bufferArgs("released"), actualBuffer({ queue }))?.ids;
  it("is the test message alone while it is held", () => assert.deepEqual(batch([held("A", 900), token(1), held("B", 800)]), ["TOKEN"]));
  it("is the oldest messages without it", () => assert.deepEqual(batch([held("A", 700), held("B", 900), held("C", 800)]), ["B", "C"]));
  it("is none while another is on its way", () => assert.equal(batch([token(), held("A", 60, { queue: "active" })]), undefined));
  it("is none of an empty queue", () => assert.equal(batch([]), undefined));
});
