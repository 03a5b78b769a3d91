import assert from "node:assert/strict";
import { Events } from "../../../lab/world/events.ts";
import { Ledger } from "../../../lab/world/ledger.ts";
import type { MailHost, Message, SmtpReply } from "../../../lab/world/message.ts";
import { type MxAnswer, Resolvers } from "../../../lab/world/resolvers.ts";
import { habitOf, retryHabits } from "../../../lab/world/retry-habits.ts";
import { Senders, type SendersOptions } from "../../../lab/world/senders.ts";
import { hour, minute } from "./worlds.ts";

interface Door extends MailHost {
  readonly taken: Message[];
  reply: SmtpReply;
  mail: SmtpReply;
  rcpt: SmtpReply;
  isUp: boolean;
}

function door(name: string): Door {
  const host: Door = {
    name,
    taken: [],
    reply: { code: 250, text: "queued" },
    mail: { code: 250, text: "ok" },
    rcpt: { code: 250, text: "ok" },
    isUp: true,
    open: () => (host.isUp ? { code: 220, text: "ready" } : undefined),
    sender: () => host.mail,
    recipient: () => host.rcpt,
    accept: (message) => {
      if (host.reply.code === 250) host.taken.push(message);
      return host.reply;
    },
  };
  return host;
}

/** Senders to contoso.com with two hosts that the test rules. */
function scene(options: SendersOptions = {}) {
  const events = new Events(0);
  const ledger = new Ledger();
  const mail = door("mail.contoso.com");
  const buffer = door("buffer.contoso-mail.net");
  const hosts = new Map([mail, buffer].map((host) => [host.name, host]));
  const zone: { mx: MxAnswer | undefined; asked: number } = {
    mx: { exchanges: [{ preference: 10, exchange: mail.name }], ttlSeconds: 3600 },
    asked: 0,
  };
  const lookup = () => {
    zone.asked++;
    return zone.mx;
  };
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 4294967296;
  };
  const resolvers = new Resolvers(events, lookup, 4);
  const around = {
    agenda: events,
    ledger,
    resolvers,
    hostOf: (name: string) => hosts.get(name),
    recipients: ["anna.abel@contoso.com", "ben.abel@contoso.com"],
    random,
  };
  const senders = new Senders(around, { count: 60, perHour: 2, ...options });
  const pass = (ms: number) => events.advanceTo(events.now() + ms);
  return { events, ledger, mail, buffer, zone, senders, pass };
}

