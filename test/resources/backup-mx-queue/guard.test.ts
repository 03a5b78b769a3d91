// When the buffer is not touched at all, and what is said then. Each refusal has a twin, one thing apart, that is let through.
import assert from "node:assert/strict";
import type { ReachableHost, SmtpReading } from "../../../provider/mail/probe.ts";
import { plan } from "../../../provider/resources/backup-mx-queue/plan.ts";
import type { BackupMxQueueArgs, BufferRecorded } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, bufferHost, claimed, held, type Seen } from "../../support/buffer-builders.ts";
import { takesMail } from "../../support/builders.ts";

const remedy = "The MX was not changed. Correct it on the host, then run `pulumi up` again.";

function refusals(state: BackupMxQueueArgs["state"], actual: Seen, recorded: BufferRecorded = {}, args: Partial<BackupMxQueueArgs> = {}) {
  return plan(bufferArgs(state, args), actualBuffer(actual), recorded).refusals;
}

function answering(expected: "accepted" | "refused", code: number, text: string): ReachableHost {
  const reading = takesMail();
  return {
    ...reading,
    recipients: reading.recipients.map((recipient) => (recipient.expected === expected ? { ...recipient, code, text } : recipient)),
  };
}

describe("a buffer that another program has claimed", () => {
  const claim = { program: "fabrikam/rome", sinceMs: Date.UTC(2026, 11, 5, 18, 2, 59) };
  const words = {
    sentence: `${bufferHost} is in use by another program, fabrikam/rome, since Sat 5 Dec 18:02 UTC (19:02 in Berlin); this one is contoso/berlin. Nothing was changed.`,
    remedy: `Two programs must not pause one site. Use fabrikam/rome, or, if that program is gone or was this one before it was renamed, type: ssh -p 22 mailops@${bufferHost} sudo rm /var/lib/pulumi-exchange/claim`,
  };
  for (const state of ["held", "released"] as const) {
    it(`is left as it is when it is to be ${state}`, () => assert.deepEqual(refusals(state, { claim }), [words]));
    it(`is used when the claim is our own and it is to be ${state}`, () => assert.deepEqual(refusals(state, { claim: claimed }), []));
    it(`is used when the claim bears the name that this program was recorded under and it is to be ${state}`, () =>
      assert.deepEqual(refusals(state, { claim }, { program: "fabrikam/rome" }), []));
    it(`is left as it is when another name was recorded and it is to be ${state}`, () =>
      assert.deepEqual(refusals(state, { claim }, { program: "contoso/rome" }), [words]));
    it(`is used when nobody claims it and it is to be ${state}`, () => assert.deepEqual(refusals(state, { claim: undefined }), []));
  }
});

describe("a buffer that is to begin to hold mail", () => {
  const rows: readonly { readonly what: string; readonly actual: Seen; readonly says: readonly string[] }[] = [
    { what: "fit for it", actual: {}, says: [] },
    {
      what: "with settings that lose mail",
      actual: { problems: ["maximal_queue_lifetime is 5d; expected at least 14d", "relay_recipient_maps is empty"] },
      says: [
        `${bufferHost} would lose mail: maximal_queue_lifetime is 5d; expected at least 14d`,
        `${bufferHost} would lose mail: relay_recipient_maps is empty`,
      ],
    },
    {
      what: "that does not relay one of the domains",
      actual: { relayDomains: ["contoso.com", "contoso.org"] },
      says: [`${bufferHost} does not take mail for contoso.de: it is not in relay_domains (contoso.com, contoso.org).`],
    },
    {
      what: "that relays none",
      actual: { relayDomains: [] },
      says: ["contoso.com", "contoso.de"].map(
        (domain) => `${bufferHost} does not take mail for ${domain}: it is not in relay_domains (empty).`,
      ),
    },
    {
      what: "whose domains stand in a table, which only its answers tell",
      actual: { relayDomains: ["lmdb:/etc/postfix/relay"] },
      says: [],
    },
    { what: "whose domains stand in a file", actual: { relayDomains: ["/etc/postfix/relay-domains"] }, says: [] },
    {
      what: "with little disk",
      actual: { freeBytes: 999_000_000 },
      says: [`${bufferHost} has 999 MB free for its queue; expected at least 1 GB.`],
    },
    { what: "with just enough disk", actual: { freeBytes: 1_000_000_000 }, says: [] },
    {
      what: "that has no address",
      actual: { ownProbe: { reachable: false, why: "getaddrinfo ENOTFOUND buffer.contoso-mail.net.", isFinal: true } },
      says: [`${bufferHost} does not answer on port 25: getaddrinfo ENOTFOUND buffer.contoso-mail.net.`],
    },
    {
      what: "that offers no TLS",
      actual: { ownProbe: { ...takesMail(), startTls: false } },
      says: [`${bufferHost} offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.`],
    },
    {
      what: "that refuses a recipient",
      actual: { ownProbe: answering("accepted", 554, "5.7.1 Relay access denied") },
      says: [`${bufferHost} refuses postmaster@contoso.com: expected 250, found "554 5.7.1 Relay access denied".`],
    },
    {
      what: "that accepts what nobody has",
      actual: { ownProbe: answering("refused", 250, "2.1.5 Ok") },
      says: [`${bufferHost} accepts nobody-here-4711@contoso.com, which nobody has ("250 2.1.5 Ok"): it would bounce such mail later.`],
    },
    {
      what: "with several faults at once",
      actual: { freeBytes: 1_000_000, ownProbe: { ...answering("refused", 250, "Ok"), startTls: false } },
      says: [
        `${bufferHost} has 1 MB free for its queue; expected at least 1 GB.`,
        `${bufferHost} offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.`,
        `${bufferHost} accepts nobody-here-4711@contoso.com, which nobody has ("250 Ok"): it would bounce such mail later.`,
      ],
    },
  ];
  for (const { what, actual, says } of rows) {
    it(`${what}, ${says.length === 0 ? "may" : "may not"}`, () => {
      assert.deepEqual(
        refusals("held", actual),
        says.map((sentence) => ({ sentence, remedy })),
      );
    });
    if (says.length === 0) continue;
    it(`${what}, goes on where it holds mail already: not to hold would lose more`, () => {
      assert.deepEqual(refusals("held", { ...actual, holding: true }), []);
    });
    it(`${what}, gives back what it holds all the same`, () => {
      for (const holding of [true, false]) assert.deepEqual(refusals("released", { ...actual, holding, queue: [held("A")] }), []);
    });
  }
});

