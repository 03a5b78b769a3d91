// BackupMxQueue: its shape joined with what it does on the buffer host.
import { defineResource } from "../define-resource.ts";
import { follow } from "./follow.ts";
import { headline } from "./headline.ts";
import { observe } from "./observe.ts";
import { pausesOf, sayLedger } from "./pauses.ts";
import { plan } from "./plan.ts";
import { backupMxQueue } from "./shape.ts";
import { apply, brief, say } from "./steps.ts";

export const resource = defineResource(backupMxQueue, {
  observe,
  // What is normal is always that it holds nothing, and need not be read.
  normal: { asked: { state: "released" }, servesProgram: ({ kind }) => kind === "claim" },
  follow,
  plan,
  apply,
  say,
  brief,
  headline,
  outputs: (_args, actual, recorded) => {
    const pauses = pausesOf(recorded);
    const [last] = pauses;
    return {
      ...(actual === undefined ? {} : { messages: actual.queue.length }),
      // Left out, it would be unknown in a preview, and shown as that.
      ledger: last === undefined ? null : sayLedger(last),
      pauses,
    };
  },
  forget: (site, args, beforeSend) => site.buffer(args).unclaim([site.program, ...site.formerNames], { beforeSend }),
});
