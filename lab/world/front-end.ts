// Port 25 of the organisation, mail.contoso.com: checks recipients, then proxies to a transport service that takes mail.
// It goes on answering while every transport is paused and then refuses for the time being; the exact code is not settled.
import type { Cast } from "./cast.ts";
import type { MailHost } from "./message.ts";
import type { Server } from "./server.ts";

export function frontEndOf(cast: Cast, servers: readonly Server[]): MailHost {
  let turn = 0;
  const answering = () => servers.filter((server) => server.frontEndAnswers());
  return {
    name: cast.mailHost,
    open() {
      const hosts = answering();
      const host = hosts[turn % Math.max(hosts.length, 1)];
      return host === undefined ? undefined : { code: 220, text: `${host.fqdn} Microsoft ESMTP MAIL Service ready` };
    },
    recipient(address) {
      const wanted = address.toLowerCase();
      if (!cast.domains.includes(wanted.slice(wanted.lastIndexOf("@") + 1)))
        return { code: 550, text: "5.7.54 SMTP; Unable to relay recipient in non-accepted domain" };
      if (!cast.mailboxes.has(wanted)) {
        return { code: 550, text: "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup" };
      }
      return { code: 250, text: "2.1.5 Recipient OK" };
    },
    accept(message) {
      if (answering().length === 0) return { code: 421, text: "4.3.2 Service not active" };
      const able = servers.filter((server) => server.takesMail());
      const server = able[turn++ % Math.max(able.length, 1)];
      if (server === undefined || !server.transport.accept(message)) {
        return { code: 451, text: "4.7.0 Temporary server error. Please try again later. PRX1" };
      }
      return { code: 250, text: `2.6.0 <${message.id}> [InternalId=${turn}, Hostname=${server.fqdn}] Queued mail for delivery` };
    },
  };
}
