// How a server that is given back proves that it takes mail, when it has to, and when it cannot be asked to.
import assert from "node:assert/strict";
import type { SmtpReading } from "../../../provider/mail/probe.ts";
import type { KnownHost } from "../../../provider/resources/known-host-shape.ts";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { ActualTransport } from "../../../provider/resources/transport-state/observe.ts";
import { plan } from "../../../provider/resources/transport-state/plan.ts";
import { follow } from "../../../provider/resources/transport-state/proof.ts";
import type { TransportRecorded, TransportStateArgs } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, takesMail, transportArgs } from "../../support/builders.ts";
import { said, walk } from "../../support/replay.ts";
import { serverModel, serverWorld } from "./server-world.ts";

const host = "ex01.contoso.local";
const good: KnownHost = { host, reachable: true, startTls: true, accepts: true };
const running: TransportRecorded = { normal: { service: "Running" }, smtp: good };
const unproved: TransportRecorded = { ...running, unproved: true };
const token = { token: "postmaster@contoso.com" };
const resume = "resume MSExchangeTransport on ex01";
const test = `send a test message to postmaster@contoso.com through ${host}, and see it taken`;
const draining: SmtpReading = { reachable: false, why: `${host}:25: refused MAIL: 421 4.3.2 Service not active` };

function says(actual: Partial<ActualTransport>, recorded: TransportRecorded, args: Partial<TransportStateArgs> = token) {
  const planned = plan(transportArgs("running", args), actualTransport(actual), recorded);
  assert.deepEqual(planned.refusals, []);
  return said(resource, planned);
}

describe("a server that is given back", () => {
  it("takes a test message to its end before it counts as given back", () => {
    assert.deepEqual(says({ service: "Paused" }, unproved), [resume, test]);
    assert.deepEqual(says({}, unproved), [test]);
    assert.deepEqual(says({}, running), []);
  });

  it("left Draining, which says 421 after MAIL, is waited for, and what to look at is said", () => {
    const { steps } = plan(transportArgs("running", token), actualTransport({ smtp: { host, reading: draining } }), unproved);
    assert.deepEqual(said(resource, { steps, refusals: [] }), [
      `wait for ${host} to answer on port 25: ${host}:25: refused MAIL: 421 4.3.2 Service not active`,
      test,
    ]);
    const [wait] = steps;
    assert.match(wait?.kind === "wait" ? (wait.stuck?.remedy ?? "") : "", /HubTransport be Active .*`Restart-Service MSExchangeTransport`/);
  });

  it("that refuses the message for good is refused", () => {
    const reading = { ...takesMail(), recipients: [{ address: token.token, expected: "accepted" as const, code: 550, text: "5.7.1 no" }] };
    const { refusals } = plan(transportArgs("running", token), actualTransport({ smtp: { host, reading } }), unproved);
    assert.deepEqual(
      refusals.map(({ sentence }) => sentence),
      [`${host} refuses postmaster@contoso.com: expected 250, found "550 5.7.1 no".`],
    );
  });

  const unasked: readonly (readonly [why: string, recorded: TransportRecorded, args?: Partial<TransportStateArgs>])[] = [
    ["nobody is named to receive it", running, {}],
    ["nothing is known of its port 25, as in a state of an earlier version", { normal: { service: "Running" } }],
    ["its port 25 was never reached from here", { ...running, smtp: { ...good, reachable: false } }],
    ["its port 25 refused that mailbox from here", { ...running, smtp: { ...good, accepts: false } }],
  ];
  for (const [why, recorded, args] of unasked)
    it(`is not asked where ${why}`, () => assert.deepEqual(says({ service: "Paused" }, recorded, args), [resume]));

  it("comes back from drained with the message seen taken, and has nothing to do a second time", () => {
    const drained = walk(serverModel, transportArgs("drained", token), { world: serverWorld("Running"), recorded: running });
    assert.deepEqual(drained.end.recorded, unproved);
    const home = walk(serverModel, transportArgs("running", token), drained.end);
    assert.deepEqual(
      home.did.filter((what) => !what.startsWith("wait")),
      [resume, test],
    );
    assert.deepEqual(home.end.recorded, running);
    assert.deepEqual(walk(serverModel, transportArgs("running", token), home.end).did, []);
  });
});

describe("what is kept of a server's proof", () => {
  const rows: readonly (readonly [
    what: string,
    state: TransportStateArgs["state"],
    actual: Partial<ActualTransport>,
    phase: "atRest" | "underWay",
    before: TransportRecorded,
    after: TransportRecorded,
  ])[] = [
    ["a drain leaves something to prove", "drained", {}, "underWay", running, unproved],
    ["a service that is not up does so in a run", "running", { service: "Stopped" }, "underWay", running, unproved],
    ["at rest it does not: somebody may start it by hand", "running", { service: "Stopped" }, "atRest", running, running],
    ["a message that was taken proves it", "running", { proved: true }, "underWay", unproved, running],
    ["nothing else does", "running", { smtp: { host, reading: takesMail() } }, "atRest", unproved, unproved],
    [
      "at rest it becomes known",
      "running",
      { smtp: { host, reading: takesMail() } },
      "atRest",
      { normal: { service: "Running" } },
      running,
    ],
    [
      "one that normally is stopped proves nothing",
      "drained",
      {},
      "underWay",
      { ...running, normal: { service: "Stopped" } },
      { ...running, normal: { service: "Stopped" } },
    ],
  ];
  for (const [what, state, actual, phase, before, after] of rows)
    it(what, () => assert.deepEqual(follow(transportArgs(state, token), actualTransport(actual), before, 0, phase), after));
});
