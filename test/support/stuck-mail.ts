// A message that does not leave: to a partner who puts it off, in the queue of one server. A drain waits for it.
import { equal } from "node:assert/strict";
import type { Lab } from "../../lab/lab.ts";

export const partner = "partner.example";

/** The partner takes no mail just now, and `server` has one message for it. */
export function putOff({ world: { site, events, ledger } }: Lab, server: string): void {
  site.outside.refuse(partner, { code: 451, text: "4.7.1 Greylisted, try again later" });
  const message = {
    id: "to-partner@contoso.local",
    from: "anna.abel@contoso.com",
    to: [`orders@${partner}`],
    sizeBytes: 20_000,
    sentAtMs: events.now(),
  };
  ledger.sent(message);
  equal(site.server(server)?.transport.accept(message), true);
}

/** The partner takes mail again. */
export function takeAgain({ world: { site } }: Lab): void {
  site.outside.refuse(partner, undefined);
}
