// Reads one MX set: at its DNS API, at every authoritative server, and, for its hosts that are to be known or to enter it, at their port 25.
import type { ReadOptions } from "../../common/options.ts";
import { type Answer, nameServersOf } from "../../dns/authoritative.ts";
import type { Capabilities, ObservedSet } from "../../dns/record-sets.ts";
import { type Exchange, exchangeOf, keyOf } from "../../dns/sets.ts";
import type { HostReading } from "../known-host.ts";
import type { Site } from "../site.ts";
import { markersOf } from "./mark.ts";
import { type AttributesByKey, type MxSet, mxSetOf } from "./members.ts";
import { askHosts, isNormalHost, isToBeKnown } from "./probes.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";

type Heard = Extract<Answer, { outcome: "answered" }>;
/** What one name server says of the set. */
export type MxAnswer = (Omit<Heard, "records"> & { readonly exchanges: readonly Exchange[] }) | Exclude<Answer, Heard>;

export interface ActualMx
  extends Required<MxSet>,
    Pick<ObservedSet, "changedAtMs" | "writable">,
    Pick<Capabilities, "comments" | "ttlRange"> {
  readonly attributes: AttributesByKey;
  /** Attributes that a record can be given. */
  readonly takes: Capabilities["attributes"];
  readonly answers: readonly MxAnswer[];
  /** Why nobody could be asked who serves the zone besides those that the DNS API and the zone itself name. */
  readonly othersUnknown?: string;
  /** Readings of hosts that are wanted and not in the set yet. */
  readonly probes: readonly HostReading[];
  /** Readings of the normal hosts, taken while nothing is paused. */
  readonly atRest: readonly HostReading[];
  /** Programs whose mark stands on a record of the set. */
  readonly markedBy: readonly string[];
  /** The program that reads. */
  readonly program: string;
  /** The site's, for times that people read. */
  readonly timeZone: string;
}

/** The name's MX set; an empty one where the zone has none for it. @throws {DnsError} */
export async function observe(site: Site, args: MxRecordArgs, recorded: MxRecorded | undefined, options: ReadOptions): Promise<ActualMx> {
  const sets = site.recordSets(args.provider, args.zone);
  const name = fullName(args);
  const [set, servers, { comments, ttlRange, attributes: takes }] = await Promise.all([
    sets.observe(name, "MX"),
    nameServersOf(sets),
    sets.capabilities(),
  ]);
  const found = mxSetOf(set ?? { name, type: "MX", ttlSeconds: 1, records: [] });
  const wanted = args.exchanges ?? recorded?.normal.exchanges ?? found.exchanges;
  const present = new Set(found.exchanges.map(keyOf));
  const entering = wanted.filter((exchange) => !present.has(keyOf(exchange)));
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const known = recorded?.hosts ?? [];
  const toBeKnown = options.maxAgeMs > 0 && isToBeKnown(args, found, recorded) ? found.exchanges : [];
  const [answers, probes, atRest] = await Promise.all([
    site.askAuthoritative({ name, type: "MX", zone: args.zone, servers, ...signal }),
    askHosts(site, args, entering, (host) => isNormalHost(host, recorded), known, options),
    askHosts(site, args, toBeKnown, () => true, known, options),
  ]);
  return {
    ...found,
    attributes: found.attributes ?? {},
    ...(set?.changedAtMs === undefined ? {} : { changedAtMs: set.changedAtMs }),
    writable: set?.writable ?? true,
    comments,
    ttlRange,
    takes,
    answers: answers.filter((answer) => !isAbove(answer)).map(mxAnswer),
    ...othersUnknownIn(answers),
    probes,
    atRest,
    markedBy: markersOf(found.notes),
    program: site.program,
    timeZone: site.timeZone,
  };
}

function isAbove(answer: Answer): boolean {
  return answer.outcome === "failed" && answer.isAbove === true;
}

function othersUnknownIn(answers: readonly Answer[]): { readonly othersUnknown?: string } {
  const found = answers.find(isAbove);
  return found?.outcome === "failed" ? { othersUnknown: found.why } : {};
}

function mxAnswer(answer: Answer): MxAnswer {
  if (answer.outcome === "failed") return answer;
  const { records, ...heard } = answer;
  return { ...heard, exchanges: records.map(exchangeOf) };
}
