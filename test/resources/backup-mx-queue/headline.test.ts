// What people read of a change of the buffer, in one line.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { BackupMxQueueArgs } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, bufferHost, held, type Seen } from "../../support/buffer-builders.ts";
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
