// The lab's whole world in one call: an Exchange site, its zones, a buffer host and everybody who sends mail to it.
// Nothing listens and no time passes here; serve/ makes it reachable, and whoever holds `events` lets time pass.

import { BufferHost, type BufferOptions } from "./world/buffer.ts";
import { makeCast } from "./world/cast.ts";
import { Events } from "./world/events.ts";
import type { InternalOptions } from "./world/internal.ts";
import type { SendersOptions } from "./world/senders.ts";
import type { SiteOptions } from "./world/site.ts";
import type { Switches } from "./world/switches.ts";
import { makeWorld, type World } from "./world/world.ts";
import { Zones, type ZonesOptions } from "./world/zones.ts";

export interface SiteWorldOptions extends Pick<SiteOptions, "accounts" | "replication"> {
  readonly seed?: number;
  /** Lab time at the start, milliseconds since 1970. */
  readonly startMs: number;
  /** `4`, `8` or `16`. Default 4. */
  readonly servers?: number;
  readonly senders?: SendersOptions;
  readonly internal?: InternalOptions;
  readonly switches?: Partial<Switches>;
  readonly zones?: ZonesOptions;
  /** How long the buffer puts off callers that are new to it. Default: not at all. */
  readonly greylistMs?: number;
  /** What the buffer host is like, where it is not as Debian makes it. */
  readonly buffer?: Pick<BufferOptions, "logsTo" | "mayBySudo" | "settings" | "services" | "discards">;
  /** Normal TTL of the MX sets, in seconds. Default 3600. */
  readonly ttlSeconds?: number;
}

export interface SiteWorld extends World {
  readonly zones: Zones;
  readonly buffer: BufferHost;
}

export function makeSiteWorld(options: SiteWorldOptions): SiteWorld {
  const { seed = 1, startMs, servers = 4, ttlSeconds = 3_600, switches = {}, senders = {}, internal = {} } = options;
  const events = new Events(startMs);
  const cast = makeCast({ servers });
  const zones = new Zones(events, { seed, ...options.zones });
  for (const name of cast.domains) {
    zones.addZone({ name, records: [{ name, type: "MX", content: cast.mailHost, priority: 10, ttl: ttlSeconds }] });
  }
  let buffer: BufferHost | undefined;
  const world = makeWorld({
    seed,
    servers,
    events,
    switches,
    accounts: options.accounts ?? {},
    replication: options.replication ?? {},
    senders,
    internal,
    lookup: (name, resolver) => zones.lookupMx(name, zones.nameServers[resolver % zones.nameServers.length]),
    hosts: ({ site, ledger }) => {
      buffer = new BufferHost(events, {
        name: cast.bufferHost,
        domains: cast.domains,
        isRecipient: (address) => cast.mailboxes.has(address),
        nextHop: site.frontEnd,
        greylistMs: options.greylistMs ?? 0,
        seed,
        ...options.buffer,
        onBounce: ({ messageId, recipient, reason, atMs }) => ledger.bounced(messageId, recipient, reason, atMs),
      });
      return [buffer];
    },
  });
  if (buffer === undefined) throw new Error("the world made no buffer host");
  return { ...world, zones, buffer };
}
