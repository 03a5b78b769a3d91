// When an MX set is not touched at all, and what is said then. Each refusal has a twin, one thing apart, that is let through.
import assert from "node:assert/strict";
import type { ProbeRecipient, SmtpReading } from "../../../provider/mail/probe.ts";
import type { ActualMx } from "../../../provider/resources/mx-record/observe.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import {
  actualMx,
  buffer,
  mail,
  mark,
  markedNotes,
  mxArgs,
  mxRecorded,
  offline,
  online,
  program,
  stranger,
  takesMail,
} from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";

const host = "buffer.contoso-mail.net";
const remedy = `The MX is left as it is. See to ${host}, then run \`pulumi up\` again.`;
const meant =
  '{ exchanges: [{ preference: 10, exchange: "mail.contoso.com" }, { preference: 10, exchange: "mx.provider.example" }], ttlSeconds: 3600 }';
const theirs = (then: string) =>
  `If it is meant, give \`normal: ${meant}\` (in a SitePause \`normal: { "contoso.com": ${meant} }\`), and it is given back with the others. If not, ${then}. Then run \`pulumi up\` again.`;
const away = "take 10 mx.provider.example away at the DNS API";
const low: MxRecorded = mxRecorded({}, { lowSinceMs: eveningMs - 3_600_000 });

function refusals(args: MxRecordArgs, actual: Partial<ActualMx>, recorded = low) {
  return plan(args, actualMx(actual), recorded, eveningMs).refusals;
}

function probed(reading: SmtpReading): Partial<ActualMx> {
  return { probes: [{ host, reading }] };
}

function answering(code: number, text: string, expected: ProbeRecipient["expected"]): SmtpReading {
  const reading = takesMail();
  const recipients = reading.recipients.map((recipient) => (recipient.expected === expected ? { ...recipient, code, text } : recipient));
  return { ...reading, recipients };
}

describe("an MX set that somebody else has changed", () => {
  const sentence = "was put there neither by this pause nor by the program";

  it("by replacing a host is left as it is", () => {
    assert.deepEqual(refusals(online, { exchanges: [stranger], changedAtMs: Date.UTC(2026, 11, 5, 20, 14, 30) }), [
      {
        sentence: `contoso.com: MX is now 10 mx.provider.example, and 10 mx.provider.example ${sentence}; the set was last changed on Sat 5 Dec 20:14 UTC (21:14 in Berlin). It is left as it is.`,
        remedy: theirs(`first put 10 mail.contoso.com there, and only then ${away}`),
      },
    ]);
  });

  it("by adding a host is left as it is", () => {
    assert.deepEqual(refusals(offline, { exchanges: [mail, stranger], ttlSeconds: 300 }), [
      {
        sentence: `contoso.com: MX is now 10 mail.contoso.com, 10 mx.provider.example, and 10 mx.provider.example ${sentence}. It is left as it is.`,
        remedy: theirs(`${away}; 10 mail.contoso.com stays`),
      },
    ]);
  });

  it("by adding a host is left as it is, even where the program asks for nothing but what is there", () => {
    assert.equal(refusals(online, { exchanges: [mail, stranger] }).length, 1);
  });

  it("by publishing a null MX is left as it is", () => {
    assert.match(
      refusals(online, { exchanges: [{ preference: 0, exchange: "." }] })[0]?.sentence ?? "",
      /MX is now 0 \., and 0 \. was put there/,
    );
  });

  it("is changed when the program wants that host", () => {
    assert.deepEqual(refusals(mxArgs({ exchanges: [mail, stranger] }), { exchanges: [mail, stranger] }), []);
  });

  it("is changed when the host bears our mark, as one of an earlier program of ours would", () => {
    assert.deepEqual(refusals(offline, { exchanges: [mail, stranger], notes: { "10 mx.provider.example": mark } }), []);
  });

  it("by removing a normal host is changed: what is normal goes back", () => {
    assert.deepEqual(refusals(online, { exchanges: [mail] }, mxRecorded({ exchanges: [mail, buffer] })), []);
  });

  it("by removing every host is changed", () => {
    const planned = plan(online, actualMx({ exchanges: [], ttlSeconds: 1 }), mxRecorded(), eveningMs);
    assert.deepEqual([planned.refusals, planned.steps[0]?.kind], [[], "add"]);
  });
});

