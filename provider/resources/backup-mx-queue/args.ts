// What a program may ask of the buffer: the host that takes a site's mail while the site is away.
import { z } from "zod";
import { dnsName, expecting, mailAddress, maxWaitSeconds, sshHost, stuckAfterSeconds } from "../vocabulary.ts";

export const args = z.strictObject({
  ...sshHost,
  host: dnsName.describe("The buffer host, as senders will see it in the MX. Runs of this program take turns there."),
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
