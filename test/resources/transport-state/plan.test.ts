// How a server's transport is drained and given back: what is waited for and what is not, in rows, and every state on the way leads on and back.

import assert from "node:assert/strict";
import type { ServiceStatus } from "../../../provider/exchange/services.ts";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { ActualTransport, QueueReading } from "../../../provider/resources/transport-state/observe.ts";
import { plan } from "../../../provider/resources/transport-state/plan.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, queue, transportArgs } from "../../support/builders.ts";
import { breaks, resumed, said, walk } from "../../support/replay.ts";
import { type ServerWorld, serverModel, serverWorld } from "./server-world.ts";

const running: TransportRecorded = { normal: { service: "Running" } };
const stopped: TransportRecorded = { normal: { service: "Stopped" } };
const suspend = "suspend MSExchangeTransport on ex01";
const resume = "resume MSExchangeTransport on ex01";
const start = "start MSExchangeTransport on ex01";
const emptyNow = "wait for the queues of ex01 to be empty (they are now)";
const aside: readonly QueueReading[] = [
  queue("Poison Message", 2, { delivery: "poison" }),
  queue("ex03", 31, { delivery: "shadow" }),
  queue("Unreachable Domain", 4, { delivery: "unreachable" }),
];
const partner = queue("partner.example", 7, {
  lastError: "451 4.4.0 Primary target IP address responded with: 421 4.2.1 Unable to connect",
});

interface Row {
  readonly when: string;
  readonly state: TransportStateArgs["state"];
  readonly actual: Partial<ActualTransport>;
  readonly args?: Partial<TransportStateArgs>;
  readonly recorded?: TransportRecorded;
  readonly says: readonly string[];
}

const rows: readonly Row[] = [
  { when: "running, its queues empty", state: "drained", actual: {}, says: [suspend, emptyNow] },
  {
    when: "running, with mail on the way",
    state: "drained",
    actual: { queues: [queue("DB01", 96), queue("smarthost.contoso.net", 47)] },
    says: [suspend, "wait for the queues of ex01: 96 to DB01, 47 to smarthost.contoso.net"],
  },
  {
    when: "paused, with mail in six queues",
    state: "drained",
    actual: { service: "Paused", queues: [4_812, 90, 50, 7, 3, 2].map((messages, index) => queue(`DB0${index + 1}`, messages)) },
    says: ["wait for the queues of ex01: 4,812 to DB01, 90 to DB02, 50 to DB03, 7 to DB04, 5 in 2 more"],
  },
  {
    when: "paused, with mail in submission",
    state: "drained",
    actual: { service: "Paused", queues: [queue("Submission", 1)] },
    says: ["wait for the queues of ex01: 1 to Submission"],
  },
  { when: "paused and empty", state: "drained", actual: { service: "Paused" }, says: [] },
  {
    when: "paused, with an empty queue that is suspended",
    state: "drained",
    actual: { service: "Paused", queues: [queue("DB01", 0, { suspended: true })] },
    says: [],
  },
  {
    when: "paused, with a suspended queue that holds mail",
    state: "drained",
    actual: { service: "Paused", queues: [queue("DB01", 3, { suspended: true })] },
    says: ["wait for the queues of ex01: 3 to DB01 (suspended)"],
  },
  {
    when: "paused, with poison, shadow and unreachable messages",
    state: "drained",
    actual: { service: "Paused", queues: aside },
    says: [],
  },
  {
    when: "paused, with those and one that leaves",
    state: "drained",
    actual: { service: "Paused", queues: [...aside, queue("DB01", 1)] },
    says: ["wait for the queues of ex01: 1 to DB01"],
  },
  {
    when: "paused, with a queue that may stay",
    state: "drained",
    args: { allowStuck: ["Partner.Example"] },
    actual: { service: "Paused", queues: [partner] },
    says: [],
  },
  {
    when: "paused, with a queue that may stay, said with its server",
    state: "drained",
    args: { allowStuck: ["EX01\\partner.example"] },
    actual: { service: "Paused", queues: [partner] },
    says: [],
  },
  {
    when: "paused, with a queue that may stay on another server",
    state: "drained",
    args: { allowStuck: ["ex02\\partner.example"] },
    actual: { service: "Paused", queues: [partner] },
    says: ["wait for the queues of ex01: 7 to partner.example"],
  },
  {
    when: "on its way to paused",
    state: "drained",
    actual: { service: "PausePending", queues: undefined },
    says: ["wait for MSExchangeTransport on ex01 to leave PausePending", suspend, emptyNow],
  },
  {
    when: "on its way up",
    state: "drained",
    actual: { service: "StartPending", queues: undefined },
    says: ["wait for MSExchangeTransport on ex01 to leave StartPending", suspend, emptyNow],
  },
  { when: "stopped, as it normally is", state: "drained", actual: { service: "Stopped", queues: undefined }, recorded: stopped, says: [] },
  { when: "running", state: "running", actual: {}, says: [] },
  { when: "running, with mail on the way", state: "running", actual: { queues: [partner] }, says: [] },
  { when: "paused", state: "running", actual: { service: "Paused" }, says: [resume] },
  { when: "paused, with mail on the way", state: "running", actual: { service: "Paused", queues: [partner] }, says: [resume] },
  { when: "stopped, which it normally is not", state: "running", actual: { service: "Stopped", queues: undefined }, says: [start] },
  {
    when: "on its way back",
    state: "running",
    actual: { service: "ContinuePending", queues: undefined },
    says: ["wait for MSExchangeTransport on ex01 to leave ContinuePending"],
  },
  {
    when: "on its way up",
    state: "running",
    actual: { service: "StartPending", queues: undefined },
    says: ["wait for MSExchangeTransport on ex01 to leave StartPending"],
  },
  {
    when: "on its way to paused",
    state: "running",
    actual: { service: "PausePending", queues: undefined },
    says: ["wait for MSExchangeTransport on ex01 to leave PausePending", resume],
  },
  { when: "stopped, as it normally is", state: "running", actual: { service: "Stopped", queues: undefined }, recorded: stopped, says: [] },
  { when: "running, which it normally is not", state: "running", actual: {}, recorded: stopped, says: [] },
  { when: "paused, though it normally is stopped", state: "running", actual: { service: "Paused" }, recorded: stopped, says: [resume] },
];

