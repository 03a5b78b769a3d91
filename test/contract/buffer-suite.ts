// What the buffer's functions do to a Postfix behind SSH: one suite, run against a real Postfix and against the lab's.
import assert from "node:assert/strict";
import { type Buffer, bufferOver } from "../../provider/mail/buffer.ts";
import type { BufferReading } from "../../provider/mail/buffer-reading.ts";
import { type Ledger, ledgerOf } from "../../provider/mail/ledger.ts";
import type { LogStart } from "../../provider/mail/log-reading.ts";
import { SmtpProbes } from "../../provider/mail/probes.ts";
import { nextBatch } from "../../provider/mail/release.ts";
import { SshConnection } from "../../provider/mail/ssh.ts";
import { sendToken, type TokenReceipt } from "../../provider/mail/token.ts";
import { type BufferSite, bufferName } from "./buffer-site.ts";
import { turnsSuite } from "./buffer-turns-suite.ts";
import { until } from "./processes.ts";

const none = { accepted: 0, recipients: 0, delivered: 0, stillHere: 0, bounced: 0, discarded: 0, refused: 0, duplicated: 0, lost: 0 };

/** The totals but for the time, which is another in every run. */
function without({ totals: { longestWayMs, ...counts } }: Ledger): typeof none {
  return counts;
}