describe("an MX set with the mark of a program", () => {
  const notes = (of: string) => ({ notes: { "10 mail.contoso.com": `pulumi-exchange ${of}: paused; normally TTL 3600` }, markedBy: [of] });

  it("that is another one is left as it is", () => {
    assert.deepEqual(refusals(online, notes("fabrikam/rome")), [
      {
        sentence: `contoso.com: its MX is paused by another program, fabrikam/rome; this one is ${program}. It is left as it is.`,
        remedy:
          'Two programs must not pause one site. Finish the pause with fabrikam/rome. If that program is gone, or was this one before it was renamed, write "pulumi-exchange contoso/berlin: paused; normally TTL 3600" into the comment of each MX record of contoso.com at the DNS API, then run `pulumi up` again: it goes on from here.',
      },
    ]);
  });

  it("that is another one beside ours is left as it is", () => {
    assert.equal(refusals(online, { ...notes("fabrikam/rome"), markedBy: [program, "fabrikam/rome"] }).length, 1);
  });

  it("that bears the name under which this pause was recorded is changed: this program has been renamed", () => {
    assert.deepEqual(refusals(online, notes("contoso/old"), { ...low, program: "contoso/old" }), []);
  });

  it("that bears another name than this pause was recorded under is left as it is", () => {
    assert.equal(refusals(online, notes("contoso/old"), { ...low, program: "contoso/older" }).length, 1);
  });

  it("that is our own is changed", () => {
    assert.deepEqual(refusals(online, notes(program)), []);
  });

  it("that is our own, cut off because its name is long, is changed", () => {
    const long = `contoso/${"b".repeat(60)}`;
    assert.deepEqual(refusals(online, { ...notes(long.slice(0, 50)), program: long }), []);
  });
});

describe("a host that is about to enter the set", () => {
  const bad = answering(250, "2.1.5 Ok", "refused");

  it("and is new to it is judged by all that can be asked: one that accepts what nobody has leaves the set as it is", () => {
    assert.deepEqual(refusals(offline, { ttlSeconds: 300, ...probed(bad) }), [
      {
        sentence: `${host} accepts nobody-here-4711@contoso.com, which nobody has ("250 2.1.5 Ok"): it would bounce such mail later.`,
        remedy,
      },
    ]);
    assert.equal(refusals(offline, { ttlSeconds: 300, ...probed({ ...takesMail(), startTls: false }) }).length, 1);
  });

  it("and puts us off is waited for before anything is changed", () => {
    const reading = answering(450, "4.2.0 Greylisted", "accepted");
    const { steps, refusals: none } = plan(offline, actualMx({ ttlSeconds: 300, ...probed(reading) }), low, eveningMs);
    assert.deepEqual(none, []);
    assert.deepEqual(
      steps.slice(0, 2).map((step) => (step.kind === "wait" ? step.for : step.kind)),
      [`${host} to take postmaster@contoso.com: it puts us off with "450 4.2.0 Greylisted"`, "rewrite"],
    );
  });

  it("is of no interest once nothing is left to change", () => {
    const actual = { exchanges: [buffer], ttlSeconds: 300, ...probed({ reachable: false, why: "it is off", isFinal: true }) };
    assert.deepEqual(refusals(offline, actual), []);
  });
});

