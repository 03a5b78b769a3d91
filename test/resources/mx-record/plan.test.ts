// What is planned for an MX set, in words: a row for each state that a pause goes through. That each of them leads home: replay.test.ts.
import assert from "node:assert/strict";
import type { MxRecordArgs } from "../../../provider/resources/mx-record/args.ts";
import { mxRecord } from "../../../provider/resources/mx-record/kind.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import type { MxMemory } from "../../../provider/resources/mx-record/remember.ts";
import { actualMx, answer, buffer, mail, mail2, mark, markedNotes, mx, mxArgs, mxMemory, offline, online, prepared, servers } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { said } from "../../support/replay.ts";

const [ns1, ns2] = servers;
const both = `wait for ${ns1} and ${ns2} to answer`;
const serial = "(serial 2026120401)";
const lowered = "set the TTL of the MX of contoso.com from 3,600 s to 300 s";
const raised = "set the TTL of the MX of contoso.com from 300 s to 3,600 s";
const addBuffer = "add 10 buffer.contoso-mail.net to the MX of contoso.com";
const removeBuffer = "remove 10 buffer.contoso-mail.net from the MX of contoso.com";
const addMail = "add 10 mail.contoso.com to the MX of contoso.com";
const removeMail = "remove 10 mail.contoso.com from the MX of contoso.com";
const oldTtl = "wait for the old TTL of contoso.com (3600 s) to run out: until then caches may hold the old MX";
const forget = "wait for caches to forget 10 mail.contoso.com for contoso.com (300 s)";
const bufferServed = "10 buffer.contoso-mail.net for contoso.com";
const bufferAlone = "10 buffer.contoso-mail.net and nothing else for contoso.com";
const mailServed = "10 mail.contoso.com for contoso.com";
const mailAlone = "10 mail.contoso.com and nothing else for contoso.com";
const flip = [addBuffer, `${both} ${bufferServed}`, removeMail, `${both} ${bufferAlone}`];

const low = { lowSinceMs: eveningMs - 3_600_000 };
const paused = { exchanges: [buffer], ttlSeconds: 300, notes: markedNotes(buffer) };
const amid = { exchanges: [mail, buffer], ttlSeconds: 300, notes: markedNotes(mail, buffer) };
const mailLow = { exchanges: [mail], ttlSeconds: 300, notes: markedNotes(mail) };

interface Row {
  readonly when: string;
  readonly args: MxRecordArgs;
  readonly actual?: Partial<ActualMx>;
  readonly memory?: MxMemory;
  readonly says: readonly string[];
}

