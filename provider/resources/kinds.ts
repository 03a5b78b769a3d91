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
import type { BufferAddress, Site } from "./site.ts";
import { args as transportArgs } from "./transport-state/args.ts";
import { transportState } from "./transport-state/kind.ts";

export interface Entry {
  readonly kind: AnyKind<Site>;
  /** What a program may write; validation, the Pulumi schema and the reference page derive from it. */
  readonly args: z.ZodObject;
  /** One paragraph for the schema and the reference page. */
  readonly about: string;
  /** The host on which runs that change it take turns; `undefined` where the program names none. */
  readonly turnsAt: (args: Readonly<Record<string, unknown>>) => BufferAddress | undefined;
}

const named: NonNullable<Entry["turnsAt"]> = ({ turnsAt }) => turnsAt as BufferAddress | undefined;

export const kinds: readonly Entry[] = [
  {
    kind: mxRecord,
    args: mxArgs,
    turnsAt: named,
    about:
      "The MX set of one name, as a whole. It is changed make-before-break, and a change is finished when every authoritative server answers it. A lowered TTL is remembered and given back.",
  },
  {
    kind: backupMxQueue,
    args: queueArgs,
    turnsAt: (args) => args as unknown as BufferAddress,
    about:
      "The queue of the host that takes a site's mail while the site is away: holds it, and delivers it oldest first when the site is back.",
  },
  {
    kind: transportState,
    args: transportArgs,
    turnsAt: named,
    about: "Mail transport on one Exchange server: takes no new mail and empties its queues, or runs as it normally does.",
  },
  {
    kind: mailboxDatabaseState,
    args: databaseArgs,
    turnsAt: named,
    about: "The mailbox databases of one DAG: dismounted cleanly after their copies are level, or mounted as they normally are.",
  },
  {
    kind: readinessGate,
    args: gateArgs,
    turnsAt: named,
    about: "Things that must be seen to work before a site comes back. It changes nothing itself.",
  },
];

/** The entry of a Pulumi type token such as `exchange:index:MxRecord`. */
export function entryOf(token: string): Entry | undefined {
  return kinds.find(({ kind }) => token === `exchange:index:${kind.name}`);
}
