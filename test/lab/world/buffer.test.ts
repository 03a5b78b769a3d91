// The lab's Postfix by itself, in lab time: what was measured with a real one (facts on mail, 5.3).
import assert from "node:assert/strict";
import { BufferHost, type BufferOptions } from "../../../lab/world/buffer.ts";
import { Events } from "../../../lab/world/events.ts";
import type { MailHost, Message, SmtpReply } from "../../../lab/world/message.ts";

const startMs = Date.UTC(2026, 11, 5, 18);
const dayMs = 86_400_000;
const caller = { helo: "mx.partner.example", from: "a@partner.example" };

function makeBuffer(options: Partial<BufferOptions> = {}) {
  const events = new Events(startMs);
  const arrived: Message[] = [];
  const hop = {
    up: true,
    recipient: { code: 250, text: "2.1.5 Ok" } as SmtpReply,
    data: { code: 250, text: "2.6.0 Queued mail for delivery" } as SmtpReply,
  };
  const nextHop: MailHost = {
    name: "mail.contoso.com",
    open: () => (hop.up ? { code: 220, text: "ready" } : undefined),
    sender: () => ({ code: 250, text: "2.1.0 Sender OK" }),
    recipient: () => hop.recipient,
    accept: (message) => {
      if (hop.data.code === 250) arrived.push(message);
      return hop.data;
    },
  };
  const buffer = new BufferHost(events, {
    domains: ["contoso.com"],
    isRecipient: (address) => !address.startsWith("nobody"),
    nextHop,
    seed: 1,
    logsTo: "file",
    ...options,
  });
  /** Each for itself. @returns what the last one said */
  const root = (...commands: readonly string[]) => commands.map((command) => buffer.run(command, "", "root")).at(-1);
  let count = 0;
  return {
    events,
    arrived,
    hop,
    buffer,
    root,
    hold: () => root("postconf -e 'smtpd_end_of_data_restrictions = check_client_access static:HOLD'", "postfix reload"),
    send: (more: Partial<Message> = {}) =>
      buffer.accept({
        id: `${++count}@partner.example`,
        from: "a@partner.example",
        to: ["anna@contoso.com"],
        sizeBytes: 4_000,
        sentAtMs: events.now(),
        ...more,
      }),
    pass: (ms: number) => events.advanceTo(events.now() + ms),
    queues: () => buffer.queue().map(({ queue }) => queue),
  };
}