const rows: readonly Row[] = [
  { when: "online, and so it is", args: online, says: [] },
  { when: "online, with the set and the TTL said in the program", args: mxArgs({ exchanges: [mail], ttlSeconds: 3600 }), says: [] },
  { when: "from online to prepared", args: prepared, says: [lowered, `${both} TTL 300 s for contoso.com`] },
  {
    when: "prepared, but ns2 lags",
    args: prepared,
    actual: { ...mailLow, answers: [answer(ns1, [mail], 300), answer(ns2, [mail], 3600)] },
    says: [`wait for TTL 300 s for contoso.com: ${ns2} still answers 10 mail.contoso.com with TTL 3600 s ${serial}`],
  },
  { when: "prepared, and so it is", args: prepared, actual: mailLow, says: [] },
  { when: "prepared, but the mark is missing", args: prepared, actual: { ...mailLow, notes: {} }, says: ["restore the remarks on the MX records of contoso.com"] },
  {
    when: "from online to offline",
    args: offline,
    says: [lowered, `${both} TTL 300 s for contoso.com`, oldTtl, ...flip, "wait for caches to forget 10 mail.contoso.com for contoso.com (3600 s)"],
  },
  {
    when: "from prepared to offline, too early",
    args: offline,
    actual: mailLow,
    memory: mxMemory({}, { lowSinceMs: eveningMs - 3_599_999 }),
    says: [oldTtl, ...flip, forget],
  },
  { when: "from prepared to offline, in time", args: offline, actual: mailLow, memory: mxMemory({}, low), says: [...flip, forget] },
  {
    when: "to offline, the buffer added, ns2 lagging",
    args: offline,
    actual: { ...amid, answers: [answer(ns1, [mail, buffer], 300), answer(ns2, [mail], 300)] },
    memory: mxMemory({}, low),
    says: [
      `wait for ${bufferServed}: ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}`,
      removeMail,
      `${both} ${bufferAlone}`,
      forget,
    ],
  },
  { when: "to offline, the buffer added and served", args: offline, actual: amid, memory: mxMemory({}, low), says: [removeMail, `${both} ${bufferAlone}`, forget] },
  {
    when: "to offline, mail removed, ns2 lagging",
    args: offline,
    actual: { ...paused, answers: [answer(ns1, [buffer], 300), answer(ns2, [mail, buffer], 300)] },
    memory: mxMemory({}, low),
    says: [
      `wait for ${bufferAlone}: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s ${serial}`,
      forget,
    ],
  },
  {
    when: "offline, but caches may still name the normal host",
    args: offline,
    actual: paused,
    memory: mxMemory({}, { ...low, flippedSinceMs: eveningMs - 299_999 }),
    says: [forget],
  },
  { when: "offline, and so it is", args: offline, actual: paused, memory: mxMemory({}, { ...low, flippedSinceMs: eveningMs - 300_000 }), says: [] },
  {
    when: "from offline to online",
    args: online,
    actual: paused,
    says: [addMail, `${both} ${mailServed}`, removeBuffer, `${both} ${mailAlone}`, raised, `${both} TTL 3600 s for contoso.com`],
  },
  {
    when: "to online, mail added, ns2 lagging",
    args: online,
    actual: { ...amid, answers: [answer(ns1, [mail, buffer], 300), answer(ns2, [buffer], 300)] },
    says: [
      `wait for ${mailServed}: ${ns2} still answers 10 buffer.contoso-mail.net with TTL 300 s ${serial}`,
      removeBuffer,
      `${both} ${mailAlone}`,
      raised,
      `${both} TTL 3600 s for contoso.com`,
    ],
  },
  {
    when: "to online, the buffer removed, ns2 lagging",
    args: online,
    actual: { ...mailLow, answers: [answer(ns1, [mail], 300), answer(ns2, [mail, buffer], 300)] },
    says: [
      `wait for ${mailAlone}: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s ${serial}`,
      raised,
      `${both} TTL 3600 s for contoso.com`,
    ],
  },
  { when: "to online, all but the TTL", args: online, actual: mailLow, says: [raised, `${both} TTL 3600 s for contoso.com`] },
  {
    when: "to online, the TTL raised, ns2 lagging",
    args: online,
    actual: { answers: [answer(ns1, [mail], 3600), answer(ns2, [mail], 300)] },
    says: [`wait for TTL 3600 s for contoso.com: ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}`],
  },
  { when: "online, but a mark is left behind", args: online, actual: { notes: markedNotes(mail) }, says: ["restore the remarks on the MX records of contoso.com"] },
  {
    when: "to offline, ns2 not answering",
    args: offline,
    actual: { ...amid, answers: [answer(ns1, [mail, buffer], 300), { server: ns2, outcome: "failed", why: `${ns2} did not answer within 5000 ms.` }] },
    memory: mxMemory({}, low),
    says: [
      `wait for TTL 300 s for contoso.com: ${ns2} did not answer within 5000 ms`,
      `wait for ${bufferServed}: ${ns2} did not answer within 5000 ms`,
      removeMail,
      `${both} ${bufferAlone}`,
      forget,
    ],
  },
  {
    when: "to offline, ns2 repeating what it has heard",
    args: offline,
    actual: { ...amid, answers: [answer(ns1, [mail, buffer], 300), answer(ns2, [mail, buffer], 300, { authoritative: false })] },
    memory: mxMemory({}, low),
    says: [
      `wait for TTL 300 s for contoso.com: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s without authority ${serial}`,
      `wait for ${bufferServed}: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s without authority ${serial}`,
      removeMail,
      `${both} ${bufferAlone}`,
      forget,
    ],
  },
  {
    when: "from an automatic TTL to offline",
    args: mxArgs({ exchanges: [buffer], ttlSeconds: 60 }),
    actual: { ttlSeconds: 1 },
    memory: mxMemory({ ttlSeconds: 1 }),
    says: [
      "set the TTL of the MX of contoso.com from automatic to 60 s",
      `${both} TTL 60 s for contoso.com`,
      oldTtl.replace("3600", "300"),
      ...flip,
      forget,
    ],
  },
  {
    when: "back to an automatic TTL, though it lasts no longer than the one in force",
    args: online,
    actual: mailLow,
    memory: mxMemory({ ttlSeconds: 1 }),
    says: ["set the TTL of the MX of contoso.com from 300 s to automatic", `${both} TTL 300 s for contoso.com`],
  },
  {
    when: "to a flip without a lower TTL, which is the program's choice, at the price of a long wait afterwards",
    args: mxArgs({ exchanges: [buffer] }),
    says: [...flip, "wait for caches to forget 10 mail.contoso.com for contoso.com (3600 s)"],
  },
  {
    when: "to a second host beside the normal one, which nobody has to wait for",
    args: mxArgs({ exchanges: [mail, mail2] }),
    says: [
      "add 20 mx2.contoso.com to the MX of contoso.com",
      `${both} 10 mail.contoso.com, 20 mx2.contoso.com for contoso.com`,
      "restore the remarks on the MX records of contoso.com",
    ],
  },
  {
    when: "back to two hosts",
    args: online,
    actual: paused,
    memory: mxMemory({ exchanges: [mail, mail2] }),
    says: [
      addMail,
      "add 20 mx2.contoso.com to the MX of contoso.com",
      `${both} 10 mail.contoso.com, 20 mx2.contoso.com for contoso.com`,
      removeBuffer,
      `${both} 10 mail.contoso.com, 20 mx2.contoso.com and nothing else for contoso.com`,
      raised,
      `${both} TTL 3600 s for contoso.com`,
    ],
  },
  {
    when: "to another preference of the same host, which is another record",
    args: mxArgs({ exchanges: [mx("mail.contoso.com", 5)] }),
    says: [
      "add 5 mail.contoso.com to the MX of contoso.com",
      `${both} 5 mail.contoso.com for contoso.com`,
      removeMail,
      `${both} 5 mail.contoso.com and nothing else for contoso.com`,
      "wait for caches to forget 10 mail.contoso.com for contoso.com (3600 s)",
    ],
  },
  {
    when: "of a subdomain",
    args: mxArgs({ name: "sales", ttlSeconds: 300 }),
    says: [lowered.replace("contoso.com", "sales.contoso.com"), `${both} TTL 300 s for sales.contoso.com`],
  },
];