describe("the plan of a server's transport", () => {
  for (const { when, state, actual, args, recorded = running, says } of rows) {
    it(`to be ${state}, found ${when}: ${says.join("; ") || "nothing"}`, () => {
      const planned = plan(transportArgs(state, args), actualTransport(actual), recorded);
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(resource, planned), says);
    });
  }

  it("to be drained, found stopped though it normally runs, is refused: nobody can see its queues", () => {
    const planned = plan(transportArgs("drained"), actualTransport({ service: "Stopped", queues: undefined }), running);
    assert.deepEqual(planned, {
      steps: [],
      refusals: [
        {
          sentence: "ex01: MSExchangeTransport is stopped, and was running before; what is left in its queues cannot be seen.",
          remedy: "Start it on ex01 (Start-Service MSExchangeTransport), then run `pulumi up` again.",
        },
      ],
    });
  });
});

describe("a transport on its way", () => {
  const states: readonly TransportStateArgs["state"][] = ["drained", "running"];
  const full = [queue("DB01", 65), ...aside];
  const starts: readonly {
    readonly from: ServiceStatus;
    readonly next?: ServiceStatus;
    readonly to: readonly TransportStateArgs["state"][];
  }[] = [
    { from: "Running", to: states },
    { from: "Paused", to: states },
    { from: "PausePending", next: "Paused", to: states },
    { from: "ContinuePending", next: "Running", to: states },
    { from: "StartPending", next: "Running", to: states },
    { from: "StopPending", next: "Stopped", to: ["running"] },
    { from: "Stopped", to: ["running"] },
  ];

  function assertIsAsAsked(world: ServerWorld, state: TransportStateArgs["state"]): void {
    assert.equal(world.service, state === "drained" ? "Paused" : "Running");
    if (state === "drained")
      assert.deepEqual(
        world.queues.filter(({ delivery, messages }) => delivery === "leaves" && messages > 0),
        [],
      );
    assert.deepEqual(
      world.queues.filter(({ delivery }) => delivery !== "leaves"),
      aside,
      "what never leaves is left alone",
    );
  }

  for (const { from, next, to } of starts) {
    for (const state of to) {
      it(`from ${from} to ${state} arrives, and from every point of the way goes on or back`, () => {
        const asked = transportArgs(state);
        const was = transportArgs(state === "drained" ? "running" : "drained");
        const there = walk(serverModel, asked, { world: serverWorld(from, full, next), recorded: running });
        assertIsAsAsked(there.end.world, state);
        for (const point of there.points) {
          for (const how of breaks) {
            for (const args of [asked, transportArgs("running")]) {
              // Where it is stopped, a drain is refused until somebody starts it.
              if (args.state === "drained" && ["Stopped", "StopPending"].includes(point.world.service)) continue;
              const after = resumed(serverModel, how, { args: was, recorded: running }, asked, point);
              assert.deepEqual(after.recorded, running, "what is normal was forgotten");
              const again = walk(serverModel, args, after);
              assertIsAsAsked(again.end.world, args.state);
              assert.deepEqual(walk(serverModel, args, again.end).did, [], "a plan over its own result is empty");
            }
          }
        }
      });
    }
  }
});
