// The same suite as for a real Postfix, against the lab's buffer behind its own SMTP and SSH servers.
import { startSmtp } from "../../lab/serve/smtp.ts";
import { startSsh } from "../../lab/serve/ssh.ts";
import { newSshKey } from "../../lab/serve/ssh-keys.ts";
import { BufferHost } from "../../lab/world/buffer.ts";
import { Events } from "../../lab/world/events.ts";
import type { MailHost } from "../../lab/world/message.ts";
import { type BufferSite, bufferName } from "./buffer-site.ts";
import { bufferSuite } from "./buffer-suite.ts";

describe("the buffer host, the lab's", () => {
  bufferSuite(startLabBuffer);
});

async function startLabBuffer(): Promise<BufferSite> {
  const events = new Events(Date.UTC(2026, 11, 5, 18));
  const arrived: string[] = [];
  let up = true;
  const nextHop: MailHost = {
    name: "mail.contoso.com",
    open: () => (up ? { code: 220, text: "mail.contoso.com ready" } : undefined),
    sender: () => ({ code: 250, text: "2.1.0 Sender OK" }),
    recipient: () => ({ code: 250, text: "2.1.5 Recipient OK" }),
    accept: (message) => {
      arrived.push(message.id);
      return { code: 250, text: "2.6.0 Queued mail for delivery" };
    },
  };
  const isRecipient = (address: string) => ["anna.abel@contoso.com", "postmaster@contoso.com"].includes(address);
  const host = new BufferHost(events, { domains: ["contoso.com"], isRecipient, nextHop, seed: 7 });
  const keys = newSshKey();
  const smtp = await startSmtp({ host, hello: bufferName, now: () => events.now() });
  const ssh = await startSsh({
    name: bufferName,
    run: (command, stdin, user) => host.run(command, stdin, user),
    users: { mailops: [keys.public] },
  });
  return {
    connectTo: { [`${bufferName}:25`]: `127.0.0.1:${smtp.port}`, [`${bufferName}:22`]: `127.0.0.1:${ssh.port}` },
    user: "mailops",
    sudo: true,
    privateKey: keys.private,
    hostKey: ssh.fingerprint,
    configDirectory: "/etc/postfix",
    logFile: "/var/log/mail.log",
    claimFile: "/var/lib/pulumi-exchange/claim",
    shell: async (command, stdin = "") => {
      const { code, stderr } = host.run(command, stdin, "root");
      if (code !== 0) throw new Error(stderr);
    },
    setNextHop: async (isUp) => {
      up = isUp;
    },
    arrived: async () => arrived,
    pass: async () => events.advanceTo(events.now() + 250),
    stop: async () => {
      await smtp.close();
      await ssh.close();
    },
  };
}
