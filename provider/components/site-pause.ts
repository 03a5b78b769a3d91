// SitePause: the parts of a site in the order that its word asks for. It decides order and nothing else.
import * as pulumi from "@pulumi/pulumi";
import { sayInstant } from "../common/utc.ts";
import { sayAccount } from "../resources/backup-mx-queue/account.ts";
import { normalArgumentOf } from "../resources/given-normal.ts";
import { BackupMxQueue, MxRecord } from "../resources/index.ts";
import { sayTtl, servedTtl } from "../resources/mx-record/words.ts";
import type { Pause } from "../resources/pause-shape.ts";
import { keepNormal } from "./kept-normal.ts";
import { keepLedgerFile, ledgerFileName } from "./ledger-file.ts";
import { stagesTowards } from "./site-order.ts";
import { partsOf, problemsOf, type SitePauseArgs } from "./site-parts.ts";
import { make } from "./stages.ts";

/**
 * A site that can be taken offline for hours or days and brought back as it was, without losing a message.
 * Both ways the same resources stay in the program; which one waits for which follows from `state`. What is normal is kept in
 * `normal.<stack>.yaml` beside `Pulumi.yaml` too (`normalFrom`).
 */
export class SitePause extends pulumi.ComponentResource {
  /**
   * What became of the mail of the last pause, in one line whose numbers stand in 60 columns; `null` until mail was held once: as an output of the stack
   * Pulumi shows nothing of it then.
   */
  readonly ledger: pulumi.Output<string | null>;
  /** The same of each pause, whole, the newest first. */
  readonly pauses: pulumi.Output<readonly Pause[]>;
  /** The last pause as a page for people, in UTC and the time zone that `exchange:timeZone` names; `null` where there was none. */
  readonly account: pulumi.Output<string | null>;
  /** What is normal of each part that has something to be given back, by the name that its row shows. */
  readonly normally: pulumi.Output<Readonly<Record<string, string>>>;
  /** When the MX of each zone may change, in UTC and the time zone that `exchange:timeZone` names; before its TTL is lowered: how long after that. */
  readonly earliestFlipAt: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SitePauseArgs, options?: pulumi.ComponentResourceOptions) {
    super("exchange:index:SitePause", name, {}, options);
    const problems = problemsOf(args);
    if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
    const parts = make(stagesTowards(args.state, partsOf(args)), this, name);
    const made = [...parts.values()];
    const queue = made.find((resource) => resource instanceof BackupMxQueue);
    const zones = made.filter((resource) => resource instanceof MxRecord);
    this.ledger = pulumi.output(queue?.ledger).apply((line) => line ?? null);
    this.pauses = pulumi.output(queue?.pauses).apply((pauses) => pauses ?? []);
    const timeZone = new pulumi.Config("exchange").get("timeZone") ?? "UTC";
    this.account = this.pauses.apply(([last]) => (last === undefined ? null : sayAccount(last, name, timeZone)));
    this.earliestFlipAt = pulumi
      .all(zones.map(({ earliestFlipAt, normal }, index) => pulumi.all([args.mail[index]?.zone ?? "", earliestFlipAt, normal] as const)))
      .apply((entries) => Object.fromEntries(entries.map(([zone, at, normal]) => [zone, sayFlip(at, normal?.ttlSeconds, args, timeZone)])));
    this.normally = pulumi
      .all([...parts].map(([{ name }, resource]) => pulumi.output(normallyOf(resource)).apply((words) => [name, words] as const)))
      .apply((entries) => Object.fromEntries(entries.flatMap(([part, words]) => (words === undefined ? [] : [[part, words]]))));
    const given = [...parts].filter(([part]) => normalArgumentOf(part.class.shape) !== undefined);
    keepNormal(Object.fromEntries(given.map(([{ name }, resource]) => [name, normalOf(resource)])), this);
    const stack = pulumi.getStack();
    const file = pulumi
      .all([this.pauses, this.account])
      .apply(([[last], text]) => (last?.over && text !== null ? { name: ledgerFileName(stack, name, last.from), text } : undefined));
    keepLedgerFile(file, this);
    // The pauses are in the state already, with the buffer's queue.
    this.registerOutputs({ ledger: this.ledger, normally: this.normally, earliestFlipAt: this.earliestFlipAt });
  }
}

function sayFlip(
  at: string | undefined,
  normalTtl: number | undefined,
  { pausedTtlSeconds = 300 }: SitePauseArgs,
  timeZone: string,
): string {
  if (at !== undefined) return sayInstant(Date.parse(at), timeZone);
  const seconds = normalTtl === undefined ? undefined : servedTtl(normalTtl);
  if (seconds !== undefined && seconds <= pausedTtlSeconds) return `at any time: its TTL is ${sayTtl(seconds)}`;
  return `${seconds === undefined ? "the old TTL" : sayTtl(seconds)} after \`prepared\` has lowered the TTL`;
}

/** What is normal of a part, as its argument takes it; there where its class has that argument. */
function normalOf(resource: object): pulumi.Output<object | undefined> {
  return (resource as { readonly normal: pulumi.Output<object | undefined> }).normal;
}

/** Nothing for a part that has nothing to give back. */
function normallyOf(resource: object): pulumi.Output<string | undefined> | undefined {
  return "normally" in resource ? (resource.normally as pulumi.Output<string | undefined>) : undefined;
}