export function bufferSuite(start: (context: Mocha.Context) => Promise<BufferSite>): void {
  let site: BufferSite;
  let ssh: SshConnection;
  let buffer: Buffer;
  let origin: LogStart;
  let tokens = 0;

  before(async function () {
    site = await start(this);
    ssh = new SshConnection({ host: bufferName, ...site, privateKey: { reveal: () => site.privateKey } });
    buffer = bufferOver(ssh, { host: bufferName, ...site });
  });
  after(async () => {
    ssh?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    await site.setNextHop(true);
    await site.shell(`postsuper -c ${site.configDirectory} -d ALL`);
    await buffer.hold();
    // The journal is read from the second on in which it was asked: what the test before this one did lies in an earlier one.
    for (let quarter = 0; quarter < 4; quarter++) await site.pass();
    const { position, readAtMs } = await buffer.ledgerSince();
    origin = { position, atMs: readAtMs };
  });

  const send = (to = "anna.abel@contoso.com"): Promise<TokenReceipt> =>
    sendToken({
      host: bufferName,
      connectTo: site.connectTo,
      helo: "ops.example",
      from: "sender@partner.example",
      to,
      token: `token-${++tokens}-${process.pid}`,
    });
  const waitFor = (what: string, isSo: (reading: BufferReading) => boolean) =>
    until(
      what,
      async () => isSo(await buffer.observe()),
      () => site.pass(),
    );
  async function account() {
    const reading = await buffer.observe();
    const { events, gap } = await buffer.ledgerSince(origin);
    assert.equal(gap, undefined);
    return ledgerOf(events, reading);
  }

  it("a probe of the buffer sees TLS, its size limit, and which recipients it takes", async () => {
    const recipients = [
      { address: "anna.abel@contoso.com", expected: "accepted" },
      { address: "nobody-here@contoso.com", expected: "refused" },
      { address: "someone@elsewhere.example", expected: "refused" },
    ] as const;
    const reading = await new SmtpProbes().ask({ host: bufferName, connectTo: site.connectTo, helo: "ops.example", from: "", recipients });
    assert.ok(reading.reachable, JSON.stringify(reading));
    assert.equal(reading.startTls, true);
    assert.match(reading.tls?.fingerprint ?? "", /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.equal(reading.sizeLimitBytes, 37_748_736);
    assert.deepEqual(
      reading.recipients.map(({ address, code }) => [address, code]),
      [
        ["anna.abel@contoso.com", 250],
        ["nobody-here@contoso.com", 550],
        ["someone@elsewhere.example", 554],
      ],
    );
    assert.deepEqual((await buffer.observe()).queue, []);
  });

  it("while mail is held, a message stays in the buffer and shows with its id, sender and recipient", async () => {
    const receipt = await send();
    assert.equal(receipt.accepted, true, receipt.text);
    const reading = await buffer.observe();
    assert.equal(reading.holding, true);
    assert.deepEqual(
      reading.queue.map(({ id, queue, sender, recipients }) => ({ id, queue, sender, recipients })),
      [{ id: receipt.queueId, queue: "hold", sender: "sender@partner.example", recipients: ["anna.abel@contoso.com"] }],
    );
    assert.ok(reading.freeBytes > 1_000_000);
    assert.equal(reading.lifetimeSeconds, 30 * 86_400);
    assert.deepEqual(reading.relayDomains, ["contoso.com"]);
    assert.match(reading.nextHop, /contoso\.com = relay:\[.+\]:\d+/);
    assert.deepEqual(reading.problems, []);
  });

  it("while mail is not held, a message goes to the next hop at once, and the ledger says so", async () => {
    await buffer.unhold();
    const { messageId } = await send();
    await until(
      "it arrived",
      async () => (await site.arrived()).includes(messageId),
      () => site.pass(),
    );
    await waitFor("the queue is empty", ({ queue }) => queue.length === 0);
    assert.equal((await buffer.observe()).holding, false);
    assert.deepEqual(without(await account()), { ...none, accepted: 1, recipients: 1, delivered: 1 });
  });

  it("held mail is released in batches, the oldest first, and every message is accounted for", async () => {
    const sent: string[] = [];
    for (let count = 0; count < 3; count++) {
      sent.push((await send()).messageId);
      // Postfix tells arrival times in whole seconds; equal ones would leave the order to the ids.
      const { readAtMs } = await buffer.observe();
      await until(
        "the next second",
        async () => (await buffer.observe()).readAtMs > readAtMs,
        () => site.pass(),
      );
    }
    assert.deepEqual(without(await account()), { ...none, accepted: 3, recipients: 1, stillHere: 3 });
    for (const expected of [sent.slice(0, 2), sent]) {
      const reading = await buffer.observe();
      const batch = nextBatch(reading.queue, { nowMs: reading.readAtMs, lifetimeSeconds: reading.lifetimeSeconds, batchSize: 2 });
      assert.ok(batch.kind === "release");
      assert.equal(batch.requeue, false);
      assert.equal(await buffer.releaseBatch(batch.ids, batch), batch.ids.length);
      await waitFor("the batch left", ({ queue }) => queue.every((entry) => entry.queue === "hold"));
      assert.deepEqual((await site.arrived()).filter((id) => sent.includes(id)).toSorted(), expected.toSorted());
    }
    const ledger = await account();
    assert.deepEqual(without(ledger), { ...none, accepted: 3, recipients: 1, delivered: 3 });
    assert.ok((ledger.totals.longestWayMs ?? 0) >= 2_000);
  });

  it("a requeued message gets a new id and is followed to its delivery", async () => {
    const { queueId = "", messageId } = await send();
    assert.equal(await buffer.releaseBatch([queueId], { requeue: true }), 1);
    await waitFor("it left", ({ queue }) => queue.length === 0);
    assert.deepEqual(
      (await site.arrived()).filter((id) => id === messageId),
      [messageId],
    );
    const { entries, totals } = await account();
    assert.equal(totals.delivered, 1);
    assert.equal(entries[0]?.id, queueId);
    assert.equal(entries[0]?.messageId, messageId);
    assert.notEqual(entries[0]?.currentId, queueId);
  });

  it("mail that the next hop does not take stays with its reason, stops the release, and leaves once the hop is back", async () => {
    await site.setNextHop(false);
    const first = await send();
    const second = await send();
    await buffer.releaseBatch([first.queueId ?? ""], { requeue: false });
    await waitFor("it was tried", ({ queue }) => queue.some(({ reason }) => reason !== undefined));
    const reading = await buffer.observe();
    assert.deepEqual(
      new Map(reading.queue.map(({ id, queue }) => [id, queue])),
      new Map([
        [first.queueId, "deferred"],
        [second.queueId, "hold"],
      ]),
    );
    const batch = nextBatch(reading.queue, { nowMs: reading.readAtMs, lifetimeSeconds: reading.lifetimeSeconds, batchSize: 1 });
    assert.equal(batch.kind, "stalled");
    assert.match(batch.kind === "stalled" ? batch.reason : "", /Connection refused/);
    assert.equal((await account()).totals.stillHere, 2);
    await site.setNextHop(true);
    await buffer.releaseBatch([second.queueId ?? ""], { requeue: false });
    await waitFor("both left", ({ queue }) => queue.length === 0);
    assert.equal((await account()).totals.delivered, 2);
  });

  it("an id that is no longer in the queue is passed over, and one that is none is refused", async () => {
    const { queueId = "" } = await send();
    assert.equal(await buffer.releaseBatch([queueId.replace(/.$/, queueId.endsWith("1") ? "2" : "1"), queueId], { requeue: false }), 1);
    await assert.rejects(buffer.releaseBatch(["ALL; true"], { requeue: false }), {
      reason: "rejected",
      message: /"ALL; true" is not a queue id; nothing was released/,
    });
  });

  it("a message that somebody deleted is lost in the ledger, and a recipient refused in the dialogue is counted", async () => {
    const { queueId } = await send();
    const kept = await send();
    const refused = await send("nobody-here@contoso.com");
    assert.equal(refused.accepted, false);
    await site.shell(`postsuper -c ${site.configDirectory} -d ${queueId}`);
    const ledger = await account();
    assert.deepEqual(without(ledger), { ...none, accepted: 2, recipients: 1, stillHere: 1, refused: 1, lost: 1 });
    assert.deepEqual(
      ledger.entries.map(({ id, outcome }) => [id, outcome]),
      [
        [queueId, "lost"],
        [kept.queueId, "here"],
      ],
    );
  });

  turnsSuite(() => ({ site, buffer }));

  it("settings that would lose mail are told, and each goes when it is mended", async () => {
    const { configDirectory } = site;
    await site.shell(`postconf -c ${configDirectory} -e enable_long_queue_ids=no maximal_queue_lifetime=101d smtputf8_enable=yes`);
    const { problems } = await buffer.observe();
    assert.deepEqual(
      problems.map((problem) => problem.split(" ")[0]),
      ["enable_long_queue_ids", "maximal_queue_lifetime", "smtputf8_enable"],
    );
    await site.shell(`postconf -c ${configDirectory} -e enable_long_queue_ids=yes maximal_queue_lifetime=30d smtputf8_enable=no`);
    assert.deepEqual((await buffer.observe()).problems, []);
  });

  it("a host that shows another key than the program says is left before anything is sent", async () => {
    const hostKey = `SHA256:${"A".repeat(43)}`;
    const other = new SshConnection({ host: bufferName, ...site, hostKey, privateKey: { reveal: () => site.privateKey } });
    await assert.rejects(bufferOver(other, { host: bufferName, ...site }).observe(), {
      name: "MailError",
      reason: "denied",
      message: new RegExp(
        `^${bufferName.replaceAll(".", "\\.")} shows the SSH host keys? ${site.hostKey.replace(/[+/]/g, "\\$&")} \\(ED25519\\).*; expected ${hostKey}\\. Nothing was sent\\. Compare`,
      ),
    });
    other.close();
  });
}
