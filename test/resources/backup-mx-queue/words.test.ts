// What lies in the buffer in words, and what the next batch is.
import assert from "node:assert/strict";
import type { ActualBuffer } from "../../../provider/resources/backup-mx-queue/observe.ts";
import { batchOf, queueAge, sayHeld } from "../../../provider/resources/backup-mx-queue/words.ts";
import { actualBuffer, bufferArgs, held, token } from "../../support/buffer-builders.ts";

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
