// What is planned to prepare a pause and to go into it, in words: a row for each state on the way.
// The way back: plan-home.test.ts. That each state leads on and home: replay.test.ts.

import assert from "node:assert/strict";
import { stuckWords } from "../../../provider/engine/progress.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import {
  actualMx,
  answer,
  buffer,
  mail,
  mail2,
  mark,
  markedNotes,
  mx,
  mxArgs,
  mxRecorded,
  offline,
  online,
  prepared,
} from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import {
  amid,
  both,
  bufferAlone,
  bufferServed,
  flip,
  forget,
  low,
  lowered,
  mailLow,
  ns1,
  ns2,
  oldTtl,
  paused,
  putMark,
  type Row,
  removeMail,
  serial,
  testRows,
} from "./words.ts";

const rows: readonly Row[] = [
  { when: "online, and so it is", args: online, says: [] },
  { when: "online, with the set and the TTL said in the program", args: mxArgs({ exchanges: [mail], ttlSeconds: 3600 }), says: [] },
  { when: "from online to prepared", args: prepared, says: [lowered, `${both} TTL 300 s for contoso.com`] },
  {
    when: "prepared, but ns2 lags",
    args: prepared,
    actual: { ...mailLow, answers: [answer(ns1, [mail], 300), answer(ns2, [mail], 3600)] },
    says: [`wait for TTL 300 s for contoso.com: ${ns2} still answers 10 mail.contoso.com with TTL 3,600 s ${serial}`],
  },
  { when: "prepared, and so it is", args: prepared, actual: mailLow, says: [] },
  {
    when: "prepared, but the mark is missing",
    args: prepared,
    actual: { ...mailLow, notes: {} },
    says: [putMark],
  },
  {
    when: "from online to offline",
    args: offline,
    says: [
      lowered,
      `${both} TTL 300 s for contoso.com`,
      oldTtl,
      ...flip,
      "wait for caches to forget 10 mail.contoso.com for contoso.com (300 s)",
    ],
  },
  {
    when: "from prepared to offline, too early",
    args: offline,
    actual: mailLow,
    recorded: mxRecorded({}, { lowSinceMs: eveningMs - 3_599_999 }),
    says: [oldTtl, ...flip, forget],
  },
  { when: "from prepared to offline, in time", args: offline, actual: mailLow, recorded: mxRecorded({}, low), says: [...flip, forget] },
  {
    when: "to offline, the buffer added, ns2 lagging",
    args: offline,
    actual: { ...amid, answers: [answer(ns1, [mail, buffer], 300), answer(ns2, [mail], 300)] },
    recorded: mxRecorded({}, low),
    says: [
      `wait for ${bufferServed}: ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}`,
      removeMail,
      `${both} ${bufferAlone}`,
      forget,
    ],
  },
  {
    when: "to offline, the buffer added and served",
    args: offline,
    actual: amid,
    recorded: mxRecorded({}, low),
    says: [removeMail, `${both} ${bufferAlone}`, forget],
  },
  {
    when: "to offline, mail removed, ns2 lagging",
    args: offline,
    actual: { ...paused, answers: [answer(ns1, [buffer], 300), answer(ns2, [mail, buffer], 300)] },
    recorded: mxRecorded({}, low),
    says: [
      `wait for ${bufferAlone}: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s ${serial}`,
      forget,
    ],
  },
  {
    when: "offline, but caches may still name the normal host",
    args: offline,
    actual: paused,
    recorded: mxRecorded({}, { ...low, flippedSinceMs: eveningMs - 299_999 }),
    says: [forget],
  },
  {
    when: "offline, and so it is",
    args: offline,
    actual: paused,
    recorded: mxRecorded({}, { ...low, flippedSinceMs: eveningMs - 300_000 }),
    says: [],
  },
  {
    when: "to offline, ns2 not answering",
    args: offline,
    actual: {
      ...amid,
      answers: [answer(ns1, [mail, buffer], 300), { server: ns2, outcome: "failed", why: `${ns2} did not answer within 5000 ms.` }],
    },
    recorded: mxRecorded({}, low),
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
    recorded: mxRecorded({}, low),
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
    recorded: mxRecorded({ ttlSeconds: 1 }),
    says: [
      "set the TTL of the MX of contoso.com from automatic to 60 s",
      `${both} TTL 60 s for contoso.com`,
      oldTtl.replace("3,600", "300"),
      ...flip,
      forget.replace("300", "60"),
    ],
  },
  {
    when: "to a flip without a lower TTL, which is the program's choice, at the price of a long wait afterwards",
    args: mxArgs({ exchanges: [buffer] }),
    says: [putMark, ...flip, "wait for caches to forget 10 mail.contoso.com for contoso.com (3,600 s)"],
  },
  {
    when: "to a second host beside the normal one, which nobody has to wait for",
    args: mxArgs({ exchanges: [mail, mail2] }),
    says: [putMark, "add 20 mx2.contoso.com to the MX of contoso.com", `${both} 10 mail.contoso.com, 20 mx2.contoso.com for contoso.com`],
  },
  {
    when: "to another preference of the same host, which is another record",
    args: mxArgs({ exchanges: [mx("mail.contoso.com", 5)] }),
    says: [
      putMark,
      "add 5 mail.contoso.com to the MX of contoso.com",
      `${both} 5 mail.contoso.com for contoso.com`,
      removeMail,
      `${both} 5 mail.contoso.com and nothing else for contoso.com`,
      "wait for caches to forget 10 mail.contoso.com for contoso.com (3,600 s)",
    ],
  },
  {
    when: "of a subdomain",
    args: mxArgs({ name: "sales", ttlSeconds: 300 }),
    says: [lowered.replace("contoso.com", "sales.contoso.com"), `${both} TTL 300 s for sales.contoso.com`],
  },
];

