// Mail that passes a content filter: lines as Postfix 3.7.11 was seen to write them (test/contract/postfix.test.ts has a real one), with the answers of amavisd-new.
import assert from "node:assert/strict";
import type { QueueEntry } from "../../provider/mail/buffer-reading.ts";
import { ledgerOf } from "../../provider/mail/ledger.ts";
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

describe("mail that passes a content filter of the buffer", () => {
  const [arrived = "", , identified = ""] = held;
  const lineAt = (seconds: number, said: string) => `Nov 21 01:44:${seconds} mx postfix/${said}`;
  const given = (answer: string, relay = "127.0.0.1[127.0.0.1]:10024") =>
    lineAt(
      43,
      `smtp-amavis/smtp[7]: 4jWZjw4n0vz1SCJW: to=<anna@contoso.com>, relay=${relay}, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (${answer})`,
    );
  const gone = lineAt(44, "qmgr[1]: 4jWZjw4n0vz1SCJW: removed");
  const arrivedAgain = (more = "") => lineAt(42, `smtpd[8]: 4jWZkz3lW3z1SC8K: client=localhost[127.0.0.1]${more}`);
  const identifiedAgain = lineAt(42, "cleanup[9]: 4jWZkz3lW3z1SC8K: message-id=<one@partner.example>");
  const activeAgain = lineAt(42, "qmgr[1]: 4jWZkz3lW3z1SC8K: from=<a@partner.example>, size=800, nrcpt=1 (queue active)");
  const again = (line: string) => line.replace("4jWZjw4n0vz1SCJW", "4jWZkz3lW3z1SC8K").replace("01:44:41", "01:44:59");
  const sentAgain = sent.map(again);
  const queuedAgain = "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4jWZkz3lW3z1SC8K";
  const first = [arrived, identified, active];
  const counts = (lines: readonly string[], queue: readonly QueueEntry[] = []) => {
    const { accepted, recipients, delivered, stillHere, bounced, discarded, lost, duplicated } = account(lines, queue).totals;
    return { accepted, recipients, delivered, stillHere, bounced, discarded, lost, duplicated };
  };
  const one = { accepted: 1, recipients: 1, delivered: 0, stillHere: 0, bounced: 0, discarded: 0, lost: 0, duplicated: 0 };

  const ways: readonly (readonly [string, readonly string[]])[] = [
    [
      "the id that it passes on",
      [arrivedAgain(", orig_queue_id=4jWZjw4n0vz1SCJW, orig_client=mx[198.51.100.7]"), activeAgain, given("250 Ok"), gone],
    ],
    ["the id in its answer", [arrivedAgain(), activeAgain, given(queuedAgain), gone]],
    ["the id in its answer, which is logged first", [given(queuedAgain), arrivedAgain(), activeAgain, gone]],
    ["the Message-ID", [arrivedAgain(), identifiedAgain, activeAgain, given("250 2.0.0 Ok, id=02117-04"), gone]],
    [
      "the Message-ID, its answer cut by syslog",
      [arrivedAgain(), identifiedAgain, activeAgain, given("250 2.0.0 Ok: que").slice(0, -1), gone],
    ],
    [
      "the Message-ID, from a script that calls sendmail",
      [
        lineAt(42, "pickup[3]: 4jWZkz3lW3z1SC8K: uid=115 from=<a@partner.example>"),
        identifiedAgain,
        activeAgain,
        given("delivered via filter service", "filter"),
        gone,
      ],
    ],
  ];
  for (const [how, lines] of ways) {
    it(`is one message, known by ${how}`, () => {
      assert.deepEqual(counts([...first, ...lines, ...sentAgain]), { ...one, delivered: 1 });
      assert.equal(account([...first, ...lines, ...sentAgain]).totals.longestWayMs, 71_000);
      assert.deepEqual(counts([...first, ...lines], [{ ...queued, id: "4jWZkz3lW3z1SC8K", queue: "deferred" }]), { ...one, stillHere: 1 });
      assert.deepEqual(counts([...first, ...lines]), { ...one, lost: 1 });
      const bounced = (sentAgain[0] ?? "").replace("status=sent (250 2.6.0", "status=bounced (host mail.contoso.com said: 550 5.1.10");
      assert.deepEqual(counts([...first, ...lines, bounced, sentAgain[1] ?? ""]), { ...one, bounced: 1 });
    });
  }

  it("and is not given back is discarded, never delivered to Exchange", () => {
    for (const answer of ["250 2.7.0 Ok, discarded, id=02117-04 - INFECTED: Eicar", "250 2.0.0 Ok: queued as 4C0000zzz"])
      assert.deepEqual(counts([...first, given(answer), gone]), { ...one, discarded: 1 });
    const { recipients } = account([...first, given("250 2.7.0 Ok, discarded"), gone]).entries[0] ?? {};
    assert.deepEqual(recipients, [{ address: "anna@contoso.com", status: "discarded", reply: "250 2.7.0 Ok, discarded" }]);
  });

  for (const relay of ["127.0.0.1[127.0.0.1]:25", "localhost[::1]:25", "local", "none", "mx[/var/run/dovecot/lmtp]", "[IPv6:::1]:25"]) {
    it(`and was handed over to ${relay} has not reached Exchange`, () => {
      assert.deepEqual(counts([...first, given("250 2.6.0 [InternalId=7] Queued mail for delivery", relay), gone]), {
        ...one,
        discarded: 1,
      });
    });
  }

  it("and is given back for one of two recipients is discarded for the other", () => {
    const two = [arrived, identified, active.replace("nrcpt=1", "nrcpt=2")];
    const other = given(queuedAgain).replace("anna@", "ben@");
    const lines = [...two, arrivedAgain(), activeAgain, given(queuedAgain), other, gone, ...sentAgain];
    assert.deepEqual(counts(lines), { ...one, recipients: 2, discarded: 1 });
  });

  it("and is given back twice is delivered twice", () => {
    const third = (line: string) => line.replace("4jWZkz3lW3z1SC8K", "4jWZmJ0PGfz1SCPJ");
    const back = [arrivedAgain(), identifiedAgain, activeAgain];
    const lines = [...first, ...back, ...back.map(third), given(queuedAgain), gone, ...sentAgain, ...sentAgain.map(third)];
    assert.deepEqual(counts(lines), { ...one, delivered: 1, duplicated: 1 });
  });

  it("and what another host sends with the same Message-ID is a message of its own", () => {
    const copy = [arrivedAgain().replace("localhost[127.0.0.1]", "mx[198.51.100.7]"), identifiedAgain, activeAgain, ...sentAgain];
    assert.deepEqual(counts([...first, ...copy, ...sent]), { ...one, accepted: 2, delivered: 2 });
  });

  it("and was dropped by a milter or a rule is discarded, and one that a milter quarantined is here", () => {
    const ruled = (rule: string) => [
      arrived,
      identified,
      lineAt(42, `cleanup[9]: 4jWZjw4n0vz1SCJW: ${rule}: END-OF-MESSAGE from mx[198.51.100.7]: milter triggers it`),
    ];
    for (const rule of ["milter-discard", "discard"]) assert.deepEqual(counts(ruled(rule)), { ...one, recipients: 0, discarded: 1 });
    assert.deepEqual(counts(ruled("milter-hold"), [queued]), { ...one, stillHere: 1 });
  });

  it("mail that a program on the buffer writes is nobody's", () => {
    const lines = [lineAt(42, "pickup[3]: 4jWZkz3lW3z1SC8K: uid=0 from=<root>"), identifiedAgain, activeAgain, ...sentAgain];
    assert.deepEqual(counts(lines), { ...one, accepted: 0, recipients: 0 });
  });
});