describe("outside senders", () => {
  it("believe the MX set they learned until its TTL is over, and ask anew then", () => {
    const { zone, pass, mail, buffer } = scene();
    pass(hour / 2);
    assert.equal(zone.asked, 4);
    const before = mail.taken.length;
    zone.mx = { exchanges: [{ preference: 10, exchange: buffer.name }], ttlSeconds: 300 };
    pass(minute * 10);
    assert.ok(mail.taken.length > before, "the old host went on receiving");
    assert.equal(buffer.taken.length, 0);
    pass(hour * 1.5);
    const after = mail.taken.length;
    pass(hour);
    assert.equal(mail.taken.length, after);
    assert.ok(buffer.taken.length > 0);
  });

  it("go to the host of lowest preference, and to the next on no answer or a 4xx", () => {
    const { zone, pass, mail, buffer, ledger } = scene();
    zone.mx = {
      exchanges: [
        { preference: 20, exchange: `${buffer.name}.` },
        { preference: 10, exchange: mail.name },
      ],
      ttlSeconds: 300,
    };
    pass(hour);
    assert.equal(buffer.taken.length, 0);
    mail.isUp = false;
    pass(hour);
    const whileDown = buffer.taken.length;
    assert.ok(whileDown > 0);
    mail.isUp = true;
    mail.reply = { code: 451, text: "4.7.0 later" };
    pass(hour);
    assert.ok(buffer.taken.length > whileDown);
    assert.equal(ledger.totals().bounced, 0);
  });

  it("share equal preferences between the hosts", () => {
    const { zone, pass, mail, buffer } = scene();
    zone.mx = { exchanges: [mail, buffer].map((host) => ({ preference: 10, exchange: host.name })), ttlSeconds: 300 };
    pass(2 * hour);
    assert.ok(mail.taken.length > 40 && buffer.taken.length > 40, `${mail.taken.length} and ${buffer.taken.length}`);
  });

  it("bounce on a 5xx at once", () => {
    const { mail, ledger, pass, senders } = scene();
    mail.rcpt = { code: 550, text: "5.1.10 unknown" };
    pass(hour);
    senders.stop();
    const totals = ledger.totals();
    assert.ok(totals.sent > 0);
    assert.deepEqual([totals.bounced, totals.onTheWay, totals.lost], [totals.sent, 0, 0]);
  });

  it("keep trying through three hours without an answer and lose nothing", () => {
    const { mail, ledger, pass, senders } = scene();
    pass(hour);
    mail.isUp = false;
    pass(3 * hour);
    assert.ok(senders.waiting() > 100);
    mail.isUp = true;
    senders.stop();
    pass(24 * hour);
    assert.equal(senders.waiting(), 0);
    assert.deepEqual([ledger.totals().bounced, ledger.lost().filter((entry) => entry.accepted.length === 0).length], [0, 0]);
  });

  it("give up by their habits: the first after four hours, many after a day, nearly all after five days", () => {
    const { mail, ledger, pass, senders } = scene({ count: 200, perHour: 20 });
    pass(10 * minute);
    senders.stop();
    mail.taken.length = 0;
    const { sent } = ledger.totals();
    const waitingAfter = (ms: number) => {
      pass(ms);
      return ledger.totals().bounced / sent;
    };
    assert.ok(sent > 500);
    assert.equal(ledger.totals().bounced, 0);
    const down = scene({ count: 200, perHour: 20 });
    down.mail.isUp = false;
    down.pass(10 * minute);
    down.senders.stop();
    const all = down.ledger.totals().sent;
    const bounced = (ms: number) => {
      down.pass(ms);
      return down.ledger.totals().bounced / all;
    };
    assert.equal(bounced(3.5 * hour), 0);
    const afterFive = bounced(1.5 * hour);
    assert.ok(afterFive > 0.01 && afterFive < 0.1, `${afterFive} after five hours`);
    const afterDay = bounced(21 * hour);
    assert.ok(afterDay > 0.15 && afterDay < 0.4, `${afterDay} after 26 hours`);
    assert.ok(bounced(6 * 24 * hour) > 0.95);
    assert.equal(waitingAfter(hour), 0);
  });

  it("that never retry bounce at the first 4xx", () => {
    const { mail, ledger, pass, senders } = scene({ neverRetryShare: 1 });
    mail.reply = { code: 451, text: "4.7.0 later" };
    pass(hour);
    senders.stop();
    assert.equal(ledger.totals().bounced, ledger.totals().sent);
  });

  it("lose mail at once when there is no MX at all, and for as long as they remember that", () => {
    const { zone, ledger, pass } = scene();
    const found = zone.mx;
    zone.mx = undefined;
    pass(10 * minute);
    const { sent, lost } = ledger.totals();
    assert.ok(sent > 0);
    assert.equal(lost, sent);
    zone.mx = found;
    pass(10 * minute);
    assert.equal(ledger.lost().filter((entry) => entry.vanished.length > 0).length, ledger.totals().sent);
    pass(hour);
    assert.ok(ledger.lost().filter((entry) => entry.vanished.length > 0).length < ledger.totals().sent);
  });
});

describe("retry habits", () => {
  it("have shares that make up all senders", () => {
    assert.equal(
      retryHabits.reduce((sum, habit) => sum + habit.share, 0),
      100,
    );
    assert.equal(habitOf(0, 0).name, "Postfix");
    assert.equal(habitOf(0.9999, 0).name, "patient provider");
    assert.equal(habitOf(0.01, 0.02).name, "script");
  });

  it("wait as the table says: Postfix 300 to 4000 seconds, Exim 15 minutes for two hours and then longer, up to 6 hours", () => {
    const wait = (name: string, ageMs: number, attempts: number) =>
      (retryHabits.find((habit) => habit.name === name)?.wait(ageMs, attempts) ?? 0) / minute;
    assert.deepEqual([wait("Postfix", 0, 1), wait("Postfix", 20 * minute, 3), Math.round(wait("Postfix", 9 * hour, 9))], [5, 20, 67]);
    assert.deepEqual([wait("Exim", minute, 1), wait("Exim", 3 * hour, 10), wait("Exim", 20 * hour, 15)], [15, 90, 360]);
    assert.deepEqual([wait("Exchange Online", 0, 1), wait("Exchange Online", hour, 2), wait("Exchange Online", hour, 9)], [15, 30, 60]);
  });
});
