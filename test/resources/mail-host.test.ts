// When a mail host is fit to be sent mail: what it refuses for good, what is waited for, and what is ours to correct.
import assert from "node:assert/strict";
import { stuckWords } from "../../provider/engine/progress.ts";
import type { RecipientAnswer, SmtpReading } from "../../provider/mail/probe.ts";
import { type Demands, fitnessOf, ofAnyHost, remedyFor } from "../../provider/resources/mail-host.ts";
import { takesMail } from "../support/builders.ts";

const host = "mail.contoso.com";
const remedy = "See to it.";

function answering(expected: "accepted" | "refused", code: number, text: string, about?: RecipientAnswer["about"]): SmtpReading {
  const reading = takesMail();
  const said = { code, text, ...(about === undefined ? {} : { about }) };
  return { ...reading, recipients: reading.recipients.map((one) => (one.expected === expected ? { ...one, ...said } : one)) };
}

interface Row {
  readonly what: string;
  readonly reading: SmtpReading;
  readonly demands?: Demands;
  readonly refuses?: readonly string[];
  readonly waits?: string;
  readonly remedy?: string;
}

const refused = "connect ECONNREFUSED 192.0.2.25:25";
const helo = "4.7.1 <x.contoso.com>: Helo command rejected: Host not found";
const rows: readonly Row[] = [
  { what: "takes the domain's mail over TLS and nothing else", reading: takesMail() },
  { what: "will forward the domain's mail", reading: answering("accepted", 251, "2.1.5 will forward") },
  { what: "does not answer yet", reading: { reachable: false, why: refused }, waits: `${host} to answer on port 25: ${refused}` },
  {
    what: "is no SMTP server",
    reading: { reachable: false, why: `${host}:25: answered with "HTTP/1.1 400" is not a reply`, isFinal: true },
    refuses: [`${host} does not answer on port 25: ${host}:25: answered with "HTTP/1.1 400" is not a reply.`],
  },
  {
    what: "lets nobody in from this machine",
    reading: { reachable: false, why: "refused the connection: 554 5.7.1 blocked", isFinal: true, about: "client" },
    refuses: [`${host} refuses this machine: refused the connection: 554 5.7.1 blocked.`],
    remedy: remedyFor.client,
  },
  {
    what: "offers no TLS",
    reading: { ...takesMail(), startTls: false },
    refuses: [`${host} offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.`],
  },
  { what: "offers no TLS, as ever", reading: { ...takesMail(), startTls: false }, demands: { ...ofAnyHost, startTls: false } },
  {
    what: "refuses the recipient for good",
    reading: answering("accepted", 554, "5.7.1 Relay access denied"),
    refuses: [`${host} refuses postmaster@contoso.com: expected 250, found "554 5.7.1 Relay access denied".`],
  },
  {
    what: "refuses the recipient, as ever",
    reading: answering("accepted", 550, "5.1.10 Recipient not found"),
    demands: { ...ofAnyHost, accepts: false },
  },
  { what: "cannot be reached, as ever", reading: { reachable: false, why: refused }, demands: { ...ofAnyHost, reachable: false } },
  {
    what: "greylists",
    reading: answering("accepted", 450, "4.2.0 Greylisted"),
    waits: `${host} to take postmaster@contoso.com: it puts us off with "450 4.2.0 Greylisted"`,
  },
  {
    what: "is short of resources",
    reading: answering("accepted", 452, "4.3.1 Insufficient system resources"),
    waits: `${host} to take postmaster@contoso.com: it puts us off with "452 4.3.1 Insufficient system resources"`,
  },
  {
    what: "puts off what nobody has, so that nobody knows what it would say",
    reading: answering("refused", 450, "4.3.2 Service currently unavailable"),
    waits: `${host} to say that nobody has nobody-here-4711@contoso.com: it puts us off with "450 4.3.2 Service currently unavailable"`,
  },
  {
    what: "accepts what nobody has",
    reading: answering("refused", 250, "2.1.5 Ok"),
    refuses: [`${host} accepts nobody-here-4711@contoso.com, which nobody has ("250 2.1.5 Ok"): it would bounce such mail later.`],
  },
  { what: "was not asked for what nobody has", reading: { ...takesMail(), recipients: takesMail().recipients.slice(0, 1) } },
  {
    what: "does not find our name for now",
    reading: answering("accepted", 450, helo, "helo"),
    waits: `${host} to take the name that we greet with: it puts us off with "450 ${helo}"`,
    remedy: remedyFor.helo,
  },
  {
    what: "refuses our sender for good",
    reading: answering("accepted", 550, "5.1.8 Domain not found", "sender"),
    refuses: [`${host} refuses the sender that we name: "550 5.1.8 Domain not found".`],
    remedy: remedyFor.sender,
  },
  {
    what: "refuses our name where it was asked for what nobody has",
    reading: answering("refused", 504, "5.5.2 Helo command rejected", "helo"),
    refuses: [`${host} refuses the name that we greet with: "504 5.5.2 Helo command rejected".`],
    remedy: remedyFor.helo,
  },
];

describe("a mail host", () => {
  for (const { what, reading, demands, refuses = [], waits, remedy: expected = remedy } of rows) {
    const fate = refuses.length > 0 ? "is refused" : waits === undefined ? "is fit" : "is waited for";
    it(`that ${what} ${fate}`, () => {
      const found = fitnessOf(host, reading, remedy, demands);
      assert.deepEqual(
        found.refusals,
        refuses.map((sentence) => ({ sentence, remedy: expected })),
      );
      assert.deepEqual(
        found.waits.map((wait) => [wait.for, wait.stuck?.remedy]),
        waits === undefined ? [] : [[waits, expected]],
      );
    });
  }

  it("that puts us off for too long is told with its words", () => {
    const [wait] = fitnessOf(host, answering("accepted", 421, "4.3.2 Service not active"), remedy).waits;
    assert.ok(wait);
    assert.deepEqual(stuckWords(wait, 900_000), {
      sentence: `${host} did not take postmaster@contoso.com for 15 minutes, and says "421 4.3.2 Service not active".`,
      remedy,
    });
  });

  it("that refuses our name for each recipient is told so once", () => {
    const both = takesMail().recipients.map((one) => ({ ...one, code: 550, text: "5.7.1 Helo", about: "helo" as const }));
    assert.equal(fitnessOf(host, { ...takesMail(), recipients: both }, remedy).refusals.length, 1);
  });

  it("with several faults has each of them told", () => {
    assert.equal(fitnessOf(host, { ...answering("refused", 250, "Ok"), startTls: false } as SmtpReading, remedy).refusals.length, 2);
  });
});