describe("a buffer that puts us off", () => {
  const firstOf = (actual: Seen) => {
    const { steps, refusals: found } = plan(bufferArgs("held"), actualBuffer(actual), {});
    return [found, steps.map((step) => (step.kind === "wait" ? step.for : step.kind))[0]];
  };

  it("is waited for before it begins to hold mail", () => {
    const ownProbe: SmtpReading = { reachable: false, why: "connect ECONNREFUSED" };
    assert.deepEqual(firstOf({ ownProbe }), [[], `${bufferHost} to answer on port 25: connect ECONNREFUSED`]);
  });

  it("when the test message is about to be sent, is waited for", () => {
    const tokenProbe = answering("accepted", 450, "4.2.0 Greylisted");
    assert.deepEqual(firstOf({ holding: true, tokenProbe }), [
      [],
      `${bufferHost} to take postmaster@contoso.com: it puts us off with "450 4.2.0 Greylisted"`,
    ]);
  });

  it("for good, gets no test message", () => {
    assert.equal(refusals("held", { holding: true, tokenProbe: answering("accepted", 554, "5.7.1 no") }).length, 1);
  });
});

describe("a buffer whose log cannot be read", () => {
  const unreadable = `${bufferHost}: the journal may not be read (No journal files were opened due to insufficient permissions.)`;
  const log = { unreadable };
  const words = (right: string) => ({
    sentence: `${unreadable}: nothing would prove that no mail was lost.`,
    remedy: `The MX was not changed. Name the file that Postfix writes its log to as logFile, or leave it to the journal; if mailops may not read it, ${right}. Then run \`pulumi up\` again.`,
  });

  it("is not used, and what the user needs is said", () => {
    assert.deepEqual(refusals("held", { log }), [words("the sudo rules of mailops must name what docs/site-pause.md lists")]);
    assert.deepEqual(refusals("held", { log }, {}, { sudo: false }), [
      words(`type: ssh -p 22 root@${bufferHost} usermod -aG adm,systemd-journal mailops`),
    ]);
  });

  it("goes on where it holds mail already, and gives back what it holds", () => {
    assert.deepEqual(refusals("held", { log, holding: true }), []);
    assert.deepEqual(refusals("released", { log, holding: true, queue: [held("A")] }), []);
  });
});

describe("a next hop that mail is about to be released to", () => {
  const host = "mail.contoso.com";
  const kept = `Mail stays held on ${bufferHost}; nothing is released. See to ${host}, then run \`pulumi up\` again: it goes on from here.`;
  const released = (reading: SmtpReading, recorded: BufferRecorded = {}) => {
    const actual = actualBuffer({ holding: true, queue: [held("A")], nextHopProbe: { host, reading } });
    const { steps, refusals: found } = plan(bufferArgs("released"), actual, recorded);
    const [first] = steps;
    return { found, first: first?.kind === "wait" ? first.for : first?.kind };
  };
  const silent: SmtpReading = { reachable: false, why: "connect ETIMEDOUT" };
  const rows: readonly (readonly [string, SmtpReading, string, BufferRecorded?])[] = [
    ["takes the mail", takesMail(), "unhold"],
    ["offers no TLS", { ...takesMail(), startTls: false }, "unhold"],
    ["does not answer yet", silent, `${host} to answer on port 25: connect ETIMEDOUT`],
    ["never answered from here", silent, "unhold", { nextHop: { host, reachable: false, startTls: false, accepts: false } }],
    [
      "does not take the mail yet",
      answering("accepted", 421, "4.3.2 Service not active"),
      `${host} to take postmaster@contoso.com: it puts us off with "421 4.3.2 Service not active"`,
    ],
  ];
  for (const [what, reading, first, recorded] of rows)
    it(`and ${what}: ${first}`, () => assert.deepEqual(released(reading, recorded), { found: [], first }));

  it("and refuses the recipient for good: nothing is released", () => {
    assert.deepEqual(released(answering("accepted", 550, "5.1.1 no")).found, [
      { sentence: `${host} refuses postmaster@contoso.com: expected 250, found "550 5.1.1 no".`, remedy: kept },
    ]);
  });
});
