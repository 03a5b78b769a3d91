// What is done to the databases of a DAG, step by step, and each step in words.
import type { MayAct } from "../../engine/turn.ts";
import { setPreferenceMoveFrequency } from "../../exchange/availability-group.ts";
import { dismountDatabase, mountDatabase } from "../../exchange/databases.ts";
import type { Site } from "../site.ts";
import { askedServer } from "./observe.ts";
import type { DatabaseStep } from "./plan.ts";
import type { MailboxDatabaseStateArgs } from "./shape.ts";

export async function apply(site: Site, args: MailboxDatabaseStateArgs, step: DatabaseStep, beforeSend: MayAct): Promise<void> {
  switch (step.kind) {
    case "dismount":
      return dismountDatabase(site.exchange, step.server, step.database, { beforeSend });
    case "mount":
      return mountDatabase(site.exchange, step.server, step.database, { beforeSend });
    case "rebalance":
      return setPreferenceMoveFrequency(site.exchange, askedServer(site, args), step.dag, step.to, { beforeSend });
  }
}

export function say(step: DatabaseStep): string {
  switch (step.kind) {
    case "dismount":
      return `dismount ${step.database} (active on ${step.server})`;
    case "mount":
      return `mount ${step.database} (on ${step.server})`;
    case "rebalance":
      return `set PreferenceMoveFrequency of ${step.dag} from ${step.from} to ${step.to}${step.to === "never" ? ", so that no database moves meanwhile" : ""}`;
  }
}

export function brief(step: DatabaseStep): string {
  switch (step.kind) {
    case "dismount":
      return `${step.database} down`;
    case "mount":
      return `${step.database} up`;
    case "rebalance":
      return "rebalance";
  }
}
