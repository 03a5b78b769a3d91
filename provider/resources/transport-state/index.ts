// TransportState: its shape joined with what it does at the site.
import { defineResource } from "../define-resource.ts";
import { headline, sum } from "./headline.ts";
import { normal } from "./normal.ts";
import { observe } from "./observe.ts";
import { counted, plan } from "./plan.ts";
import { follow } from "./proof.ts";
import { transportState } from "./shape.ts";
import { apply, say } from "./steps.ts";

export const resource = defineResource(transportState, {
  observe,
  normal,
  follow,
  plan,
  apply,
  say,
  headline,
  outputs: (args, actual) => (actual?.queues === undefined ? {} : { messagesLeft: sum(counted(args, actual)) }),
  expectsSilence: (args) => args.state === "drained",
});
