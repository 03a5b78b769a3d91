// The buffer: the host that takes a site's mail while the site is away. What a program may ask of it, and what is recorded.
import { z } from "zod";
import { type ArgsOf, defineShape, history, identity, type RecordedOf, reach, wanted } from "../define-shape.ts";
import { knownHost } from "../known-host-shape.ts";
import { pause, pauseLedger, withGaps } from "../pause-shape.ts";
import { type InputsOf, programClass } from "../program-class.ts";
import { dnsName, expecting, leaving, mailAddress, namesList, order, patience, sshHost } from "../vocabulary.ts";

export const backupMxQueue = defineShape({
  name: "BackupMxQueue",
  about:
    "The queue of the host that takes a site's mail while the site is away: holds it, and delivers it oldest first when the site is back.",
  example: `new exchange.BackupMxQueue("buffer", {
  host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…", domains: ["contoso.com"], state: "held",
});`,
  refuses: [
    "Another SSH host key than the one in the program.",
    "A host that another program has claimed.",
    "Postfix settings that would lose mail, each named; a domain that it does not take mail for; less than 1 GB free.",
    "A host whose mail log can be read neither as a file nor from the journal: nothing would prove that no mail was lost.",
    "Releasing while Exchange refuses the recipients for good. While it does not answer, or puts us off, it is waited for.",
    "Being taken out of the program while it is not as it normally is, unless `abandon` was said before. Removing it from the program takes its claim off the host and changes nothing else; where there is no way in any more, the claim stays, which is said.",
  ],
  args: z.strictObject({
    ...sshHost,
    host: identity(dnsName.describe("The buffer host, as senders will see it in the MX. Runs of this program take turns there.")),
    configDirectory: reach(z.string(expecting("a folder")).default("/etc/postfix").describe("Postfix's configuration.")),
    logFile: reach(
      z
        .string(expecting("a file"))
        .default("/var/log/mail.log")
        .describe(
          "Postfix's log: the ledger is read from it, and from what it is rotated into. Where there is no such file, from the journal.",
        ),
    ),
    domains: namesList(dnsName, "a list of domains")
      .min(1, expecting("at least one domain"))
      .describe("Mail domains that it must take mail for."),
    state: wanted(
      z
        .enum(["held", "released"], expecting("held or released"))
        .describe(
          "`held`: all that arrives is kept. `released`: what was kept is delivered, oldest first, and what arrives goes on at once.",
        ),
    ),
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
    token: mailAddress
      .optional()
      .describe(
        "Who receives the one test message of a pause, and is its sender unless `exchange:sender` names one. Absent: `postmaster@` the first domain.",
      ),
    batchSize: z
      .int(expecting("a whole number"))
      .min(1, expecting("1 to 1000"))
      .max(1_000, expecting("1 to 1000"))
      .default(50)
      .describe("Messages released at a time; the next ones follow when these have left."),
    ...patience,
    ...leaving,
    ...order,
  }),
  outputs: z.strictObject({
    messages: z.int().optional().describe("messages in its queue"),
    ledger: z
      .string()
      .nullable()
      .optional()
      .describe("what became of the mail of the last pause, its numbers in 60 columns; null until mail was held once"),
    pauses: z
      .array(pause)
      .readonly()
      .describe("what became of the mail of each pause, the newest first, twenty at most; addresses are in none of them"),
  }),
  recorded: z.strictObject({
    /** The name of the program that the claim on the host bears: one that was renamed meanwhile knows its claim by it. */
    program: z.string().optional(),
    /** The last reading before the buffer began to hold mail: the ledger counts from here. */
    start: z
      .strictObject({
        /** Absent where an earlier version wrote it: then the time says where. */
        position: z
          .union([z.strictObject({ offsetBytes: z.int(), before: z.string() }), z.strictObject({ cursor: z.string() })])
          .optional(),
        atMs: z.number(),
        /** What arrives in the next second or later stands behind that place; absent: as `atMs`. */
        sureMs: z.number().optional(),
      })
      .optional(),
    /** Whether mail has been held since; only then is there anything to count. */
    pausing: z.literal(true).optional(),
    /** Queue ids that were seen in the queue during this pause, and never in the log. */
    untold: z.array(z.string()).optional(),
    /** Of this pause, or of the last one. */
    ledger: history(pauseLedger.optional()),
    /** Of those before it, the newest first. */
    earlier: history(z.array(pauseLedger).readonly().optional()),
    /** How the next hop behaved at port 25 while nothing was paused. */
    nextHop: knownHost.optional(),
  }),
  // Version 1 said `refusedAtDoor` of what was refused in the SMTP dialogue; version 2 knew its place in the log by a file's inode, and no discarded mail;
  // version 3 said one `gap`, and not whether a pause was over.
  migrations: [
    ({ ledger, ...recorded }) => {
      if (ledger === undefined) return recorded;
      const { refusedAtDoor, ...counts } = z.looseObject({}).parse(ledger);
      return { ...recorded, ledger: { ...counts, refused: refusedAtDoor } };
    },
    ({ start, ledger, ...recorded }) => ({
      ...recorded,
      ...(start === undefined ? {} : { start: { atMs: z.looseObject({}).parse(start).atMs } }),
      ...(ledger === undefined ? {} : { ledger: { discarded: 0, ...z.looseObject({}).parse(ledger) } }),
    }),
    withGaps,
  ],
  turnsAt: (args) => args,
});

export type BackupMxQueueArgs = ArgsOf<typeof backupMxQueue>;
export type BufferRecorded = RecordedOf<typeof backupMxQueue>;
export type BackupMxQueueInputs = InputsOf<typeof BackupMxQueue>;

/**
 * The queue of the host that takes a site's mail while the site is away.
 * @example new BackupMxQueue("buffer", { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…", domains: ["contoso.com"], state: "held" })
 */
export class BackupMxQueue extends programClass(backupMxQueue, () => import("./index.ts")) {}
