// Queues that do not empty: why, and what to type.
import assert from "node:assert/strict";
import { stuckWords } from "../../../provider/engine/progress.ts";
import type { QueueReading } from "../../../provider/resources/transport-state/observe.ts";
import { counted, plan } from "../../../provider/resources/transport-state/plan.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, queue, transportArgs } from "../../support/builders.ts";

const running: TransportRecorded = { normal: { service: "Running" } };
const aside: readonly QueueReading[] = [
  queue("Poison Message", 2, { delivery: "poison" }),
  queue("ex03", 31, { delivery: "shadow" }),
  queue("Unreachable Domain", 4, { delivery: "unreachable" }),
];
const partner = queue("partner.example", 7, {
  lastError: "451 4.4.0 Primary target IP address responded with: 421 4.2.1 Unable to connect",
});

describe("a queue that does not move", () => {
  function stuck(queues: readonly QueueReading[], args: Partial<TransportStateArgs> = {}) {
    const [wait] = plan(transportArgs("drained", args), actualTransport({ service: "Paused", queues }), running).steps;
    assert.ok(wait !== undefined && "stuck" in wait && wait.stuck !== undefined);
    return { ...stuckWords(wait, 900_000), left: wait.left };
  }

  it("is told with its number of messages, its last error, and what to do", () => {
    assert.deepEqual(stuck([partner]), {
      sentence:
        'ex01: the queue to partner.example has not moved for 15 minutes: 7 messages, last error "451 4.4.0 Primary target IP address responded with: 421 4.2.1 Unable to connect".',
      remedy:
        'Nothing was dismounted. Deliver, redirect or accept them (`allowStuck: ["ex01\\\\partner.example"]`), then run `pulumi up` again: it goes on from here.',
      left: { count: 7, unit: "message" },
    });
  });

  it("without an error is told without one, and one message is one message", () => {
    assert.equal(stuck([queue("DB01", 1)]).sentence, "ex01: the queue to DB01 has not moved for 15 minutes: 1 message.");
  });

  it("because somebody suspended it is told so, before any other, with what to type", () => {
    const suspended = [queue("DB01", 3, { identity: "EX01\\17", suspended: true }), queue("Submission", 1, { suspended: true })];
    assert.deepEqual(stuck([partner, ...suspended]), {
      sentence:
        "ex01: somebody suspended the queue to DB01 (3 messages) and the queue to Submission (1 message); for 15 minutes nothing has left there.",
      remedy:
        'Nothing was dismounted. Resume them (`Resume-Queue "EX01\\17"`, `Resume-Queue "EX01\\Submission"`), or accept them as they are (`allowStuck: ["ex01\\\\DB01", "ex01\\\\Submission"]`), then run `pulumi up` again: it goes on from here.',
      left: { count: 11, unit: "message" },
    });
  });

  it("without an error may hold messages that were suspended one by one, and is told how to see that", () => {
    assert.match(stuck([queue("DB01", 1, { identity: "EX01\\17" })]).remedy, /If single messages .*`Get-Message -Queue "EX01\\17"`/);
    assert.doesNotMatch(stuck([partner]).remedy, /single/);
  });

  it("no longer holds up the drain when the program says what the remedy told to say", () => {
    const list = /`allowStuck: (\[.*?\])`/.exec(stuck([partner]).remedy)?.[1] ?? "";
    const allowStuck: unknown = JSON.parse(list);
    assert.ok(Array.isArray(allowStuck));
    const args = transportArgs("drained", { allowStuck: allowStuck.map(String) });
    assert.deepEqual(counted(args, actualTransport({ queues: [partner] })), []);
  });

  it("holds up the drain with all messages that count, and no others", () => {
    assert.deepEqual(stuck([queue("DB01", 40), partner, ...aside]).left, { count: 47, unit: "message" });
  });
});
