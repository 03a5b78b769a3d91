// What the lab's Postfix says to callers whose name or sender DNS does not know.
import assert from "node:assert/strict";
import { BufferHost } from "../../../lab/world/buffer.ts";
import { Events } from "../../../lab/world/events.ts";
import type { MailHost } from "../../../lab/world/message.ts";

const unasked = () => assert.fail("nothing is passed on");
const nextHop: MailHost = { name: "mail.contoso.com", open: unasked, sender: unasked, recipient: unasked, accept: unasked };

describe("the lab's buffer host, asked by a caller", () => {
  it("whose name or sender DNS does not know refuses at RCPT, as Postfix keeps it until then", () => {
    const buffer = new BufferHost(new Events(0), { domains: ["contoso.com"], isRecipient: () => true, nextHop, seed: 1 });
    const asks = (helo: string, from: string) => {
      const { code, text } = buffer.recipient("anna@contoso.com", { helo, from });
      return [buffer.sender().code, `${code} ${text}`];
    };
    const ours = "pulumi-exchange.invalid";
    assert.deepEqual(
      [asks(ours, ""), asks("contoso.com", `postmaster@${ours}`), asks("contoso.com", ""), asks("contoso.com", "anna@contoso.com")],
      [
        [250, `450 4.7.1 <${ours}>: Helo command rejected: Host not found`],
        [250, `450 4.1.8 <postmaster@${ours}>: Sender address rejected: Domain not found`],
        [250, "250 2.1.5 Ok"],
        [250, "250 2.1.5 Ok"],
      ],
    );
  });
});