describe("a normal host on its way home", () => {
  const away = { exchanges: [buffer], ttlSeconds: 300, notes: markedNotes(buffer) };
  const comesHome = (reading: SmtpReading, hosts?: MxRecorded["hosts"]) => {
    const recorded = { ...low, ...(hosts === undefined ? {} : { hosts }) };
    const { steps, refusals: found } = plan(online, actualMx({ ...away, probes: [{ host: mail.exchange, reading }] }), recorded, eveningMs);
    return [found.map(({ sentence }) => sentence), steps[0]?.kind];
  };
  const takesAll: SmtpReading = {
    ...takesMail(),
    startTls: false,
    recipients: takesMail().recipients.map((one) => ({ ...one, expected: "accepted", code: 250, text: "2.1.5 Recipient OK" })),
  };
  const known = { host: mail.exchange, reachable: true, startTls: true, accepts: true };

  it("takes anybody's mail and offers no TLS: it comes home, where it was recorded so and where nothing was", () => {
    assert.deepEqual(comesHome(takesAll), [[], "add"]);
    assert.deepEqual(comesHome(takesAll, [{ ...known, startTls: false }]), [[], "add"]);
  });

  it("offers no TLS although it did: it stays away", () => {
    assert.deepEqual(comesHome(takesAll, [known])[0], [
      "mail.contoso.com offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.",
    ]);
  });

  it("does not answer: it is waited for, unless it never answered from here", () => {
    const silent: SmtpReading = { reachable: false, why: "connect ETIMEDOUT" };
    assert.deepEqual(comesHome(silent), [[], "wait"]);
    assert.deepEqual(comesHome(silent, [{ ...known, reachable: false }]), [[], "add"]);
  });
});

describe("a TTL", () => {
  for (const ttlSeconds of [30, 59]) {
    it(`of ${ttlSeconds} s is refused where the API takes 60 and more`, () => {
      assert.deepEqual(refusals(mxArgs({ ttlSeconds }), {}), [
        {
          sentence: `contoso.com: ttlSeconds is ${ttlSeconds}; expected 60 to 86400 there.`,
          remedy: "Correct it in the program (in a SitePause `pausedTtlSeconds`), then run `pulumi up` again.",
        },
      ]);
    });
  }

  it("above what the API takes is refused", () => {
    assert.equal(refusals(mxArgs({ ttlSeconds: 7200 }), { ttlRange: { least: 60, greatest: 7199 } }).length, 1);
  });

  for (const ttlSeconds of [60, 86_400]) {
    it(`of ${ttlSeconds} s is taken`, () => assert.deepEqual(refusals(mxArgs({ ttlSeconds }), {}), []));
  }

  it("that was recorded is given back, and may be asked for, whatever the API takes now", () => {
    const low = mxRecorded({ ttlSeconds: 30 });
    for (const args of [online, mxArgs({ ttlSeconds: 30 })]) assert.deepEqual(refusals(args, { ttlSeconds: 300 }, low), []);
  });

  it("that the program says is normal is refused where the API does not take it", () => {
    const normal = { exchanges: [mail], ttlSeconds: 30 };
    assert.deepEqual(refusals(mxArgs({ normal }), { ttlSeconds: 300 }, mxRecorded({ ttlSeconds: 30 })), [
      {
        sentence: "contoso.com: normal.ttlSeconds is 30; expected 60 to 86400 there.",
        remedy: 'Correct it in the program (in a SitePause `normal["contoso.com"].ttlSeconds`), then run `pulumi up` again.',
      },
    ]);
    assert.deepEqual(
      refusals(mxArgs({ normal }), { ttlSeconds: 300, ttlRange: { least: 30, greatest: 86_400 } }, mxRecorded({ ttlSeconds: 30 })),
      [],
    );
  });

  it("that is automatic is given back", () => {
    assert.deepEqual(refusals(online, { ttlSeconds: 300 }, mxRecorded({ ttlSeconds: 1 })), []);
  });
});

describe("MX records that another service has locked", () => {
  it("are left as they are", () => {
    assert.deepEqual(refusals(offline, { writable: false, ttlSeconds: 300 }), [
      {
        sentence: "contoso.com: its MX records are locked by another service of the DNS API (for Cloudflare: Email Routing).",
        remedy: "Unlock them there, then run `pulumi up` again.",
      },
    ]);
  });

  it("do not matter while nothing is to be changed", () => assert.deepEqual(refusals(online, { writable: false }), []));
});
