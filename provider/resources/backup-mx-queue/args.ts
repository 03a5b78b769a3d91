// What a program may ask of the buffer: the host that takes a site's mail while the site is away.
import { z } from "zod";
import { dnsName, expecting, mailAddress, maxWaitSeconds, stuckAfterSeconds } from "../vocabulary.ts";

export const args = z.strictObject({
  host: dnsName.describe("The buffer host, as senders will see it in the MX."),
  port: z
    .int(expecting("a port"))
    .min(1, expecting("1 to 65535"))
    .max(65_535, expecting("1 to 65535"))
    .default(22)
    .describe("Its SSH port."),
  user: z
    .string(expecting("a user name"))
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, expecting("a user name of the host"))
    .describe("Who works there."),
  hostKey: z
    .string(expecting("a host key"))
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, expecting("SHA256:… as `ssh-keygen -lf` prints it"))
    .describe("Its SSH host key; any other key is refused."),
  sudo: z
    .boolean(expecting("true or false"))
    .default(true)
    .describe("Whether commands are begun with `sudo -n`; false where the user is root."),
  configDirectory: z.string(expecting("a folder")).default("/etc/postfix").describe("Postfix's configuration."),
  logFile: z.string(expecting("a file")).default("/var/log/mail.log").describe("Postfix's log: the ledger is read from it."),
  domains: z
    .array(dnsName, expecting("a list of domains"))
    .min(1, expecting("at least one domain"))
    .describe("Mail domains that it must take mail for."),
  state: z
    .enum(["held", "released"], expecting("held or released"))
    .describe("`held`: all that arrives is kept. `released`: what was kept is delivered, oldest first, and what arrives goes on at once."),
  probe: z
    .strictObject(
      {
        accepted: z.string(expecting("the part before the @")).default("postmaster"),
        refused: z.string(expecting("the part before the @")).default("nobody-here-4711"),
      },
      expecting("{ accepted, refused }"),
    )
    .prefault({})
    .describe("Local parts asked of the host in every domain before mail is sent its way; nothing is sent to the second."),
  token: mailAddress.optional().describe("Who receives the one test message of a pause. Absent: `postmaster@` the first domain."),
  batchSize: z
    .int(expecting("a whole number"))
    .min(1, expecting("1 to 1000"))
    .max(1_000, expecting("1 to 1000"))
    .default(50)
    .describe("Messages released at a time; the next ones follow when these have left."),
  maxWaitSeconds,
  stuckAfterSeconds,
});

export type BackupMxQueueArgs = z.output<typeof args>;