describe("the plan of an MX set", () => {
  testRows(rows);
  it("says until when a wait with a known end lasts", () => {
    const dues = (args: MxRecordArgs, actual: Partial<ActualMx>, seen: Omit<MxRecorded, "normal">) =>
      plan(args, actualMx(actual), mxRecorded({}, seen), eveningMs).steps.flatMap((step) => ("dueAtMs" in step ? [step.dueAtMs] : []));
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
    const recorded = mxRecorded({ exchanges: [mail, mail2], notes });
    const [lower] = plan(prepared, actualMx({ exchanges: [mail, mail2], notes }), recorded, eveningMs).steps;
    assert.deepEqual(lower, {
      kind: "rewrite",
      name: "contoso.com",
      fromSeconds: 3600,
      toSeconds: 300,
      notes: { "10 mail.contoso.com": mark, "20 mx2.contoso.com": mark },
      before: { exchanges: [mail, mail2], ttlSeconds: 3600, notes },
    });
    const [restore] = plan(
      online,
      actualMx({ exchanges: [mail, mail2], ttlSeconds: 300, notes: markedNotes(mail, mail2) }),
      recorded,
      eveningMs,
    ).steps;
    assert.deepEqual(restore, {
      kind: "rewrite",
      name: "contoso.com",
      fromSeconds: 300,
      toSeconds: 3600,
      notes,
      before: { exchanges: [mail, mail2], ttlSeconds: 300, notes: markedNotes(mail, mail2) },
    });
  });

  it("is stuck with the words of the server that does not follow", () => {
    const answers = [answer(ns1, [mail, buffer], 300), answer(ns2, [mail], 300)];
    const [wait] = plan(offline, actualMx({ ...amid, answers }), mxRecorded({}, low), eveningMs).steps;
    assert.ok(wait !== undefined && "stuck" in wait);
    assert.deepEqual(stuckWords(wait, 900_000), {
      sentence: `contoso.com: expected ${bufferServed}, and for 15 minutes ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}.`,
      remedy:
        "Nothing that senders still use was taken away. See to that server (zone transfer, NOTIFY), then run `pulumi up` again: it goes on from here.",
    });
  });
});
