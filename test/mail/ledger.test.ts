// The ledger from log lines in the form of a real Postfix 3.7.11, under both kinds of time.
import assert from "node:assert/strict";
import type { QueueEntry } from "../../provider/mail/buffer-reading.ts";
import { ledgerOf, untoldOf } from "../../provider/mail/ledger.ts";
import { readLog } from "../../provider/mail/log-events.ts";

const nowMs = Date.UTC(2026, 10, 21, 3, 0, 0);
const time = { nowMs, offsetMinutes: 0 };
const held = [
  "Nov 21 01:43:48 mx postfix/smtpd[16293]: 4jWZjw4n0vz1SCJW: client=localhost[127.0.0.1]",
  "Nov 21 01:43:48 mx postfix/smtpd[16293]: 4jWZjw4n0vz1SCJW: hold: END-OF-MESSAGE from localhost[127.0.0.1]: <localhost[127.0.0.1]>: Client host triggers HOLD action; from=<a@partner.example> to=<anna@contoso.com> proto=ESMTP helo=<vm>",
  "Nov 21 01:43:48 mx postfix/cleanup[16296]: 4jWZjw4n0vz1SCJW: message-id=<one@partner.example>",
];
const active = "Nov 21 01:44:41 mx postfix/qmgr[16232]: 4jWZjw4n0vz1SCJW: from=<a@partner.example>, size=401, nrcpt=1 (queue active)";
const sent = [
  "Nov 21 01:44:41 mx postfix/relay/smtp[16679]: 4jWZjw4n0vz1SCJW: to=<anna@contoso.com>, relay=mail.contoso.com[192.0.2.25]:25, delay=53, delays=53/0/0/0, dsn=2.6.0, status=sent (250 2.6.0 <one@partner.example> [InternalId=7] Queued mail for delivery)",
  "Nov 21 01:44:41 mx postfix/qmgr[16232]: 4jWZjw4n0vz1SCJW: removed",
];
const deferred =
  "Nov 21 01:44:38 mx postfix/relay/smtp[16679]: 4jWZjw4n0vz1SCJW: to=<anna@contoso.com>, relay=none, delay=50, delays=50/0.01/0/0, dsn=4.4.1, status=deferred (connect to 127.0.0.1[127.0.0.1]:2526: Connection refused)";
const queued: QueueEntry = {
  id: "4jWZjw4n0vz1SCJW",
  queue: "hold",
  arrivedAtMs: Date.UTC(2026, 10, 21, 1, 43, 48),
  sizeBytes: 401,
  sender: "a@partner.example",
  recipients: ["anna@contoso.com"],
};

const account = (lines: readonly string[], queue: readonly QueueEntry[] = [], readAtMs = nowMs) =>
  ledgerOf(readLog(lines, time), { queue, readAtMs });
const outcomes = (ledger: ReturnType<typeof ledgerOf>) => ledger.entries.map(({ outcome }) => outcome);

