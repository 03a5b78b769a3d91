// What one attempt of the lab's Postfix makes of a next hop that refuses before any recipient is asked for.
import assert from "node:assert/strict";
import type { MailHost } from "../../../lab/world/message.ts";
import { deliver } from "../../../lab/world/postfix-delivery.ts";
import type { Queued } from "../../../lab/world/postfix-queued.ts";

const unasked = () => assert.fail("the dialogue is over by then");

describe("an attempt of the lab's Postfix", () => {
  it("is put off where the next hop says 421 after MAIL, for each recipient in its words", () => {
    const nextHop: MailHost = {
      name: "mail.contoso.com",
      open: () => ({ code: 220, text: "ready" }),
      sender: () => ({ code: 421, text: "4.3.2 Service not active" }),
      recipient: unasked,
      accept: unasked,
    };
    const message = { id: "1@partner.example", from: "a@partner.example", to: ["anna@contoso.com"], sizeBytes: 1, sentAtMs: 0 };
    const waiting = new Map([["anna@contoso.com", undefined]]);
    const entry: Queued = { id: "A", message, waiting, queue: "active", arrivedAtMs: 0, queuedAtMs: 0, sizeBytes: 1, nextTryAtMs: 0 };
    const attempts = deliver(entry, { nextHop, self: { ...nextHop, name: "buffer.contoso-mail.net" } });
    assert.deepEqual(attempts, [
      {
        recipient: "anna@contoso.com",
        status: "deferred",
        dsn: "4.3.2",
        relay: "mail.contoso.com[192.0.2.25]:25",
        reply: "host mail.contoso.com[192.0.2.25] said: 421 4.3.2 Service not active (in reply to MAIL FROM command)",
      },
    ]);
  });
});
