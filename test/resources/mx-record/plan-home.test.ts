// What is planned to bring an MX set back to what is normal, in words: a row for each state on the way.
import assert from "node:assert/strict";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import { actualMx, answer, buffer, mail, mail2, mark, markedNotes, mxArgs, mxRecorded, online } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import {
  addMail,
  amid,
  both,
  mailAlone,
  mailLow,
  mailServed,
  ns1,
  ns2,
  paused,
  type Row,
  raised,
  removeBuffer,
  serial,
  testRows,
} from "./words.ts";

const rows: readonly Row[] = [
  {
    when: "online, with the set said in another order than it is found in",
    args: mxArgs({ exchanges: [mail2, mail] }),
    actual: { exchanges: [mail, mail2], notes: markedNotes(mail, mail2) },
    says: [],
  },
  {
    when: "from offline to online",
    args: online,
    actual: paused,
    says: [addMail, `${both} ${mailServed}`, removeBuffer, `${both} ${mailAlone}`, raised, `${both} TTL 3,600 s for contoso.com`],
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
      `${both} TTL 3,600 s for contoso.com`,
    ],
  },
  {
    when: "to online, the buffer removed, ns2 lagging",
    args: online,
    actual: { ...mailLow, answers: [answer(ns1, [mail], 300), answer(ns2, [mail, buffer], 300)] },
    says: [
      `wait for ${mailAlone}: ${ns2} still answers 10 buffer.contoso-mail.net, 10 mail.contoso.com with TTL 300 s ${serial}`,
      raised,
      `${both} TTL 3,600 s for contoso.com`,
    ],
  },
  { when: "to online, all but the TTL", args: online, actual: mailLow, says: [raised, `${both} TTL 3,600 s for contoso.com`] },
  {
    when: "to online, the TTL raised, ns2 lagging",
    args: online,
    actual: { answers: [answer(ns1, [mail], 3600), answer(ns2, [mail], 300)] },
    says: [`wait for TTL 3,600 s for contoso.com: ${ns2} still answers 10 mail.contoso.com with TTL 300 s ${serial}`],
  },
  {
    when: "from offline to online, with tags that the record had, and what the API does not take",
    args: online,
    actual: { ...paused, takes: ["tags"] },
    recorded: mxRecorded({ attributes: { "10 mail.contoso.com": { tags: ["team:mail"], x_new: 1 } } }),
    says: [
      addMail,
      `${both} ${mailServed}`,
      removeBuffer,
      `${both} ${mailAlone}`,
      `${raised}, and give 10 mail.contoso.com its tags`,
      `${both} TTL 3,600 s for contoso.com`,
    ],
  },
  {
    when: "online, but without the tags that it had",
    args: online,
    recorded: mxRecorded({ attributes: { "10 mail.contoso.com": { tags: ["team:mail"] } } }),
    says: ["restore the remarks on the MX records of contoso.com, and give 10 mail.contoso.com its tags"],
  },
  {
    when: "online, with other tags than it had: somebody meant it so",
    args: online,
    actual: { attributes: { "10 mail.contoso.com": { tags: ["team:other"] } } },
    recorded: mxRecorded({ attributes: { "10 mail.contoso.com": { tags: ["team:mail"] } } }),
    says: [],
  },
  {
    when: "online, but a mark is left behind",
    args: online,
    actual: { notes: markedNotes(mail) },
    says: ["restore the remarks on the MX records of contoso.com"],
  },
  {
    when: "back to an automatic TTL, though it lasts no longer than the one in force",
    args: online,
    actual: mailLow,
    recorded: mxRecorded({ ttlSeconds: 1 }),
    says: ["set the TTL of the MX of contoso.com from 300 s to automatic", `${both} TTL 300 s for contoso.com`],
  },
  {
    when: "back to two hosts",
    args: online,
    actual: paused,
    recorded: mxRecorded({ exchanges: [mail, mail2] }),
    says: [
      addMail,
      "add 20 mx2.contoso.com to the MX of contoso.com",
      `${both} 10 mail.contoso.com, 20 mx2.contoso.com for contoso.com`,
      removeBuffer,
      `${both} 10 mail.contoso.com, 20 mx2.contoso.com and nothing else for contoso.com`,
      raised,
      `${both} TTL 3,600 s for contoso.com`,
    ],
  },
  {
    when: "to online, the TTL just lowered and ns2 lagging, which is of no interest any more",
    args: online,
    actual: { ...mailLow, answers: [answer(ns1, [mail], 300), answer(ns2, [mail], 3600)] },
    says: [raised, `${both} TTL 3,600 s for contoso.com`],
  },
  {
    when: "to online, where all had been lost, mail added again, ns2 knowing of none yet",
    args: online,
    actual: { ttlSeconds: 300, answers: [answer(ns1, [mail], 300), answer(ns2, [], 3600)] },
    recorded: mxRecorded({ ttlSeconds: 300 }),
    says: [`wait for ${mailAlone}: ${ns2} still answers no MX with TTL 3,600 s ${serial}`],
  },
];

describe("the plan of an MX set, on the way home", () => {
  testRows(rows);

  it("begins with the host where nothing is there whose TTL could be lowered", () => {
    const { steps } = plan(
      mxArgs({ ttlSeconds: 60 }),
      actualMx({ exchanges: [], ttlSeconds: 1 }),
      mxRecorded({ ttlSeconds: 300 }),
      eveningMs,
    );
    const before = { exchanges: [], ttlSeconds: 1, notes: {} };
    const note = mark.replace("3600", "300");
    assert.deepEqual(steps[0], { kind: "add", name: "contoso.com", exchange: mail, ttlSeconds: 60, note, before });
  });

  it("makes each step for the set that the one before it leaves", () => {
    const { steps } = plan(online, actualMx(paused), mxRecorded({ notes: { "10 mail.contoso.com": "front end" } }), eveningMs);
    assert.deepEqual(
      steps.flatMap((step) => (step.kind === "wait" ? [] : [step.before])),
      [paused, { ...amid, exchanges: [buffer, mail] }, mailLow],
    );
  });

  it("adds a host with the low TTL and our mark", () => {
    const [add] = plan(online, actualMx(paused), mxRecorded({ notes: { "10 mail.contoso.com": "front end" } }), eveningMs).steps;
    assert.deepEqual(add, { kind: "add", name: "contoso.com", exchange: mail, ttlSeconds: 300, note: mark, before: paused });
  });
});
