// How the buffer begins to hold mail and gives it back, in words: a row for each state on the way.
// That each state leads on and home: replay.test.ts.

import assert from "node:assert/strict";
import { isWait } from "../../../provider/engine/plan.ts";
import { stuckWords } from "../../../provider/engine/progress.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import { plan } from "../../../provider/resources/backup-mx-queue/plan.ts";
import type { BackupMxQueueArgs } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, bufferHost, held, lifetimeSeconds, type Seen, token } from "../../support/buffer-builders.ts";
import { said } from "../../support/replay.ts";

const claim = `mark ${bufferHost} as used by contoso/berlin, so that no other program pauses this site`;
const hold = `let ${bufferHost} hold all mail that arrives`;
const unhold = `let ${bufferHost} pass on at once what arrives from now on`;
const sendToken = `send a test message to postmaster@contoso.com through ${bufferHost}, and see it held`;
const tokenHeld = `wait for the test message to lie in the hold queue of ${bufferHost}`;
const tokenTold = `wait for the log of ${bufferHost} to tell of the test message that it holds`;
const releaseTest = (others: number) => `release the test message on ${bufferHost}, before the other ${others} held messages`;
const release = (count: number, of: number) => `release ${count} of ${of} held messages on ${bufferHost}, the oldest first`;
const delivered = (left: string, size = 2) => `wait for ${left} to be delivered from ${bufferHost}, ${size} at a time, the oldest first`;
/** From this age on a message is requeued. */
const oldSeconds = lifetimeSeconds - 86_400;

interface Row {
  readonly when: string;
  readonly state: BackupMxQueueArgs["state"];
  readonly args?: Partial<BackupMxQueueArgs>;
  readonly actual: Seen;
  readonly says: readonly string[];
}

const rows: readonly Row[] = [
  { when: "unclaimed, to held", state: "held", actual: { claim: undefined }, says: [claim, hold, sendToken, tokenHeld] },
  { when: "unclaimed, to released", state: "released", actual: { claim: undefined }, says: [claim] },
  { when: "claimed, to held", state: "held", actual: {}, says: [hold, sendToken, tokenHeld] },
  {
    when: "to held, with a recipient of the test message of its own",
    state: "held",
    args: { token: "probe@contoso.de" },
    actual: {},
    says: [hold, sendToken.replace("postmaster@contoso.com", "probe@contoso.de"), tokenHeld],
  },
  { when: "holding, the test message not sent yet", state: "held", actual: { holding: true }, says: [sendToken, tokenHeld] },
  {
    when: "holding, with mail of others held",
    state: "held",
    actual: { holding: true, queue: [held("A")] },
    says: [sendToken, tokenHeld],
  },
  {
    when: "holding, the test message passed on instead of held",
    state: "held",
    actual: { holding: true, queue: [token(5, { queue: "deferred", reason: "connection refused" })] },
    says: [sendToken, tokenHeld],
  },
  {
    when: "holding, the test message just arriving",
    state: "held",
    actual: { holding: true, queue: [token(5, { queue: "incoming" })] },
    says: [tokenHeld],
  },
  {
    when: "to released, the test message put off by Exchange: nothing else follows it",
    state: "released",
    actual: { queue: [token(5, { queue: "deferred", reason: "connection refused" }), held("A")] },
    says: [delivered("2 messages")],
  },
  { when: "holding, the test message held", state: "held", actual: { holding: true, queue: [held("A"), token()] }, says: [] },
  {
    when: "holding the test message, and the log does not tell of it",
    state: "held",
    actual: { holding: true, queue: [held("A"), token()], untold: [held("A"), token()] },
    says: [tokenTold],
  },
  {
    when: "holding the test message, and the log does not tell of another",
    state: "held",
    actual: { holding: true, queue: [held("A"), token()], untold: [held("A")] },
    says: [],
  },
  { when: "to held again while a test message is held", state: "held", actual: { queue: [token()] }, says: [hold] },
  { when: "released and empty", state: "released", actual: {}, says: [] },
  { when: "holding nothing, to released", state: "released", actual: { holding: true }, says: [unhold] },
  {
    when: "holding, to released",
    state: "released",
    actual: { holding: true, queue: [held("A"), token(), held("B")] },
    says: [unhold, releaseTest(2), delivered("3 messages")],
  },
  {
    when: "the test message on its way",
    state: "released",
    actual: { queue: [held("A"), token(120, { queue: "active" }), held("B")] },
    says: [delivered("3 messages")],
  },
  {
    when: "the test message delivered",
    state: "released",
    actual: { queue: [held("A"), held("B"), held("C")] },
    says: [release(2, 3), delivered("3 messages")],
  },
  {
    when: "a batch on its way",
    state: "released",
    actual: { queue: [held("A"), held("B", 90, { queue: "incoming" })] },
    says: [delivered("2 messages")],
  },
  {
    when: "a batch put off by Exchange",
    state: "released",
    actual: { queue: [held("A"), held("B", 90, { queue: "deferred", reason: "451 4.7.0 try later" })] },
    says: [delivered("2 messages")],
  },
  {
    when: "one of many put off by Exchange",
    state: "released",
    args: { batchSize: 50 },
    actual: { queue: [held("A"), held("B", 90, { queue: "deferred", reason: "451 4.7.0 try later" })] },
    says: [release(1, 1), delivered("2 messages", 50)],
  },
  {
    when: "the last message",
    state: "released",
    actual: { queue: [held("A")] },
    says: [release(1, 1), delivered("1 message")],
  },
  {
    when: "the oldest message near the end of its lifetime",
    state: "released",
    actual: { queue: [held("A", oldSeconds), held("B", oldSeconds - 1)] },
    says: [`${release(1, 2)}, with a fresh lifetime`, delivered("2 messages")],
  },
  {
    when: "the oldest message a second short of that",
    state: "released",
    actual: { queue: [held("A", oldSeconds - 1), held("B", 60)] },
    says: [release(2, 2), delivered("2 messages")],
  },
];

