// MailboxDatabaseState: its shape joined with what it does at the site.
import { defineResource } from "../define-resource.ts";
import { headline } from "./headline.ts";
import { normal } from "./normal.ts";
import { observe } from "./observe.ts";
import { mountedIn, plan } from "./plan.ts";
import { mailboxDatabaseState } from "./shape.ts";
import { apply, brief, say } from "./steps.ts";

export const resource = defineResource(mailboxDatabaseState, {
  observe,
  normal,
  plan,
  apply,
  say,
  brief,
  headline,
  outputs: (_args, actual) => (actual === undefined ? {} : { mounted: mountedIn(actual) }),
  expectsSilence: (args) => args.state === "dismounted",
});
