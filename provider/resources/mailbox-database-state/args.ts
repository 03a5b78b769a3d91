// What a program may ask of the databases of a DAG.
import { z } from "zod";
import { expecting, maxWaitSeconds, stuckAfterSeconds, turnsAt, windowsName } from "../vocabulary.ts";

export const args = z.strictObject({
  dag: z
    .string(expecting("the name of a DAG"))
    .regex(/^[^\s\\/]{1,15}$/, expecting("the name of a DAG, of 1 to 15 characters"))
    .describe("The DAG."),
  servers: z
    .array(windowsName, expecting("a list of servers"))
    .min(1, expecting("at least one server"))
    .describe("Its servers; the first that answers is asked."),
  state: z
    .enum(["mounted", "dismounted"], expecting("mounted or dismounted"))
    .describe("`dismounted`: every database cleanly, after its other copies are level. `mounted`: those that normally are."),
  leaveDismounted: z
    .array(z.string(expecting("a database")), expecting("a list of databases"))
    .default([])
    .describe("Databases that are not mounted again although they were."),
  allowBehind: z
    .array(
      z.string(expecting("a copy, such as DB01\\ex03")).regex(/^[^\\]+\\[^\\]+$/, expecting("a copy, such as DB01\\ex03")),
      expecting("a list of copies"),
    )
    .default([])
    .describe("Copies (`DB01\\ex03`) that a dismount does not wait for, because they are suspended or failed."),
  normal: z
    .strictObject(
      {
        mounted: z.array(z.string(expecting("a database")), expecting("a list of databases")),
        preferenceMoveFrequency: z
          .string(expecting("a time span such as 01:00:00, or never"))
          .regex(/^(never|([0-4]?\d\.)?([01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/, expecting("a time span such as 01:00:00, or never")),
      },
      expecting("{ mounted, preferenceMoveFrequency }"),
    )
    .optional()
    .describe("What is normal, for a DAG that enters the program while its databases are dismounted."),
  turnsAt,
  maxWaitSeconds,
  stuckAfterSeconds,
});

export type MailboxDatabaseStateArgs = z.output<typeof args>;
