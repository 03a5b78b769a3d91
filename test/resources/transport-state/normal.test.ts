// What is normal for a server's transport, and which marks keep it from being taken for normal.
import assert from "node:assert/strict";
import { entered, entersAsItIs, renewed } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { ActualTransport } from "../../../provider/resources/transport-state/observe.ts";
import { plan } from "../../../provider/resources/transport-state/plan.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, transportArgs } from "../../support/builders.ts";

const running: TransportRecorded = { normal: { service: "Running" } };
const stopped: TransportRecorded = { normal: { service: "Stopped" } };
const silent = { service: "Stopped", queues: undefined } as const;

describe("a server that enters the program", () => {
  const taken: readonly (readonly [string, Partial<ActualTransport>, TransportRecorded])[] = [
    ["running", {}, running],
    ["stopped and not started by anybody", { ...silent, startType: "Disabled" }, stopped],
    ["active by Maintenance", { maintenance: "Active" }, running],
  ];
  for (const [when, actual, recorded] of taken) {
    it(`${when} is normal as it is`, () =>
      assert.deepEqual(entered(resource, transportArgs("running"), actualTransport(actual), 0), { recorded }));
  }

  const marks: readonly (readonly [Partial<ActualTransport>, string])[] = [
    [{ service: "Paused" }, "MSExchangeTransport is paused"],
    [{ maintenance: "Inactive" }, "HubTransport is Inactive by Maintenance"],
    [{ maintenance: "Draining" }, "HubTransport is Draining by Maintenance"],
  ];
  for (const [actual, mark] of marks) {
    it(`bearing a mark, ${mark}, is not taken for normal`, () => {
      assert.deepEqual(entered(resource, transportArgs("running"), actualTransport(actual), 0), {
        refusal: {
          sentence: `ex01 is entered into this program for the first time, and it bears a mark of maintenance: ${mark}.`,
          remedy:
            'What is normal there cannot be read from it. Bring ex01 back first, or give `normal: { service: "Running" }` (in a SitePause `normal: { ex01: { service: "Running" } }`).',
        },
      });
    });

    it(`bearing a mark, ${mark}, is taken when the program says what is normal`, () => {
      const args = transportArgs("drained", { normal: { service: "Stopped" } });
      assert.deepEqual(entered(resource, args, actualTransport(actual), 0), { recorded: stopped });
    });
  }
});

describe("a server that enters the program in another state than it is in", () => {
  const drained = (args: Partial<TransportStateArgs>) => {
    const asked = transportArgs("drained", args);
    return entersAsItIs(resource, asked, actualTransport(), plan(asked, actualTransport(), running));
  };

  it("is not changed in its first run", () => {
    assert.deepEqual(drained({}), {
      sentence:
        "ex01 is entered into this program for the first time, and the program asks for another state than it is in (it would suspend MSExchangeTransport on ex01).",
      remedy:
        "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
    });
  });

  it("may be changed in its first run where the program says what is normal", () =>
    assert.equal(drained({ normal: { service: "Running" } }), undefined));
});

describe("what is normal for a server's transport", () => {
  interface Row {
    readonly when: string;
    readonly recorded: TransportRecorded;
    readonly actual: Partial<ActualTransport>;
    readonly state?: TransportStateArgs["state"];
    readonly phase?: "underWay";
    readonly becomes: TransportRecorded;
  }
  const byHand = { ...silent, startType: "Manual" };
  const rows: readonly Row[] = [
    { when: "found running at rest", recorded: stopped, actual: {}, becomes: running },
    { when: "found stopped at rest, and nobody starts it", recorded: running, actual: byHand, becomes: stopped },
    { when: "found stopped at rest, though it starts by itself", recorded: running, actual: silent, becomes: running },
    { when: "found running while a run is under way", recorded: stopped, actual: {}, phase: "underWay", becomes: stopped },
    { when: "found running while it is to be drained", recorded: stopped, actual: {}, state: "drained", becomes: stopped },
    { when: "found stopped while it is to be drained", recorded: running, actual: byHand, state: "drained", becomes: running },
    { when: "found paused", recorded: stopped, actual: { service: "Paused" }, becomes: stopped },
    { when: "found on its way", recorded: stopped, actual: { service: "StartPending" }, becomes: stopped },
    {
      when: "found stopped with HubTransport in maintenance",
      recorded: running,
      actual: { ...byHand, maintenance: "Inactive" },
      becomes: running,
    },
    { when: "found running with HubTransport draining", recorded: stopped, actual: { maintenance: "Draining" }, becomes: stopped },
  ];
  for (const { when, recorded, actual, state = "running", phase = "atRest", becomes } of rows) {
    it(`${when}, is ${becomes.normal.service} and was ${recorded.normal.service}`, () => {
      assert.deepEqual(renewed(resource, transportArgs(state), actualTransport(actual), recorded, 0, phase), becomes);
    });
  }

  it("is what the program says, wherever it says so", () => {
    const args = transportArgs("running", { normal: { service: "Stopped" } });
    assert.deepEqual(renewed(resource, args, actualTransport(), running, 0, "underWay"), stopped);
  });

  it("survives readings at rest while it is stopped in the middle of a pause", () => {
    let recorded = running;
    for (const actual of [actualTransport(silent), actualTransport(silent), actualTransport(silent)]) {
      recorded = renewed(resource, transportArgs("drained"), actual, recorded, 0, "atRest");
    }
    assert.deepEqual(recorded, running);
  });
});
