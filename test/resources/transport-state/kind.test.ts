// What is normal for a server's transport, which marks keep it from being taken for normal, and what people read.
import assert from "node:assert/strict";
import type { TransportStateArgs } from "../../../provider/resources/transport-state/args.ts";
import { transportState } from "../../../provider/resources/transport-state/kind.ts";
import type { ActualTransport } from "../../../provider/resources/transport-state/observe.ts";
import type { TransportMemory } from "../../../provider/resources/transport-state/plan.ts";
import { actualTransport, queue, transportArgs } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const running: TransportMemory = { normal: { service: "Running" } };
const stopped: TransportMemory = { normal: { service: "Stopped" } };
const silent = { service: "Stopped", queues: undefined } as const;
const moment = { nowMs: eveningMs, sayInstant: String };

describe("a server that enters the program", () => {
  const taken: readonly (readonly [string, Partial<ActualTransport>, TransportMemory])[] = [
    ["running", {}, running],
    ["stopped and not started by anybody", { ...silent, startType: "Disabled" }, stopped],
    ["active by Maintenance", { maintenance: "Active" }, running],
  ];
  for (const [when, actual, memory] of taken) {
    it(`${when} is normal as it is`, () =>
      assert.deepEqual(transportState.adopt(transportArgs("running"), actualTransport(actual), 0), { memory }));
  }

  const marks: readonly (readonly [Partial<ActualTransport>, string])[] = [
    [{ service: "Paused" }, "MSExchangeTransport is paused"],
    [{ maintenance: "Inactive" }, "HubTransport is Inactive by Maintenance"],
    [{ maintenance: "Draining" }, "HubTransport is Draining by Maintenance"],
  ];
  for (const [actual, mark] of marks) {
    it(`bearing a mark, ${mark}, is not taken for normal`, () => {
      assert.deepEqual(transportState.adopt(transportArgs("running"), actualTransport(actual), 0), {
        refusal: {
          sentence: `ex01 is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
          remedy: 'What is normal there cannot be read from it. Bring ex01 back first, or give `normal: { service: "Running" }`.',
        },
      });
    });

    it(`bearing a mark, ${mark}, is taken when the program says what is normal`, () => {
      const args = transportArgs("drained", { normal: { service: "Stopped" } });
      assert.deepEqual(transportState.adopt(args, actualTransport(actual), 0), { memory: stopped });
    });
  }
});

describe("what is normal for a server's transport", () => {
  interface Row {
    readonly when: string;
    readonly memory: TransportMemory;
    readonly actual: Partial<ActualTransport>;
    readonly state?: TransportStateArgs["state"];
    readonly moment?: "underWay";
    readonly becomes: TransportMemory;
  }
  const byHand = { ...silent, startType: "Manual" };
  const rows: readonly Row[] = [
    { when: "found running at rest", memory: stopped, actual: {}, becomes: running },
    { when: "found stopped at rest, and nobody starts it", memory: running, actual: byHand, becomes: stopped },
    { when: "found stopped at rest, though it starts by itself", memory: running, actual: silent, becomes: running },
    { when: "found running while a run is under way", memory: stopped, actual: {}, moment: "underWay", becomes: stopped },
    { when: "found running while it is to be drained", memory: stopped, actual: {}, state: "drained", becomes: stopped },
    { when: "found stopped while it is to be drained", memory: running, actual: byHand, state: "drained", becomes: running },
    { when: "found paused", memory: stopped, actual: { service: "Paused" }, becomes: stopped },
    { when: "found on its way", memory: stopped, actual: { service: "StartPending" }, becomes: stopped },
    {
      when: "found stopped with HubTransport in maintenance",
      memory: running,
      actual: { ...byHand, maintenance: "Inactive" },
      becomes: running,
    },
    { when: "found running with HubTransport draining", memory: stopped, actual: { maintenance: "Draining" }, becomes: stopped },
  ];
  for (const { when, memory, actual, state = "running", moment = "atRest", becomes } of rows) {
    it(`${when}, is ${becomes.normal.service} and was ${memory.normal.service}`, () => {
      assert.deepEqual(transportState.remember(transportArgs(state), actualTransport(actual), memory, 0, moment), becomes);
    });
  }

  it("is what the program says, wherever it says so", () => {
    const args = transportArgs("running", { normal: { service: "Stopped" } });
    assert.deepEqual(transportState.remember(args, actualTransport(), running, 0, "underWay"), stopped);
  });

  it("survives readings at rest while it is stopped in the middle of a pause", () => {
    let args = transportArgs("drained");
    let memory = running;
    for (const actual of [actualTransport(silent), actualTransport(silent), actualTransport(silent)]) {
      memory = transportState.remember(args, actual, memory, 0, "atRest");
      args = transportState.liveArgs(args, actual, memory);
    }
    assert.deepEqual(memory, running);
  });
});

describe("a server's transport in the program's words", () => {
  const rows: readonly (readonly [string, TransportStateArgs["state"], Partial<ActualTransport>, TransportStateArgs["state"]])[] = [
    ["running as asked", "running", {}, "running"],
    ["paused though asked to run", "running", { service: "Paused" }, "drained"],
    ["paused and empty as asked", "drained", { service: "Paused" }, "drained"],
    ["paused and not empty yet", "drained", { service: "Paused", queues: [queue("DB01", 1)] }, "running"],
    ["running though asked to be drained", "drained", {}, "running"],
    ["stopped though asked to be drained", "drained", silent, "drained"],
  ];
  for (const [when, asked, actual, live] of rows) {
    it(`${when} is ${live}`, () => {
      assert.deepEqual(transportState.liveArgs(transportArgs(asked), actualTransport(actual), running), transportArgs(live));
    });
  }
});

describe("the change of a server's transport in words", () => {
  const queues = [
    queue("DB01", 96),
    queue("smarthost.contoso.net", 47),
    queue("Poison", 2, { fate: "poison" }),
    queue("ex03", 31, { fate: "shadow" }),
  ];
  const rows: readonly (readonly [string, TransportStateArgs, Partial<ActualTransport>, TransportMemory, string])[] = [
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
      { queues: [queue("DB01", 96), queue("Unreachable", 3, { fate: "unreachable" })] },
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
    ["back to stopped", transportArgs("running"), silent, stopped, "Transport on ex01 stays stopped, as it was"],
  ];
  for (const [when, args, actual, memory, line] of rows) {
    it(when, () => assert.deepEqual(transportState.headline(args, actualTransport(actual), memory, moment), [line]));
  }
});

describe("the rest of the contract of TransportState", () => {
  it("gives the number of messages that are waited for", () => {
    const actual = actualTransport({ queues: [queue("DB01", 5), queue("ex03", 3, { fate: "shadow" })] });
    assert.deepEqual(transportState.outputs(transportArgs("drained"), actual, running), { messagesLeft: 5 });
    assert.deepEqual(transportState.outputs(transportArgs("drained"), undefined, running), {});
  });

  it("expects silence of a drained server, which may be switched off, and of no other", () => {
    assert.deepEqual(
      [transportState.expectsSilence(transportArgs("drained")), transportState.expectsSilence(transportArgs("running"))],
      [true, false],
    );
  });

  it("may change a server in its first run only where the program says what is normal", () => {
    const normal = { service: "Running" } as const;
    assert.deepEqual(
      [transportState.isSelfContained(transportArgs("drained")), transportState.isSelfContained(transportArgs("drained", { normal }))],
      [false, true],
    );
  });
});
