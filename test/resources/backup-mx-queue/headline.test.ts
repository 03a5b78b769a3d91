// What people read of the buffer: the change in one line, and the ledger of a pause.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, bufferHost, held, ledger, type Seen } from "../../support/buffer-builders.ts";
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
  it("about to hold mail that a filter sees first names the filter", () => {
    const filters = ["content_filter smtp-amavis:[127.0.0.1]:10024", "smtpd_milters inet:127.0.0.1:8891"];
    assert.deepEqual(resource.headline(bufferArgs("held"), actualBuffer({ filters }), {}, moment), [
      `${bufferHost} begins to hold mail (40 GB free, kept for 30 days at most)`,
      `On ${bufferHost} mail passes ${filters.join(" and ")}: what that discards does not reach Exchange.`,
    ]);
  });

  for (const [when, state, actual, line] of rows) {
    it(when, () => assert.deepEqual(resource.headline(bufferArgs(state), actualBuffer(actual), {}, moment), [line]));
  }
});

describe("the ledger of a pause in one line", () => {
  const line = (overrides: Parameters<typeof ledger>[0]) => {
    const recorded: BufferRecorded = { ledger: ledger(overrides) };
    return resource.outputs(bufferArgs("released"), actualBuffer(), recorded)["ledger"];
  };

  it("of a night without loss", () => {
    assert.equal(
      line({
        accepted: 4_812,
        recipients: 1_205,
        delivered: 4_800,
        stillHere: 10,
        bounced: 2,
        refused: 31,
        longestWayMs: 37_260_000,
      }),
      "2026-12-05 10:00 to 2026-12-05 20:00 UTC: accepted by the buffer 4,812 messages for 1,205 recipients, delivered to Exchange 4,800, " +
        "still held 10, lost 0, duplicated 0, bounced 2, refused at the door 31, longest way 10 h 21 min",
    );
  });

  const gap = "/var/log/mail.log no longer has all that was written from 2026-12-05 11:00 to 2026-12-05 12:00 UTC";

  it("of a night with losses and a log that has a gap, and nothing delivered", () => {
    assert.equal(
      line({ accepted: 3, recipients: 2, lost: 1, duplicated: 4, gap }),
      `2026-12-05 10:00 to 2026-12-05 20:00 UTC: NOT COMPLETE (${gap}); as far as it is known: accepted by the buffer 3 messages for 2 recipients, ` +
        "delivered to Exchange 0, still held 0, lost at least 1, duplicated 4, bounced 0, refused at the door 0",
    );
  });

  it("of a log that has a gap, and no loss that is known: it is not said that there was none", () => {
    assert.match(String(line({ accepted: 3, delivered: 3, gap })), /NOT COMPLETE .* still held 0, lost is not known, duplicated 0/);
  });

  it("of a night in which a filter discarded mail", () => {
    assert.match(
      String(line({ accepted: 3, delivered: 1, discarded: 2 })),
      / lost 0, duplicated 0, bounced 0, discarded on the buffer 2, refused at/,
    );
  });

  it("says before the first pause that there was none", () => {
    assert.equal(resource.outputs(bufferArgs("held"), actualBuffer(), {})["ledger"], "no pause yet");
  });
});
