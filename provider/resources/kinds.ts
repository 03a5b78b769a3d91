// Every resource kind of the provider: the one table that the host, the schema and the reference pages are made from.
import type { z } from "zod";
import type { AnyKind } from "../engine/kind.ts";
import { args as queueArgs } from "./backup-mx-queue/args.ts";
import { backupMxQueue } from "./backup-mx-queue/kind.ts";
import { args as databaseArgs } from "./mailbox-database-state/args.ts";
import { mailboxDatabaseState } from "./mailbox-database-state/kind.ts";
import { args as mxArgs } from "./mx-record/args.ts";
import { mxRecord } from "./mx-record/kind.ts";
import { args as gateArgs } from "./readiness-gate/args.ts";
import { readinessGate } from "./readiness-gate/kind.ts";
import type { Site } from "./site.ts";
import { args as transportArgs } from "./transport-state/args.ts";
import { transportState } from "./transport-state/kind.ts";

export interface Entry {
  readonly kind: AnyKind<Site>;
  /** What a program may write; validation, the Pulumi schema and the reference page derive from it. */
  readonly args: z.ZodObject;
  /** One paragraph for the schema and the reference page. */
  readonly about: string;
}

export const kinds: readonly Entry[] = [
  {
    kind: mxRecord,
    args: mxArgs,
    about:
      "The MX set of one name, as a whole. It is changed make-before-break, and a change is finished when every authoritative server answers it. A lowered TTL is remembered and given back.",
  },
  {
    kind: backupMxQueue,
    args: queueArgs,
    about:
      "The queue of the host that takes a site's mail while the site is away: holds it, and delivers it oldest first when the site is back.",
  },
  {
    kind: transportState,
    args: transportArgs,
    about: "Mail transport on one Exchange server: takes no new mail and empties its queues, or runs as it normally does.",
  },
  {
    kind: mailboxDatabaseState,
    args: databaseArgs,
    about: "The mailbox databases of one DAG: dismounted cleanly after their copies are level, or mounted as they normally are.",
  },
  {
    kind: readinessGate,
    args: gateArgs,
    about: "Things that must be seen to work before a site comes back. It changes nothing itself.",
  },
];

/** The entry of a Pulumi type token such as `exchange:index:MxRecord`. */
export function entryOf(token: string): Entry | undefined {
  return kinds.find(({ kind }) => token === `exchange:index:${kind.name}`);
}