describe("the lab's buffer host", () => {
  it("without HOLD a message goes on at once", () => {
    const { send, pass, arrived, queues } = makeBuffer();
    assert.match(send().text, /^2\.0\.0 Ok: queued as [0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10}z[0-9A-Za-z]+$/);
    pass(1_000);
    assert.deepEqual([arrived.length, queues()], [1, []]);
  });

  it("with HOLD it stays, whatever is flushed, until it is released and flushed", () => {
    const { hold, send, pass, root, arrived, queues } = makeBuffer();
    hold();
    send();
    root("postqueue -f");
    pass(dayMs);
    assert.deepEqual(queues(), ["hold"]);
    assert.equal(root("postsuper -H ALL")?.stderr, "postsuper: Released from hold: 1 message\n");
    assert.deepEqual(queues(), ["deferred"]);
    root("postqueue -f");
    pass(1_000);
    assert.equal(arrived.length, 1);
  });

  it("a changed setting counts only after a reload", () => {
    const { root, send, queues } = makeBuffer();
    root("postconf -e 'smtpd_end_of_data_restrictions = check_client_access static:HOLD'");
    send();
    assert.deepEqual(queues(), ["active"]);
    root("postfix reload");
    send();
    assert.deepEqual(queues().toSorted(), ["active", "hold"]);
  });

  it("held longer than its lifetime and released while the next hop is up, it is delivered", () => {
    const { hold, send, pass, root, arrived, buffer } = makeBuffer();
    hold();
    send();
    pass(31 * dayMs);
    root("postsuper -H ALL", "postqueue -f");
    pass(1_000);
    assert.deepEqual([arrived.length, buffer.bounces.length], [1, 0]);
  });

  it("held longer than its lifetime and released while the next hop is down, it is bounced at once", () => {
    const { hold, send, pass, root, hop, buffer } = makeBuffer();
    hold();
    send();
    pass(31 * dayMs);
    hop.up = false;
    root("postsuper -H ALL", "postqueue -f");
    pass(1_000);
    assert.deepEqual(
      buffer.bounces.map(({ messageId, recipient }) => [messageId, recipient]),
      [["1@partner.example", "anna@contoso.com"]],
    );
    assert.match(root("cat /var/log/mail.log")?.stdout ?? "", /status=expired, returned to sender/);
  });

  it("requeued instead, it waits with a new lifetime, a new id and its old arrival time", () => {
    const { hold, send, pass, root, hop, buffer, arrived } = makeBuffer();
    hold();
    send();
    const before = buffer.queue()[0];
    pass(31 * dayMs);
    hop.up = false;
    root("postsuper -r ALL", "postkick public pickup W");
    pass(1_000);
    const after = buffer.queue()[0];
    assert.equal(after?.queue, "deferred");
    assert.notEqual(after?.id, before?.id);
    assert.equal(after?.arrivedAtMs, before?.arrivedAtMs);
    hop.up = true;
    pass(2 * 3_600_000);
    assert.deepEqual([arrived.length, buffer.bounces.length], [1, 0]);
  });

  it("a requeued message waits for pickup up to a minute unless it is woken", () => {
    const { hold, send, pass, root, queues } = makeBuffer();
    hold();
    send();
    root("postsuper -r ALL");
    pass(1_000);
    assert.deepEqual(queues(), ["maildrop"]);
    pass(60_000);
    assert.deepEqual(queues(), []);
  });

  it("a refusal for the time being is tried again later and later, one for good is bounced with a notice", () => {
    const { send, pass, hop, buffer, arrived } = makeBuffer();
    hop.data = { code: 451, text: "4.7.0 Try later" };
    send();
    pass(1_000);
    assert.match(
      [...(buffer.queue()[0]?.waiting.values() ?? [])][0] ?? "",
      /^host mail\.contoso\.com\[192\.0\.2\.25\] said: 451 4\.7\.0 Try later \(in reply to end of DATA command\)$/,
    );
    hop.data = { code: 250, text: "ok" };
    pass(200_000);
    assert.equal(arrived.length, 0);
    pass(600_000);
    assert.equal(arrived.length, 1);
    hop.recipient = { code: 550, text: "5.1.10 Recipient not found" };
    send();
    pass(1_000);
    assert.deepEqual(
      buffer.bounces.map(({ messageId }) => messageId.endsWith("partner.example")),
      [true, false],
    );
  });

  it("with itself as next hop it bounces, for mail loops back", () => {
    const nextHop: MailHost = {
      name: "buffer.contoso-mail.net",
      open: () => ({ code: 220, text: "ready" }),
      sender: () => ({ code: 250, text: "2.1.0 Sender OK" }),
      recipient: () => ({ code: 250, text: "" }),
      accept: () => ({ code: 250, text: "" }),
    };
    const { events, send, buffer } = makeBuffer({ nextHop });
    send();
    events.advanceTo(startMs + 10_000);
    assert.equal(buffer.bounces[0]?.reason, "mail for contoso.com loops back to myself");
  });

  it("unknown recipients, foreign domains, too large mail and a full disk are refused in Postfix's words", () => {
    const { buffer, send } = makeBuffer();
    assert.deepEqual(buffer.recipient("nobody@contoso.com", caller), {
      code: 550,
      text: "5.1.1 <nobody@contoso.com>: Recipient address rejected: User unknown in relay recipient table",
    });
    assert.deepEqual(buffer.recipient("anna@elsewhere.example", caller), {
      code: 554,
      text: "5.7.1 <anna@elsewhere.example>: Relay access denied",
    });
    assert.deepEqual(send({ sizeBytes: 40_000_000 }), { code: 552, text: "5.3.4 Error: message file too big" });
    const small = makeBuffer({ diskBytes: 60_000_000 });
    assert.equal(small.buffer.recipient("anna@contoso.com", caller).code, 250);
    small.hold();
    small.send({ sizeBytes: 3_000_000 });
    small.send({ sizeBytes: 300_000 });
    assert.deepEqual(small.send({ sizeBytes: 300_000 }), { code: 452, text: "4.3.1 Insufficient system storage" });
  });

  it("delivery keeps its pace", () => {
    const { hold, send, pass, root, arrived } = makeBuffer({ messagesPerSecond: 5 });
    hold();
    for (let count = 0; count < 20; count++) send();
    root("postsuper -H ALL", "postqueue -f");
    pass(2_000);
    assert.equal(arrived.length, 10);
    pass(2_000);
    assert.equal(arrived.length, 20);
  });

  it("stopped, it answers nobody and delivers nothing; started again, it goes on", () => {
    const { send, pass, root, arrived, buffer } = makeBuffer();
    send();
    root("postfix stop");
    pass(10_000);
    assert.deepEqual([buffer.open(), arrived.length], [undefined, 0]);
    root("postfix start");
    pass(1_000);
    assert.deepEqual([buffer.open()?.code, arrived.length], [220, 1]);
  });

  it("it tells the ledger of the world what it holds", () => {
    const { hold, send, buffer } = makeBuffer();
    hold();
    send();
    assert.deepEqual([...buffer.inventory()], ["1@partner.example"]);
  });
});
