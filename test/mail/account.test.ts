// What may outlive the log: sums by zone and reason, and a few ids. Whose mail it was must stand in none of it.
import assert from "node:assert/strict";
import { accountOf, elsewhere } from "../../provider/mail/account.ts";
import type { LedgerEntry, LedgerRecipient } from "../../provider/mail/ledger.ts";
import type { LogEvent } from "../../provider/mail/log-events.ts";
import { zoneSums } from "../support/buffer-builders.ts";

const domains = ["contoso.com", "contoso.de"];

function entry(id: string, outcome: LedgerEntry["outcome"], recipients: readonly LedgerRecipient[], more: Partial<LedgerEntry> = {}) {
  return { id, currentId: id, messageId: `${id}@partner.example`, arrivedAtMs: 1_000, outcome, recipients, duplicated: 0, ...more };
}

function to(address: string, status: LedgerRecipient["status"], reply?: string): LedgerRecipient {
  return { address, status, ...(reply === undefined ? {} : { reply }) };
}

function refused(text: string, code = 550): LogEvent {
  return { atMs: 0, kind: "refused", code, text, recipient: "gone@contoso.com" };
}

const account = (entries: readonly LedgerEntry[], events: readonly LogEvent[] = []) => accountOf(entries, events, domains);
const repliesOf = (...replies: readonly string[]) =>
  account(
    [],
    replies.map((reply) => refused(reply.slice(4), Number(reply.slice(0, 3)))),
  ).refusals.map(({ reply }) => reply);

describe("the sums of each zone", () => {
  const both = [to("anna@contoso.com", "sent"), to("ben@contoso.de", "bounced")];
  const rows: readonly (readonly [string, LedgerEntry, ReturnType<typeof zoneSums>[]])[] = [
    ["delivered", entry("A", "delivered", [to("anna@contoso.com", "sent")]), [zoneSums("contoso.com", { accepted: 1, delivered: 1 })]],
    [
      "bounced in one zone is delivered in the other",
      entry("A", "bounced", both),
      [zoneSums("contoso.com", { accepted: 1, delivered: 1 }), zoneSums("contoso.de", { accepted: 1, bounced: 1 })],
    ],
    [
      "lost is lost in each zone, whatever was said of its recipients",
      entry("A", "lost", both),
      [zoneSums("contoso.com", { accepted: 1, lost: 1 }), zoneSums("contoso.de", { accepted: 1, lost: 1 })],
    ],
    [
      "still there for one of two recipients of a zone is still there",
      entry("A", "here", [to("anna@contoso.com", "sent"), to("ben@contoso.com", "waiting")]),
      [zoneSums("contoso.com", { accepted: 1, stillHere: 1 })],
    ],
    ["without a recipient in the log is told apart", entry("A", "here", []), [zoneSums(elsewhere, { accepted: 1, stillHere: 1 })]],
    [
      "for a domain that is none of the program's is told apart, and comes last",
      entry("A", "discarded", [to("x@a.example", "discarded"), to("anna@contoso.de", "sent")]),
      [zoneSums("contoso.de", { accepted: 1, delivered: 1 }), zoneSums(elsewhere, { accepted: 1, discarded: 1 })],
    ],
  ];
  for (const [what, message, zones] of rows) it(`a message that is ${what}`, () => assert.deepEqual(account([message]).zones, zones));
});

describe("the reasons", () => {
  it("are one where the code is the same, the most frequent first, and the rest is one number", () => {
    const texts = [1, 2, 2, 3, 3, 3, 4, 5, 6, 7].map((each) => refused(`5.7.${each} no ${each}`));
    const { refusals } = account([], texts);
    assert.deepEqual(
      refusals.map(({ count, reply }) => [count, reply]),
      [
        [3, "550 5.7.3 no 3"],
        [2, "550 5.7.2 no 2"],
        [1, "550 5.7.1 no 1"],
        [1, "550 5.7.4 no 4"],
        [1, "550 5.7.5 no 5"],
        [2, "for other reasons"],
      ],
    );
    assert.deepEqual(
      account([], [refused("5.1.1 <a@contoso.com>: unknown"), refused("5.1.1 no such mailbox")]).refusals.map(({ count }) => count),
      [2],
    );
  });

  it("of a bounce are Exchange's own words, with one message to look for", () => {
    const reply =
      "host mail.contoso.com[192.0.2.25] said: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient anna@contoso.com not found by SMTP address lookup (in reply to RCPT TO command)";
    assert.deepEqual(account([entry("4jW", "bounced", [to("anna@contoso.com", "bounced", reply)])]).bounces, [
      { count: 1, reply: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient … not found by SMTP address lookup", id: "4jW" },
    ]);
  });

  it("bear no address of a person, nor the host of a sender", () => {
    assert.deepEqual(
      repliesOf(
        "550 5.1.1 <anna.meier@contoso.com>: Recipient address rejected: User unknown in relay recipient table",
        "554 5.7.1 Service unavailable; Client host [203.0.113.7] blocked using zen.example; https://zen.example/ip/203.0.113.7",
        "450 4.7.1 <pc-of-anna>: Helo command rejected: Host not found",
        "554 5.7.8 Client [IPv6:2001:db8::dead:beef:1] and 2001:db8:0:1:2:3:4:5 refused, write to o'neil@contoso.com",
        '551 5.1.1 No mailbox "anna meier"@contoso.com here, nor anna@contoso.com.',
      ),
      [
        "550 5.1.1 <…>: Recipient address rejected: User unknown in relay recipient table",
        "554 5.7.1 Service unavailable; Client host […] blocked using zen.example; https://zen.example/ip/…",
        "450 4.7.1 <…>: Helo command rejected: Host not found",
        "554 5.7.8 Client […] and … refused, write to …",
        "551 5.1.1 No mailbox … here, nor …",
      ],
    );
  });

  it("are cut where a host says a great deal", () => assert.equal(repliesOf(`550 5.0.0 ${"x".repeat(900)}`)[0]?.length, 160));
});

describe("the messages that a person will look for", () => {
  it("are the lost ones, those that came twice, and the slowest, by queue id alone", () => {
    const entries = [
      entry("A", "lost", []),
      entry("B", "delivered", [to("anna@contoso.com", "sent")], { duplicated: 1, longestWayMs: 5_000 }),
      entry("C", "delivered", [to("anna@contoso.com", "sent")], { longestWayMs: 9_000, arrivedAtMs: 2_000 }),
    ];
    const { lostMessages, duplicatedMessages, longestWay } = account(entries);
    assert.deepEqual(
      [lostMessages, duplicatedMessages, longestWay],
      [[{ id: "A", arrivedAtMs: 1_000 }], [{ id: "B", arrivedAtMs: 1_000 }], { id: "C", arrivedAtMs: 2_000 }],
    );
    assert.equal(JSON.stringify(account(entries)).includes("@"), false);
    assert.equal("longestWay" in account([entry("A", "lost", [])]), false);
  });

  it("are twenty of each at most, however many were lost", () => {
    const many = Array.from({ length: 4_812 }, (_, index) => entry(`M${index}`, "lost", [], { duplicated: 1 }));
    const { lostMessages, duplicatedMessages } = account(many);
    assert.deepEqual([lostMessages.length, duplicatedMessages.length], [20, 20]);
  });
});
