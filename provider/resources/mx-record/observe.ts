// Reads one MX set: at its DNS API, at every authoritative server, and, for a host about to enter it, at that host's port 25.

import type { ReadOptions } from "../../common/options.ts";
import { type Answer, nameServersOf } from "../../dns/authoritative.ts";
import type { Exchange, MxSet } from "../../dns/record-sets.ts";
import { keyOf } from "../../dns/record-sets.ts";
import type { SmtpReading } from "../../mail/probe.ts";
import type { Site } from "../site.ts";
import { programOf } from "./mark.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";

export interface ActualMx extends MxSet {
  readonly answers: readonly Answer[];
  /** Readings of hosts that are wanted and not in the set yet. */
  readonly probes: readonly { readonly host: string; readonly reading: SmtpReading }[];
  readonly ttlRange: { readonly least: number; readonly greatest: number };
  /** Programs whose mark stands on a record of the set. */
  readonly markedBy: readonly string[];
  /** The program that reads. */
  readonly program: string;
}

/** The name's MX set; an empty one where the zone has none for it. @throws {DnsError} */
export async function observe(site: Site, args: MxRecordArgs, recorded: MxRecorded | undefined, options: ReadOptions): Promise<ActualMx> {
  const sets = site.mxRecords(args.provider, args.zone);
  const name = fullName(args);
  const [set, servers] = await Promise.all([sets.observe(name), nameServersOf(sets)]);
  const found: MxSet = set ?? { exchanges: [], ttlSeconds: 1, notes: {}, writable: true };
  const wanted = args.exchanges ?? recorded?.normal.exchanges ?? found.exchanges;
  const present = new Set(found.exchanges.map(keyOf));
  const entering = wanted.filter((exchange) => !present.has(keyOf(exchange)));
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const [answers, probes] = await Promise.all([
    site.askAuthoritative({ name, zone: args.zone, servers, ...signal }),
    Promise.all(entering.map((exchange) => probe(site, args, exchange, options))),
  ]);
  const markedBy = [...new Set(Object.values(found.notes).flatMap((note) => programOf(note) ?? []))].sort();
  return { ...found, answers, probes, ttlRange: sets.ttlRange, markedBy, program: site.program };
}

async function probe(
  site: Site,
  args: MxRecordArgs,
  exchange: Exchange,
  options: ReadOptions,
): Promise<{ host: string; reading: SmtpReading }> {
  const name = fullName(args);
  const accepted = args.probe?.accepted ?? `postmaster@${name}`;
  const refused = args.probe?.refused ?? `nobody-here-4711@${name}`;
  const reading = await site.probeSmtp({
    host: exchange.exchange,
    recipients: [
      { address: accepted, expected: "accepted" },
      { address: refused, expected: "refused" },
    ],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { host: exchange.exchange, reading };
}