describe("the ledger of the buffer", () => {
  it("a held message is here, with its recipient from the queue", () => {
    const { entries, totals } = account(held, [queued]);
    assert.deepEqual(entries, [
      {
        id: "4jWZjw4n0vz1SCJW",
        currentId: "4jWZjw4n0vz1SCJW",
        messageId: "one@partner.example",
        arrivedAtMs: Date.UTC(2026, 10, 21, 1, 43, 48),
        outcome: "here",
        recipients: [{ address: "anna@contoso.com", status: "waiting" }],
        duplicated: 0,
      },
    ]);
    assert.deepEqual(totals, {
      accepted: 1,
      recipients: 1,
      delivered: 0,
      stillHere: 1,
      bounced: 0,
      discarded: 0,
      refused: 0,
      duplicated: 0,
      lost: 0,
    });
  });

  it("the same message is lost when the queue does not have it", () => {
    const { entries, totals } = account(held);
    assert.deepEqual(outcomes({ entries, totals }), ["lost"]);
    assert.equal(totals.lost, 1);
  });

  it("a message that came after the queue was read is not lost", () => {
    assert.deepEqual(outcomes(account(held, [], Date.UTC(2026, 10, 21, 1, 43, 48))), ["here"]);
    assert.deepEqual(outcomes(account(held, [], Date.UTC(2026, 10, 21, 1, 43, 49))), ["lost"]);
  });

  it("a delivered message counts with the next hop's word and the way it took", () => {
    const { entries, totals } = account([...held, active, ...sent]);
    assert.deepEqual(outcomes({ entries, totals }), ["delivered"]);
    assert.equal(entries[0]?.recipients[0]?.reply, "250 2.6.0 <one@partner.example> [InternalId=7] Queued mail for delivery");
    assert.equal(totals.longestWayMs, 53_000);
  });

  it("what the log says after the queue was read counts more than the queue", () => {
    assert.deepEqual(outcomes(account([...held, active, ...sent], [{ ...queued, queue: "active" }])), ["delivered"]);
  });

  it("a message put off is here while the queue has it", () => {
    assert.deepEqual(outcomes(account([...held, active, deferred], [{ ...queued, queue: "deferred" }])), ["here"]);
  });

  it("one of two recipients delivered is not the whole message", () => {
    const two = active.replace("nrcpt=1", "nrcpt=2");
    const other = sent.map((line) => line.replace("to=<anna@contoso.com>", "to=<ben@contoso.com>"));
    assert.deepEqual(outcomes(account([...held, two, ...sent])), ["lost"]);
    assert.deepEqual(outcomes(account([...held, two, sent[0] ?? "", ...other])), ["delivered"]);
  });

  it("a recipient refused by the next hop makes the message bounced, and the notice is no message of its own", () => {
    const lines = [
      ...held,
      active,
      "Nov 21 01:45:36 mx postfix/relay/smtp[17260]: 4jWZjw4n0vz1SCJW: to=<anna@contoso.com>, relay=127.0.0.1[127.0.0.1]:2526, delay=0.07, delays=0.03/0.02/0/0.02, dsn=5.3.0, status=bounced (host 127.0.0.1[127.0.0.1] said: 500 5.3.0 Error: command failed (in reply to RCPT TO command))",
      "Nov 21 01:45:36 mx postfix/cleanup[17259]: 4jWZm027lJz1SCBp: message-id=<4jWZm027lJz1SCBp@mx.example.test>",
      "Nov 21 01:45:36 mx postfix/qmgr[17242]: 4jWZm027lJz1SCBp: from=<>, size=2318, nrcpt=1 (queue active)",
      "Nov 21 01:45:36 mx postfix/bounce[17262]: 4jWZjw4n0vz1SCJW: sender non-delivery notification: 4jWZm027lJz1SCBp",
      "Nov 21 01:45:36 mx postfix/qmgr[17242]: 4jWZjw4n0vz1SCJW: removed",
    ];
    assert.deepEqual(account(lines).totals, {
      accepted: 1,
      recipients: 1,
      delivered: 0,
      stillHere: 0,
      bounced: 1,
      discarded: 0,
      refused: 0,
      duplicated: 0,
      lost: 0,
    });
  });

  it("an expired message counts as bounced", () => {
    const expired =
      "Nov 21 01:45:31 mx postfix/qmgr[17101]: 4jWZjw4n0vz1SCJW: from=<a@partner.example>, status=expired, returned to sender";
    assert.deepEqual(outcomes(account([...held, active, deferred, expired, sent[1] ?? ""])), ["bounced"]);
  });

  it("a requeued message is followed to its new id", () => {
    const renamed = (line: string) => line.replace("4jWZjw4n0vz1SCJW", "4jWZkz3lW3z1SC8K");
    const lines = [
      ...held,
      "Nov 21 01:44:43 mx postfix/postsuper[16803]: 4jWZjw4n0vz1SCJW: requeued",
      "Nov 21 01:44:43 mx postfix/pickup[16231]: 4jWZkz3lW3z1SC8K: uid=103 from=<a@partner.example> orig_id=4jWZjw4n0vz1SCJW",
      "Nov 21 01:44:43 mx postfix/cleanup[16296]: 4jWZkz3lW3z1SC8K: message-id=<one@partner.example>",
    ];
    const { entries, totals } = account([...lines, renamed(active), ...sent.map(renamed)]);
    assert.deepEqual(
      [entries[0]?.id, entries[0]?.currentId, totals.accepted, totals.delivered],
      ["4jWZjw4n0vz1SCJW", "4jWZkz3lW3z1SC8K", 1, 1],
    );
    assert.deepEqual(outcomes(account(lines, [{ ...queued, id: "4jWZkz3lW3z1SC8K", queue: "active" }])), ["here"]);
  });

  it("a message deleted by hand is lost, though the queue was read before", () => {
    const { entries } = account([...held, "Nov 21 01:44:41 mx postfix/postsuper[9]: 4jWZjw4n0vz1SCJW: removed"], [queued]);
    assert.equal(entries[0]?.outcome, "lost");
  });

  it("a message deleted by hand is lost for the recipients that were left, though another's copy had bounced", () => {
    const bounced = (sent[0] ?? "").replace("status=sent (250 2.6.0", "status=bounced (host mail.contoso.com said: 550 5.1.10");
    const deleted = "Nov 21 01:44:42 mx postfix/postsuper[9]: 4jWZjw4n0vz1SCJW: removed";
    assert.deepEqual(outcomes(account([...held, active.replace("nrcpt=1", "nrcpt=2"), bounced, deleted])), ["lost"]);
  });

  it("a sender that broke off left no message", () => {
    const lines = [
      "Nov 21 01:45:52 mx postfix/smtpd[17610]: 4jWZmJ0PGfz1SCPJ: client=localhost[127.0.0.1]",
      "Nov 21 01:45:52 mx postfix/smtpd[17610]: lost connection after DATA (28 bytes) from localhost[127.0.0.1]",
      "Nov 21 01:45:52 mx postfix/cleanup[17613]: 4jWZmJ0PGfz1SCPJ: message-id=<abc@def>",
    ];
    assert.equal(account(lines).totals.accepted, 0);
  });

  it("a recipient refused in the dialogue is counted, and nothing was taken", () => {
    const line =
      "Nov 21 01:43:48 mx postfix/smtpd[16293]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 550 5.1.1 <nobody@contoso.com>: Recipient address rejected: User unknown in relay recipient table; from=<a@partner.example> to=<nobody@contoso.com> proto=ESMTP helo=<vm>";
    assert.deepEqual([account([line]).totals.refused, account([line]).totals.accepted], [1, 0]);
  });

  it("the same recipient delivered twice is a duplicate", () => {
    assert.equal(account([...held, active, sent[0] ?? "", ...sent]).totals.duplicated, 1);
  });
});