function stepsOf(state: BackupMxQueueArgs["state"], actual: Seen, args: Partial<BackupMxQueueArgs> = {}) {
  return plan(bufferArgs(state, args), actualBuffer(actual), {}).steps;
}

describe("the plan of the buffer", () => {
  for (const { when, state, args, actual, says } of rows) {
    it(`${when}: ${says.length === 0 ? "nothing" : `${says.length} steps`}`, () => {
      const planned = plan(bufferArgs(state, args), actualBuffer(actual), {});
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(resource, planned), says);
    });
  }

  it("releases the test message alone before all others, though older ones are there", () => {
    const [step] = stepsOf("released", { queue: [held("A", 7_200), token(60), held("B", 3_600)] });
    assert.deepEqual(step, { kind: "release", host: bufferHost, ids: ["TOKEN"], requeue: false, held: 3, isTest: true });
  });

  it("releases the oldest first, in whatever order the queue is listed", () => {
    const [step] = stepsOf("released", { queue: [held("B", 200), held("C", 100), held("A", 300)] });
    assert.deepEqual(step, { kind: "release", host: bufferHost, ids: ["A", "B"], requeue: false, held: 3 });
  });

  it("does not mix messages that need a fresh lifetime with those that do not", () => {
    const [step] = stepsOf("released", { queue: [held("young", 60), held("old", oldSeconds)] });
    assert.deepEqual(step, { kind: "release", host: bufferHost, ids: ["old"], requeue: true, held: 2 });
  });

  it("claims for the program that runs, and for the host that is named", () => {
    assert.deepEqual(stepsOf("released", { claim: undefined, program: "contoso/potsdam" }, { host: "mx2.contoso-mail.net" }), [
      { kind: "claim", host: "mx2.contoso-mail.net", program: "contoso/potsdam" },
    ]);
  });
});

describe("a wait for the buffer", () => {
  it("that the test message is held is stuck with what that means", () => {
    const wait = stepsOf("held", { holding: true }).find(isWait);
    assert.deepEqual(wait, {
      kind: "wait",
      key: "test message held",
      for: `the test message to lie in the hold queue of ${bufferHost}`,
      recheckMs: 5_000,
      stuck: {
        sentence: `${bufferHost} accepted a test message, and it does not lie in its hold queue.`,
        remedy: `Mail sent there now would not be kept; the MX was not changed. See in the mail log of ${bufferHost} who takes mail out of its hold queue (postsuper, a script, a service of master.cf with settings of its own), put an end to that, then run \`pulumi up\` again: it goes on from here.`,
      },
    });
  });

  it("for its mail to leave counts all of it, and is stuck with Exchange's last word", () => {
    const queue = [held("A", 7_200), held("B", 600, { queue: "deferred", reason: "451 4.7.0 try later" })];
    const wait = stepsOf("released", { queue }).find(isWait);
    assert.deepEqual(wait?.left, { count: 2, unit: "message" });
    assert.equal(wait?.recheckMs, 5_000);
    assert.deepEqual(wait && stuckWords(wait, 900_000), {
      sentence: `${bufferHost}: nothing has left for 15 minutes; 2 messages are there, the oldest 2 h old, last error "451 4.7.0 try later".`,
      remedy:
        "None of it is lost, and the MX was not changed back. See why Exchange does not take it, then run `pulumi up` again: it goes on from here.",
    });
  });

  it("for its mail to leave has no error to tell where none was met", () => {
    const wait = stepsOf("released", { queue: [held("A", 90)] }).find(isWait);
    assert.match(
      (wait && stuckWords(wait, 300_000).sentence) ?? "",
      /^buffer\.contoso-mail\.net: nothing has left for 5 minutes; .*, the oldest 90 s old\.$/,
    );
  });
});
