// What is asked of the hosts of an MX set at port 25: of one new to the set, whether it is fit; of a normal one, what it does at rest, and the same
// again when it comes home.
import type { ReadOptions } from "../../common/options.ts";
import { type Exchange, sameExchanges } from "../../dns/sets.ts";
import { asksNormal } from "../../engine/normal.ts";
import { askMs, type HostReading } from "../known-host.ts";
import type { KnownHost } from "../known-host-shape.ts";
import type { Site } from "../site.ts";
import { programOf } from "./mark.ts";
import type { MxSet } from "./members.ts";
import { normal } from "./normal.ts";
import { fullName, type MxRecordArgs, type MxRecorded } from "./shape.ts";

/** Whether what is found is the normal set at rest, whose hosts show how they normally behave. */
export function isToBeKnown(args: MxRecordArgs, { exchanges, notes }: MxSet, recorded: MxRecorded | undefined): boolean {
  if (!asksNormal(normal, args) || Object.values(notes).some((note) => programOf(note) !== undefined)) return false;
  return recorded === undefined || sameExchanges(exchanges, recorded.normal.exchanges);
}

/** All at the same time. */
export function askHosts(
  site: Pick<Site, "probeSmtp">,
  args: MxRecordArgs,
  exchanges: readonly Exchange[],
  isNormal: (host: string) => boolean,
  known: readonly KnownHost[],
  options: ReadOptions,
): Promise<readonly HostReading[]> {
  return Promise.all(
    exchanges.map(async ({ exchange: host }) => {
      const recipients = recipientsOf(args, isNormal(host));
      return { host, reading: await site.probeSmtp({ host, recipients, timeoutMs: askMs(host, known), ...signalOf(options) }) };
    }),
  );
}

/** Whether it is one of the hosts that are given back. */
export function isNormalHost(host: string, recorded: MxRecorded | undefined): boolean {
  return (recorded?.normal.exchanges ?? []).some(({ exchange }) => exchange === host);
}

/** A normal host is not asked for what nobody has: many accept it, and it says nothing about whether the host is back. */
function recipientsOf(args: MxRecordArgs, isNormal: boolean) {
  // A wildcard's mail goes to any name below it.
  const domain = fullName(args).replace(/^\*/, "mail-path-test");
  const accepted = { address: args.probe?.accepted ?? `postmaster@${domain}`, expected: "accepted" as const };
  if (isNormal) return [accepted];
  return [accepted, { address: args.probe?.refused ?? `nobody-here-4711@${domain}`, expected: "refused" as const }];
}

function signalOf({ signal }: ReadOptions): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
