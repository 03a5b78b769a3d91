import assert from "node:assert/strict";
import type { QueueEntry, QueueName } from "../../provider/mail/buffer-reading.ts";
import { nextBatch } from "../../provider/mail/release.ts";

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;
const limits = { nowMs, lifetimeSeconds: 30 * 86_400, batchSize: 2 };
const entry = (id: string, ageDays: number, queue: QueueName = "hold", reason?: string): QueueEntry => ({
  id,
  queue,
  arrivedAtMs: nowMs - ageDays * dayMs,
  sizeBytes: 1,
  sender: "",
  recipients: [],
  ...(reason === undefined ? {} : { reason }),
});

describe("the next batch of a release", () => {
  const rows: readonly (readonly [title: string, queue: readonly QueueEntry[], batch: ReturnType<typeof nextBatch>])[] = [
    [
      "the oldest go first, as many as a batch takes",
      [entry("b", 2), entry("c", 1), entry("a", 3)],
      { kind: "release", ids: ["a", "b"], requeue: false },
    ],
    ["of the same age the order is that of the ids", [entry("b", 1), entry("a", 1)], { kind: "release", ids: ["a", "b"], requeue: false }],
    [
      "with less than a day of its lifetime left, a message is requeued",
      [entry("a", 29.5)],
      { kind: "release", ids: ["a"], requeue: true },
    ],
    ["with more than a day left, it is released", [entry("a", 28.9)], { kind: "release", ids: ["a"], requeue: false }],
    ["a batch never mixes both", [entry("a", 31), entry("b", 1)], { kind: "release", ids: ["a"], requeue: true }],
    ["while one is being delivered, none is released", [entry("a", 3), entry("b", 4, "active")], { kind: "underWay", left: 1 }],
    ["while one waits for pickup, none is released", [entry("a", 3), entry("b", 4, "maildrop")], { kind: "underWay", left: 1 }],
    ["one released and not tried yet is under way", [entry("a", 3), entry("b", 4, "deferred")], { kind: "underWay", left: 1 }],
    [
      "when half a batch is put off by the next hop, the release stops",
      [entry("a", 3), entry("b", 4, "deferred", "451 4.7.0")],
      { kind: "stalled", deferred: 1, reason: "451 4.7.0" },
    ],
    ["nothing held and nothing left is the end", [], { kind: "noneHeld", deferred: 0 }],
    ["nothing held, but one put off", [entry("b", 4, "deferred", "452 4.2.2 over quota")], { kind: "noneHeld", deferred: 1 }],
  ];
  for (const [title, queue, batch] of rows) {
    it(title, () => assert.deepEqual(nextBatch(queue, limits), batch));
  }

  it("fewer put off than half a batch do not stop the rest", () => {
    const queue = [entry("a", 3), entry("b", 4, "deferred", "452 4.2.2 over quota")];
    assert.deepEqual(nextBatch(queue, { ...limits, batchSize: 3 }), { kind: "release", ids: ["a"], requeue: false });
  });

  it("with a lifetime shorter than two days, half of it must be left", () => {
    assert.deepEqual(nextBatch([entry("a", 0.4)], { ...limits, lifetimeSeconds: 86_400 }), { kind: "release", ids: ["a"], requeue: false });
    assert.deepEqual(nextBatch([entry("a", 0.6)], { ...limits, lifetimeSeconds: 86_400 }), { kind: "release", ids: ["a"], requeue: true });
  });
});
