// The mail edge against a real Postfix behind a real OpenSSH server: its log in a file, in journald's journal, and with a content filter.
import assert from "node:assert/strict";
import { type Buffer, bufferOver } from "../../provider/mail/buffer.ts";
import { ledgerOf, untoldOf } from "../../provider/mail/ledger.ts";
import type { LogStart } from "../../provider/mail/log-reading.ts";
import { SmtpProbes } from "../../provider/mail/probes.ts";
import { SshConnection } from "../../provider/mail/ssh.ts";
import { sendToken } from "../../provider/mail/token.ts";
import { requireJudge } from "../support/judges.ts";
import { bufferName } from "./buffer-site.ts";
import { bufferSuite } from "./buffer-suite.ts";
import { journaldAvailable, startJournald } from "./journald.ts";
import { type PostfixSite, postfixAvailable, startPostfix } from "./postfix.ts";
import { freePort, listening, type Started, start, until } from "./processes.ts";

const judge = "Postfix with smtp-sink and sshd, as root";

describe("the buffer host, a real Postfix behind OpenSSH", () => {
  bufferSuite((context) => {
    requireJudge(context, judge, postfixAvailable());
    return startPostfix();
  });
});

/** Opens a site, and what a test does with it. */
function opened(startSite: () => Promise<PostfixSite>) {
  let site: PostfixSite;
  let ssh: SshConnection;
  let buffer: Buffer;
  let origin: LogStart;
  let count = 0;
  return {
    site: () => site,
    buffer: () => buffer,
    origin: () => origin,
    open: async () => {
      site = await startSite();
      ssh = new SshConnection({ host: bufferName, ...site, privateKey: { reveal: () => site.privateKey } });
      buffer = bufferOver(ssh, { host: bufferName, ...site });
    },
    close: async () => {
      ssh?.close();
      await site?.stop();
    },
    /** The ledger begins here. */
    begin: async () => {
      const { position, readAtMs } = await buffer.ledgerSince();
      origin = { position, atMs: readAtMs };
    },
    send: () =>
      sendToken({
        host: bufferName,
        connectTo: site.connectTo,
        helo: "ops.example",
        from: "sender@partner.example",
        to: "anna.abel@contoso.com",
        token: `token-${++count}-${process.pid}`,
      }),
    configure: (...setting: readonly string[]) => site.configure(setting),
    empty: () =>
      until(
        "the queue is empty",
        async () => (await buffer.observe()).queue.length === 0,
        () => site.pass(),
      ),
    account: async () => {
      const reading = await buffer.observe();
      const { events, gap } = await buffer.ledgerSince(origin);
      const { totals, entries } = ledgerOf(events, reading);
      const { accepted, delivered, stillHere, discarded, lost } = totals;
      return { counts: { accepted, delivered, stillHere, discarded, lost }, totals, entries, events, reading, gap };
    },
  };
}

const none = { accepted: 0, delivered: 0, stillHere: 0, discarded: 0, lost: 0 };

describe("the buffer host, a real Postfix that logs to the journal only", () => {
  let journald: { stop(): Promise<void> } | undefined;
  const host = opened(() => startPostfix({ logsTo: "journal" }));

  before(async function () {
    requireJudge(this, `${judge}; systemd-journald and no other syslog`, postfixAvailable() && journaldAvailable());
    journald = await startJournald();
    await host.open();
  });
  after(async () => {
    await host.close();
    await journald?.stop();
  });
  beforeEach(async () => {
    await host.site().setNextHop(true);
    await host.begin();
  });

  it("held, requeued and delivered mail is accounted for, and what was deleted by hand is lost", async () => {
    const { site, buffer } = host;
    await buffer().hold();
    const [first, second] = [await host.send(), await host.send()];
    const held = await host.account();
    assert.deepEqual([held.counts, held.gap], [{ ...none, accepted: 2, stillHere: 2 }, undefined]);
    assert.deepEqual(untoldOf(held.events, held.reading.queue, host.origin().atMs - 1), []);
    await buffer().releaseBatch([first.queueId ?? ""], { requeue: true });
    // postsuper belongs to no unit of Postfix, yet what it does is part of the account.
    await site().shell(`postsuper -c ${site().configDirectory} -d ${second.queueId}`);
    await host.empty();
    const { counts, entries } = await host.account();
    assert.deepEqual(counts, { ...none, accepted: 2, delivered: 1, lost: 1 });
    assert.deepEqual(
      entries.map(({ id, outcome }) => [id, outcome]),
      [
        [first.queueId, "delivered"],
        [second.queueId, "lost"],
      ],
    );
  });

  it("from a place that the journal no longer has, what it has is read, and the gap is said from when to when", async () => {
    await host.buffer().hold();
    const { queueId } = await host.send();
    const position = host.origin().position;
    assert.ok(position !== undefined && "cursor" in position);
    const cursor = position.cursor.replace(/s=.{8}/, "s=00000000").replace(/;i=\w+/, ";i=1");
    const { gap, events } = await host.buffer().ledgerSince({ ...host.origin(), position: { cursor } });
    assert.match(
      gap ?? "",
      /^the journal no longer has all that was written from \w{3} \d+ \w{3,4} \d\d:\d\d UTC to \w{3} \d+ \w{3,4} \d\d:\d\d UTC$/,
    );
    assert.ok(events.some(({ kind }) => kind === "held"));
    const byTime = await host.buffer().ledgerSince({ atMs: host.origin().atMs });
    // The host tells its time in whole seconds.
    assert.deepEqual([byTime.gap, byTime.events.every(({ atMs }) => atMs >= host.origin().atMs)], [undefined, true]);
    assert.ok(byTime.events.some((event) => event.kind === "held" && event.id === queueId));
  });
});