describe("a line that syslog cut", () => {
  const whole = sent[0] ?? "";
  for (const cut of [
    whole.slice(0, -1),
    whole.slice(0, -40),
    whole.slice(0, whole.indexOf("(250") + 1),
    whole.slice(0, whole.indexOf("(250")),
  ]) {
    it(`is no lost message where it ends with "${cut.slice(-12)}"`, () => {
      const { totals } = account([...held, active, cut.trimEnd(), sent[1] ?? ""]);
      assert.deepEqual([totals.delivered, totals.lost], [1, 0]);
    });
  }
});

describe("what the queue has and the log does not tell of", () => {
  it("is named, but for what was there before and what is just on its way in", () => {
    const events = readLog(held, time);
    const later = { ...queued, id: "4jWZkz3lW3z1SC8K" };
    const untold = (sinceMs: number, queue: readonly QueueEntry[]) => untoldOf(events, queue, sinceMs).map(({ id }) => id);
    assert.deepEqual(untold(0, [queued, later]), ["4jWZkz3lW3z1SC8K"]);
    assert.deepEqual(untold(later.arrivedAtMs, [later]), []);
    assert.deepEqual(
      untold(0, [
        { ...later, queue: "maildrop" },
        { ...later, queue: "incoming" },
      ]),
      [],
    );
  });
});
