// What a refusal is about, by the words of real servers.
import assert from "node:assert/strict";
import { type Asked, isTemporary, refusedOfUs } from "../../provider/mail/reply.ts";

const rows: readonly (readonly [asked: Asked, code: number, text: string, about: string | undefined])[] = [
  // Postfix, which keeps what it says of HELO and MAIL until RCPT.
  ["RCPT", 450, "4.7.1 <pulumi-exchange.invalid>: Helo command rejected: Host not found", "helo"],
  ["RCPT", 504, "5.5.2 <runner>: Helo command rejected: need fully-qualified hostname", "helo"],
  ["RCPT", 450, "4.1.8 <a@pulumi-exchange.invalid>: Sender address rejected: Domain not found", "sender"],
  ["RCPT", 550, "5.1.8 <a@pulumi-exchange.invalid>: Sender address rejected: Domain not found", "sender"],
  ["RCPT", 450, "4.7.25 Client host rejected: cannot find your hostname, [198.51.100.7]", "client"],
  ["RCPT", 554, "5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.org", "client"],
  ["RCPT", 550, "5.7.23 <anna@contoso.com>: Recipient address rejected: Message rejected due to: SPF fail", "sender"],
  ["RCPT", 550, "5.1.1 <anna@contoso.com>: Recipient address rejected: User unknown in relay recipient table", undefined],
  ["RCPT", 450, "4.2.0 <anna@contoso.com>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/", undefined],
  ["RCPT", 450, "4.3.2 Service currently unavailable", undefined],
  ["RCPT", 454, "4.7.1 <anna@contoso.com>: Relay access denied", undefined],
  ["MAIL", 452, "4.3.1 Insufficient system storage", undefined],
  // Exchange.
  ["MAIL", 452, "4.3.1 Insufficient system resources", undefined],
  ["MAIL", 421, "4.3.2 Service not active", undefined],
  ["EHLO", 501, "5.5.4 Invalid domain name", "helo"],
  ["MAIL", 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "sender"],
  ["MAIL", 530, "5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", "sender"],
  ["RCPT", 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", undefined],
  // Sendmail and Exim.
  ["MAIL", 553, "5.1.8 <a@b.invalid>... Domain of sender address a@b.invalid does not exist", "sender"],
  ["RCPT", 550, "Sender verify failed", "sender"],
  ["EHLO", 550, "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "helo"],
  ["connection", 554, "No SMTP service here", undefined],
  ["connection", 250, "2.1.0 Sender Ok", undefined],
];

describe("a refusing reply", () => {
  for (const [asked, code, text, about] of rows)
    it(`to ${asked}, "${code} ${text}", is about ${about ?? "nothing of ours"}`, () => assert.equal(refusedOfUs(asked, code, text), about));

  it("is for now with a 4, and for good with a 5", () => {
    assert.deepEqual([399, 400, 421, 499, 500, 554].map(isTemporary), [false, true, true, true, false, false]);
  });
});
