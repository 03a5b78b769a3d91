// What is kept of a mail host at rest, and what may be asked of it when it comes home.
import assert from "node:assert/strict";
import type { SmtpReading } from "../../provider/mail/probe.ts";
import { askMs, demandsOf, remembered, sayUnproved } from "../../provider/resources/known-host.ts";
import type { KnownHost } from "../../provider/resources/known-host-shape.ts";
import { takesMail } from "../support/builders.ts";

const host = "mail.contoso.com";
const good: KnownHost = { host, reachable: true, startTls: true, accepts: true };
const silent: SmtpReading = { reachable: false, why: "connect ETIMEDOUT" };
const [first] = takesMail().recipients;

function answering(code: number): SmtpReading {
  assert.ok(first);
  return { ...takesMail(), recipients: [{ ...first, code }] };
}

const rows: readonly (readonly [what: string, before: readonly KnownHost[], reading: SmtpReading, after: readonly KnownHost[]])[] = [
  ["that takes mail is known so", [], takesMail(), [good]],
  ["behind a firewall that hides STARTTLS is known so", [good], { ...takesMail(), startTls: false }, [{ ...good, startTls: false }]],
  ["that refuses the recipient is known so", [], answering(550), [{ ...good, accepts: false }]],
  ["that puts us off for the first time is not known", [], answering(450), []],
  ["that puts us off just now is known as before", [good], answering(450), [good]],
  ["that says 421 for the first time is not known", [], { reachable: false, why: "421 too many connections", isPutOff: true }, []],
  ["that does not answer just now is known as before", [good], silent, [good]],
  ["that has never answered is known so", [], silent, [{ host, reachable: false, startTls: false, accepts: false }]],
  ["that answers at last is known anew", [{ host, reachable: false, startTls: false, accepts: false }], takesMail(), [good]],
  ["that is normal no more is forgotten", [{ ...good, host: "old.contoso.com" }], takesMail(), [good]],
];

describe("a normal mail host", () => {
  for (const [what, before, reading, after] of rows) it(what, () => assert.deepEqual(remembered(before, [{ host, reading }]), after));

  it("of which nothing is known must answer and take a real recipient, and no more", () => {
    assert.deepEqual(demandsOf(host, [{ ...good, host: "mx2.contoso.com" }]), { reachable: true, startTls: false, accepts: true });
  });

  it("that cannot be proved when it comes home is named beforehand, with why", () => {
    assert.deepEqual(
      sayUnproved([good, { ...good, host: "mx2.contoso.com", reachable: false }, { ...good, host: "mx3.contoso.com", accepts: false }]),
      [
        "mx2.contoso.com did not answer on port 25 from here while it was normal: whether it takes mail again cannot be checked from here.",
        "mx3.contoso.com refused the recipient it was asked for while it was normal: name a mailbox that it takes mail for (`probe.accepted`).",
      ],
    );
  });
});

describe("how long a host is asked", () => {
  it("is short for one that has never answered from here, so that only the first preview waits for it", () => {
    const [silent, answering] = [false, true].map((reachable) => [{ host: "mail.contoso.com", reachable, startTls: true, accepts: true }]);
    assert.deepEqual(
      [askMs("mail.contoso.com", []), askMs("mail.contoso.com", answering ?? []), askMs("mail.contoso.com", silent ?? [])],
      [10_000, 10_000, 2_000],
    );
  });
});
