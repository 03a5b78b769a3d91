// Port 25 of the organisation, mail.contoso.com, or of one server: takes a sender and recipients, then proxies to a transport service that takes mail.
// It goes on answering while every transport is paused and then refuses for the time being; the exact code is not settled. A server whose transport
// drains takes the connection and EHLO, and says 421 after MAIL (facts/field-reports.md 5).
import type { Cast } from "./cast.ts";
import type { MailHost } from "./message.ts";
import type { Server } from "./server.ts";
import type { Switches } from "./switches.ts";

export interface FrontEndOptions {
  /** The name that senders connect to. */
  readonly name: string;
  /** Servers whose port 25 it is. */
  readonly before: readonly Server[];
  /** Servers whose transport it proxies to. */
  readonly behind: readonly Server[];
  readonly cast: Cast;
  readonly switches: Pick<Switches, "recipientFiltering" | "hidesStartTls">;
}

export function frontEndOf({ name, before, behind, cast, switches }: FrontEndOptions): MailHost {
  let connection = 0;
  // One server's own front end begins with the transport beside it.
  let turn = behind.findIndex(({ name: other }) => other === before[0]?.name);
  const answering = () => before.filter((server) => server.frontEndAnswers());
  const connected = () => {
    const hosts = answering();
    return hosts[connection % Math.max(hosts.length, 1)];
  };
  return {
    name,
    hidesStartTls: switches.hidesStartTls,
    open() {
      connection++;
      const host = connected();
      return host === undefined ? undefined : { code: 220, text: `${host.fqdn} Microsoft ESMTP MAIL Service ready` };
    },
    sender() {
      const host = connected();
      return host === undefined || host.transport.isDraining() ? notActive : { code: 250, text: "2.1.0 Sender OK" };
    },
    recipient(address) {
      const wanted = address.toLowerCase();
      if (!cast.domains.includes(wanted.slice(wanted.lastIndexOf("@") + 1)))
        return { code: 550, text: "5.7.54 SMTP; Unable to relay recipient in non-accepted domain" };
      if (switches.recipientFiltering && !cast.mailboxes.has(wanted)) return { code: 550, text: notFound };
      return { code: 250, text: "2.1.5 Recipient OK" };
    },
    accept(message) {
      if (answering().length === 0) return notActive;
      const able = behind.filter((server) => server.takesMail());
      const server = able[turn++ % Math.max(able.length, 1)];
      if (server === undefined || !server.transport.accept(message)) {
        return { code: 451, text: "4.7.0 Temporary server error. Please try again later. PRX1" };
      }
      return { code: 250, text: `2.6.0 <${message.id}> [InternalId=${turn}, Hostname=${server.fqdn}] Queued mail for delivery` };
    },
  };
}

const notActive = { code: 421, text: "4.3.2 Service not active" };
/** What a recipient that nobody has is told, at the door or in a non-delivery report. */
export const notFound = "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup";