describe("the plan of an MX set", () => {
  for (const { when, args, actual, memory = mxMemory(), says } of rows) {
    it(`${when}: ${says.length === 0 ? "nothing" : `${says.length} steps`}`, () => {
      const planned = plan(args, actualMx(actual), memory, eveningMs);
      assert.deepEqual(planned.refusals, []);
      assert.deepEqual(said(mxRecord, planned), says);
    });
  }

  it("says until when a wait with a known end lasts", () => {
    const dues = (args: MxRecordArgs, actual: Partial<ActualMx>, seen: Omit<MxMemory, "normal">) =>
      plan(args, actualMx(actual), mxMemory({}, seen), eveningMs).steps.flatMap((step) => ("dueAtMs" in step ? [step.dueAtMs] : []));
    assert.deepEqual(dues(offline, mailLow, { lowSinceMs: eveningMs - 600_000 })[0], eveningMs + 3_000_000);
    assert.deepEqual(dues(offline, {}, {})[0], eveningMs + 3_600_000);
    assert.deepEqual(dues(offline, paused, { ...low, flippedSinceMs: eveningMs - 100_000 }), [eveningMs + 200_000]);
    assert.deepEqual(
      dues(offline, paused, { lowSinceMs: eveningMs - 5_000, flippedSinceMs: eveningMs - 100_000 }),
      [eveningMs + 3_500_000],
      "a flip at the normal TTL is remembered by caches for that long",
    );
  });

  it("writes our mark while it is not normal, and gives back each remark as it was", () => {
    const notes = { "10 mail.contoso.com": "front end, ticket 4711" };
    const memory = mxMemory({ exchanges: [mail, mail2], notes });
    const [lower] = plan(prepared, actualMx({ exchanges: [mail, mail2], notes }), memory, eveningMs).steps;
    assert.deepEqual(lower, {
      kind: "rewrite",
      name: "contoso.com",
      fromSeconds: 3600,
      toSeconds: 300,
      notes: { "10 mail.contoso.com": mark, "20 mx2.contoso.com": mark },
    });
    const [restore] = plan(online, actualMx({ exchanges: [mail, mail2], ttlSeconds: 300, notes: markedNotes(mail, mail2) }), memory, eveningMs).steps;
    assert.deepEqual(restore, {
      kind: "rewrite",
      name: "contoso.com",
      fromSeconds: 300,
      toSeconds: 3600,
      notes: { "10 mail.contoso.com": "front end, ticket 4711", "20 mx2.contoso.com": undefined },
    });
  });

  it("adds a host with the low TTL and our mark", () => {
    const [add] = plan(online, actualMx(paused), mxMemory({ notes: { "10 mail.contoso.com": "front end" } }), eveningMs).steps;
    assert.deepEqual(add, { kind: "add", name: "contoso.com", exchange: mail, ttlSeconds: 300, note: mark });
  });

  it("is stuck with the words of the server that does not follow", () => {
    const answers = [answer(ns1, [mail, buffer], 300), answer(ns2, [mail], 300)];
    const [wait] = plan(offline, actualMx({ ...amid, answers }), mxMemory({}, low), eveningMs).steps;
    assert.ok(wait !== undefined && "stuck" in wait);
    assert.equal(wait.stuckAfterMs, 900_000);
    assert.deepEqual(wait.stuck, {
      sentence: `contoso.com: expected ${bufferServed}, and for 15 minutes ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}.`,
      remedy: "Nothing that senders still use was taken away. See to that server (zone transfer, NOTIFY), then run `pulumi up` again: it goes on from here.",
    });
  });
});
