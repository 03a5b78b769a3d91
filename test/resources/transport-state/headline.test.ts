// The change of a server's transport in words.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { ActualTransport } from "../../../provider/resources/transport-state/observe.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, queue, transportArgs } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const running: TransportRecorded = { normal: { service: "Running" } };
const stopped: TransportRecorded = { normal: { service: "Stopped" } };
const silent = { service: "Stopped", queues: undefined } as const;
const moment = { nowMs: eveningMs, sayInstant: String };

describe("the change of a server's transport in words", () => {
  const queues = [
    queue("DB01", 96),
    queue("smarthost.contoso.net", 47),
    queue("Poison", 2, { delivery: "poison" }),
    queue("ex03", 31, { delivery: "shadow" }),
  ];
  const rows: readonly (readonly [string, TransportStateArgs, Partial<ActualTransport>, TransportRecorded, string, string?])[] = [
    [
      "to drained",
      transportArgs("drained"),
      { queues },
      running,
      "Pauses intake on ex01, then waits until its queues are empty (now 143 messages in 2 queues; 2 poison, 31 shadow messages are not waited for)",
    ],
    [
      "to drained, with nothing aside",
      transportArgs("drained"),
      { queues: [queue("DB01", 1)] },
      running,
      "Pauses intake on ex01, then waits until its queues are empty (now 1 message in 1 queue)",
    ],
    [
      "to drained, with queues that may stay and one without a route",
      transportArgs("drained", { allowStuck: ["DB01"] }),
      { queues: [queue("DB01", 96), queue("Unreachable", 3, { delivery: "unreachable" })] },
      running,
      "Pauses intake on ex01, then waits until its queues are empty (empty now; 3 unreachable, 96 accepted as stuck messages are not waited for)",
    ],
    [
      "back to running",
      transportArgs("running"),
      { service: "Paused" },
      running,
      "Transport on ex01 takes mail again: MSExchangeTransport Paused -> Running",
    ],
    [
      "to drained, with a queue that somebody suspended",
      transportArgs("drained"),
      { queues: [queue("DB01", 3, { identity: "EX01\\17", suspended: true }), queue("DB02", 0, { suspended: true })] },
      running,
      "Pauses intake on ex01, then waits until its queues are empty (now 3 messages in 1 queue)",
      'Somebody suspended the queue to DB01 on ex01: 3 messages in it do not leave before `Resume-Queue "EX01\\17"`.',
    ],
    [
      "to drained, with such a queue accepted",
      transportArgs("drained", { allowStuck: ["db01"] }),
      { queues: [queue("DB01", 3, { suspended: true })] },
      running,
      "Pauses intake on ex01, then waits until its queues are empty (empty now; 3 accepted as stuck messages are not waited for)",
    ],
    [
      "back to running, with a queue that somebody suspended",
      transportArgs("running"),
      { service: "Paused", queues: [queue("partner.example", 0, { identity: "EX01\\17", suspended: true })] },
      running,
      "Transport on ex01 takes mail again: MSExchangeTransport Paused -> Running",
      'Somebody suspended the queue to partner.example on ex01, and so it stays: what is in it (now 0 messages) leaves after `Resume-Queue "EX01\\17"`.',
    ],
    ["back to stopped", transportArgs("running"), silent, stopped, "Transport on ex01 stays stopped, as it was"],
  ];
  for (const [when, args, actual, recorded, ...lines] of rows) {
    it(when, () => assert.deepEqual(resource.headline(args, actualTransport(actual), recorded, moment), lines));
  }
});
