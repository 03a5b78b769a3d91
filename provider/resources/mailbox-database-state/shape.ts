// The databases of a DAG: what a program may ask of them, and what is recorded.
import { z } from "zod";
import { type ArgsOf, defineShape, identity, type RecordedOf, wanted } from "../define-shape.ts";
import { type InputsOf, programClass } from "../program-class.ts";
import { expecting, namesList, ofNormal, ofTheRun, windowsName } from "../vocabulary.ts";

const databases = namesList(z.string(expecting("a database")), "a list of databases");

export const mailboxDatabaseState = defineShape({
  name: "MailboxDatabaseState",
  about: "The mailbox databases of one DAG: dismounted cleanly after their copies are level, or mounted as they normally are.",
  example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.MailboxDatabaseState("DAG1", { dag: "DAG1", servers: ["ex01", "ex02"], state: "dismounted", turnsAt });`,
  refuses: [
    "Dismounting a database whose other copies are not level, unless the copy is accepted in `allowBehind`. A lagged copy is level when it has all logs.",
    "Names of servers, databases and copies that the DAG does not have; upper and lower case are the same.",
    "Mounting what was not mounted before; a database that was mounted and that Exchange no longer knows.",
    "Moving databases: they are mounted where they are active, and auto-rebalance takes them home.",
    "Being taken out of the program while it is not as it normally is, unless `abandon` was said before. Removing it from the program changes nothing at the site.",
  ],
  args: z.strictObject({
    dag: identity(
      z
        .string(expecting("the name of a DAG"))
        .regex(/^[^\s\\/]{1,15}$/, expecting("the name of a DAG, of 1 to 15 characters"))
        .describe("The DAG."),
    ),
    servers: namesList(windowsName, "a list of servers")
      .min(1, expecting("at least one server"))
      .describe("Its servers; the first that answers is asked."),
    state: wanted(
      z
        .enum(["mounted", "dismounted"], expecting("mounted or dismounted"))
        .describe("`dismounted`: every database cleanly, after its other copies are level. `mounted`: those that normally are."),
    ),
    leaveDismounted: databases.default([]).describe("Databases that are not mounted again although they were."),
    allowBehind: namesList(
      z.string(expecting("a copy, such as DB01\\ex03")).regex(/^[^\\]+\\[^\\]+$/, expecting("a copy, such as DB01\\ex03")),
      "a list of copies",
    )
      .default([])
      .describe("Copies (`DB01\\ex03`) that a dismount does not wait for, because they are suspended or failed."),
    normal: z
      .strictObject(
        {
          mounted: databases,
          preferenceMoveFrequency: z
            .string(expecting("a time span such as 01:00:00, or never"))
            .regex(/^(never|([0-4]?\d\.)?([01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/, expecting("a time span such as 01:00:00, or never")),
        },
        expecting("{ mounted, preferenceMoveFrequency }"),
      )
      .optional()
      .describe("What is normal, for a DAG that enters the program while its databases are dismounted."),
    ...ofTheRun,
  }),
  outputs: z.strictObject({ ...ofNormal, mounted: databases.optional().describe("names of the databases that are mounted") }),
  recorded: z.strictObject({
    normal: z.strictObject({
      /** Names, sorted. */
      mounted: z.array(z.string()).readonly(),
      /** Where each of them was active. */
      activeOn: z.record(z.string(), z.string()).readonly(),
      preferenceMoveFrequency: z.string(),
    }),
  }),
});

export type MailboxDatabaseStateArgs = ArgsOf<typeof mailboxDatabaseState>;
export type DatabaseRecorded = RecordedOf<typeof mailboxDatabaseState>;
export type MailboxDatabaseStateInputs = InputsOf<typeof MailboxDatabaseState>;

/**
 * The mailbox databases of one DAG.
 * @example new MailboxDatabaseState("DAG1", { dag: "DAG1", servers: ["ex01", "ex02"], state: "dismounted", turnsAt })
 */
export class MailboxDatabaseState extends programClass(mailboxDatabaseState, () => import("./index.ts")) {}
