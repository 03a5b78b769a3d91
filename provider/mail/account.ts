// What of a ledger may outlive the buffer's log: sums by zone and by reason, and the few messages that a person will look for. Pure.
// No address, host or Message-ID of anybody is in it. Whose a message was tells the buffer's log, by its queue id, for as long as that is kept.
import type { LedgerEntry, LedgerRecipient, Outcome } from "./ledger.ts";
import type { LogEvent } from "./log-events.ts";

export interface Account {
  /** By name, the zones that nothing was taken for left out. */
  readonly zones: readonly ZoneSums[];
  /** Why copies went back to their senders, in recipients, the most frequent first. */
  readonly bounces: readonly Reason[];
  /** Why recipients were refused in the dialogue, the most frequent first. */
  readonly refusals: readonly Reason[];
  /** The message that was under way for the longest time; absent when nothing was delivered. */
  readonly longestWay?: NamedMessage;
  /** The first of those that were lost. */
  readonly lostMessages: readonly NamedMessage[];
  /** The first of those that a recipient got more than once. */
  readonly duplicatedMessages: readonly NamedMessage[];
}

/** In messages. One for recipients in two zones is counted in both. */
export interface ZoneSums {
  readonly zone: string;
  readonly accepted: number;
  readonly delivered: number;
  readonly stillHere: number;
  readonly bounced: number;
  readonly discarded: number;
  readonly lost: number;
}

export interface Reason {
  readonly count: number;
  /** The host's words from its code on, without names and addresses. */
  readonly reply: string;
  /** Queue id of one such message, where it was taken. */
  readonly id?: string;
}

export interface NamedMessage {
  /** Queue id, as the buffer's log has it. */
  readonly id: string;
  readonly arrivedAtMs: number;
}

/** Where a recipient is in none of the program's zones, or the log does not name one. */
export const elsewhere = "other or not known";
const mostReasons = 5;
const mostNamed = 20;
const longestReply = 160;

/** Of the messages of a ledger, and of the log that it was made from; `domains`: the zones that are told apart, in small letters. */
export function accountOf(entries: readonly LedgerEntry[], events: readonly LogEvent[], domains: readonly string[]): Account {
  const named = (isOne: (entry: LedgerEntry) => boolean) => entries.filter(isOne).slice(0, mostNamed).map(nameOf);
  const longest = entries.reduce<LedgerEntry | undefined>(
    (found, entry) => ((entry.longestWayMs ?? -1) > (found?.longestWayMs ?? -1) ? entry : found),
    undefined,
  );
  const bounced = entries.flatMap(({ id, recipients }) =>
    recipients.flatMap(({ status, reply = "" }) => (status === "bounced" ? [{ reply, id }] : [])),
  );
  const refused = events.flatMap((event) => (event.kind === "refused" ? [{ reply: `${event.code} ${event.text}` }] : []));
  return {
    zones: zonesOf(entries, domains),
    bounces: reasonsOf(bounced),
    refusals: reasonsOf(refused),
    ...(longest === undefined ? {} : { longestWay: nameOf(longest) }),
    lostMessages: named(({ outcome }) => outcome === "lost"),
    duplicatedMessages: named(({ duplicated }) => duplicated > 0),
  };
}

function nameOf({ id, arrivedAtMs }: LedgerEntry): NamedMessage {
  return { id, arrivedAtMs };
}

const outcomeOf = { waiting: "here", sent: "delivered", bounced: "bounced", discarded: "discarded" } as const satisfies Record<
  LedgerRecipient["status"],
  Outcome
>;
/** From the worst on: what befell one recipient of a zone is what befell the message there. */
const statuses = ["waiting", "bounced", "discarded", "sent"] as const satisfies readonly LedgerRecipient["status"][];

function zonesOf(entries: readonly LedgerEntry[], domains: readonly string[]): readonly ZoneSums[] {
  const found = new Map<string, Outcome[]>();
  for (const entry of entries)
    for (const [zone, outcome] of outcomesByZone(entry, domains)) found.set(zone, [...(found.get(zone) ?? []), outcome]);
  const sums = [...found].map(([zone, outcomes]): ZoneSums => {
    const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
    return {
      zone,
      accepted: outcomes.length,
      delivered: count("delivered"),
      stillHere: count("here"),
      bounced: count("bounced"),
      discarded: count("discarded"),
      lost: count("lost"),
    };
  });
  return sums.sort((one, other) => Number(one.zone === elsewhere) - Number(other.zone === elsewhere) || (one.zone < other.zone ? -1 : 1));
}

/** What became of a message in each zone of its recipients. Where none of them explains what became of it (it was lost), the same in all. */
function outcomesByZone({ outcome, recipients }: LedgerEntry, domains: readonly string[]): ReadonlyMap<string, Outcome> {
  const isExplained = recipients.some(({ status }) => outcomeOf[status] === outcome);
  const byZone = Map.groupBy(recipients, ({ address }) => zoneOf(address, domains));
  if (byZone.size === 0) return new Map([[elsewhere, outcome]]);
  return new Map(
    [...byZone].map(([zone, those]) => {
      const worst = statuses.find((wanted) => those.some(({ status }) => status === wanted)) ?? "waiting";
      return [zone, isExplained ? outcomeOf[worst] : outcome];
    }),
  );
}

function zoneOf(address: string, domains: readonly string[]): string {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return domains.includes(domain) ? domain : elsewhere;
}

/** Those with the same code are one reason, whatever else they say. */
function reasonsOf(found: readonly { readonly reply: string; readonly id?: string }[]): readonly Reason[] {
  const told = found.map(({ reply, ...rest }) => ({ reply: bareReply(reply), ...rest }));
  const groups = [...Map.groupBy(told, ({ reply }) => codeOf(reply) ?? reply).values()].sort((one, other) => other.length - one.length);
  const reasons = groups
    .slice(0, mostReasons)
    .flatMap((group): Reason[] => group.slice(0, 1).map((one) => ({ count: group.length, ...one })));
  const rest = groups.slice(mostReasons).reduce((sum, group) => sum + group.length, 0);
  return rest === 0 ? reasons : [...reasons, { count: rest, reply: "for other reasons" }];
}

/** `550 5.1.10` */
function codeOf(reply: string): string | undefined {
  return /^[245]\d\d(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(reply)?.[0];
}

/** A host's words from its code on, without what names somebody: addresses of people and hosts, and whatever stands in angle or square brackets. */
function bareReply(reply: string): string {
  const [said = reply] = /\b[245]\d\d[ -].*$/s.exec(reply) ?? [];
  return said
    .replace(/\s*\(in reply to [^()]*\)$/, "")
    .replaceAll(/<[^<>]*>/g, "<…>")
    .replaceAll(/\[[^[\]]*\]/g, "[…]")
    .replaceAll(/(?:"[^"]*"|[^\s<>()",;:]+)@[^\s<>()",;:]+/g, "…")
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "…")
    .replaceAll(/(?:\b[\da-f]{1,4})?(?::{1,2}[\da-f]{1,4}){3,}\b/gi, "…")
    .slice(0, longestReply);
}