describe("the buffer host, a real Postfix with a content filter", () => {
  const host = opened(() => startPostfix());
  let [back, sinkPort] = [0, 0];
  let sink: Started | undefined;

  before(async function () {
    requireJudge(this, judge, postfixAvailable());
    [back, sinkPort] = [await freePort(), await freePort()];
    await host.open();
    const options = ["content_filter=", "mynetworks=127.0.0.0/8", "smtpd_recipient_restrictions=permit_mynetworks,reject"];
    const smtpd = [...options, "smtpd_end_of_data_restrictions=", "smtpd_authorized_xforward_hosts=127.0.0.0/8"];
    const service = (name: string, program: string, words: readonly string[]) =>
      host.configure(
        "-Me",
        `${name} = ${name.replace("/", " ")} ${name.endsWith("inet") ? "n" : "-"} - n - - ${program}${words.map((word) => ` -o ${word}`).join("")}`,
      );
    await service(`127.0.0.1:${back}/inet`, "smtpd", smtpd);
    await service("scan/unix", "smtp", ["smtp_send_xforward_command=yes"]);
    await service("mute/unix", "smtp", []);
    sink = start("/usr/sbin/smtp-sink", ["-u", "nobody", `127.0.0.1:${sinkPort}`, "100"], "/");
    await listening(sinkPort);
  });
  after(async () => {
    await sink?.stop();
    await host.close();
  });
  beforeEach(async () => {
    await host.site().setNextHop(true);
    await host.begin();
  });

  for (const [transport, how] of [
    ["scan", "by the queue id that it passes on"],
    ["mute", "by its answer"],
  ]) {
    it(`what a filter gives back is the same message, known ${how}: accepted once, delivered once`, async () => {
      await host.configure("-e", `content_filter = ${transport}:[127.0.0.1]:${back}`);
      const { messageId } = await host.send();
      await until("it arrived", async () => (await host.site().arrived()).includes(messageId));
      await host.empty();
      const { counts, totals, events } = await host.account();
      assert.deepEqual([counts, totals.recipients, totals.duplicated], [{ ...none, accepted: 1, delivered: 1 }, 1, 0]);
      assert.equal(events.filter(({ kind }) => kind === "arrived").length, 2);
    });
  }

  it("what a filter takes and does not give back is discarded, and the filter is named", async () => {
    await host.configure("-e", `content_filter = mute:[127.0.0.1]:${sinkPort}`);
    await host.send();
    await host.empty();
    const { counts, reading } = await host.account();
    assert.deepEqual(counts, { ...none, accepted: 1, discarded: 1 });
    assert.deepEqual(reading.filters, [`content_filter mute:[127.0.0.1]:${sinkPort}`]);
  });

  it("while mail is held nothing passes the filter, and a held message is one", async () => {
    await host.configure("-e", `content_filter = scan:[127.0.0.1]:${back}`);
    await host.buffer().hold();
    const { queueId = "" } = await host.send();
    assert.deepEqual((await host.account()).counts, { ...none, accepted: 1, stillHere: 1 });
    await host.buffer().unhold();
    await host.buffer().releaseBatch([queueId], { requeue: true });
    await host.empty();
    assert.deepEqual((await host.account()).counts, { ...none, accepted: 1, delivered: 1 });
  });
});

describe("a real Postfix that looks at whoever asks", () => {
  let site: PostfixSite;
  const recipients = [{ address: "postmaster@contoso.com", expected: "accepted" }] as const;

  before(async function () {
    requireJudge(this, "Postfix with smtp-sink and sshd, as root", postfixAvailable());
    site = await startPostfix();
    await site.configure([
      "-e",
      "smtpd_helo_restrictions = reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname",
      "smtpd_sender_restrictions = reject_unknown_sender_domain",
    ]);
  });
  after(() => site?.stop());

  /** An address in brackets is looked up nowhere. */
  const known = "[127.0.0.1]";
  const rows: readonly (readonly [what: string, helo: string, from: string, code: number, about: string | undefined, text: RegExp])[] = [
    ["a name that is none is refused", "runner", "", 504, "helo", /^5\.5\.2 <runner>: Helo command rejected: /],
    ["a name that DNS does not know is refused", "x.invalid", "", 450, "helo", /^4\.7\.1 <x\.invalid>: Helo command rejected: /],
    [
      "a sender that DNS does not know is refused",
      known,
      "a@x.invalid",
      450,
      "sender",
      /^4\.1\.8 <a@x\.invalid>: Sender address rejected: /,
    ],
    ["the null sender is taken", known, "", 250, undefined, /^2\.1\.5 Ok$/],
  ];
  for (const [what, helo, from, code, about, text] of rows) {
    it(`${what}, at RCPT${about === undefined ? "" : `, and that is found to be about our ${about}`}`, async () => {
      const reading = await new SmtpProbes().ask({ host: bufferName, connectTo: site.connectTo, helo, from, recipients });
      assert.ok(reading.reachable, JSON.stringify(reading));
      const [answer] = reading.recipients;
      assert.deepEqual([answer?.code, answer?.about], [code, about]);
      assert.match(answer?.text ?? "", text);
    });
  }
});
