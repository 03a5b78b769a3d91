// Composes a world: the clock, the site, people and senders, and what others bring: zones by their lookup, mail hosts by their name.
// Decides nothing. The same seed tells the same story, at whatever pace `events` is advanced.
import { type Cast, type CastOptions, makeCast } from "./cast.ts";
import { chance, Events } from "./events.ts";
import { type InternalOptions, InternalUsers } from "./internal.ts";
import { type Holder, Ledger } from "./ledger.ts";
import type { MailHost } from "./message.ts";
import { type MxLookup, Resolvers } from "./resolvers.ts";
import { Senders, type SendersOptions } from "./senders.ts";
import { Site, type SiteOptions } from "./site.ts";

export interface WorldOptions extends CastOptions, SiteOptions {
  /** `1` unless told. */
  readonly seed?: number;
  /** Milliseconds since 1970; a Saturday evening unless told. */
  readonly startMs?: number;
  /** A clock made before, such as one that zones run on already; made at `startMs` unless given. */
  readonly events?: Events;
  readonly senders?: SendersOptions;
  readonly internal?: InternalOptions;
  /** How many caches stand between senders and zones; `20` unless told. */
  readonly resolvers?: number;
  /** The zones' MX sets; unless given, every accepted domain has `10 mail.contoso.com` with a TTL of an hour. */
  readonly lookup?: MxLookup;
  /** Hosts besides the site's front end that MX records may name, such as the buffer; made once the front end is there. */
  readonly hosts?: (world: { readonly events: Events; readonly site: Site; readonly ledger: Ledger }) => readonly (MailHost & Holder)[];
}

export interface World {
  readonly events: Events;
  readonly cast: Cast;
  readonly site: Site;
  readonly ledger: Ledger;
  readonly senders: Senders;
  readonly internal: InternalUsers;
  readonly resolvers: Resolvers;
  /** The host that answers on port 25 of that name. */
  hostOf(name: string): MailHost | undefined;
}

const saturdayEvening = Date.UTC(2026, 11, 5, 18, 0, 0);

export function makeWorld(options: WorldOptions = {}): World {
  const { seed = 1, startMs = saturdayEvening, events = new Events(startMs), resolvers: resolverCount = 20 } = options;
  const cast = makeCast(options);
  const ledger = new Ledger();
  const site = new Site(events, cast, ledger, options);
  const hosts = new Map<string, MailHost>([site.frontEnd, ...site.frontEnds].map((host) => [host.name, host]));
  for (const host of options.hosts?.({ events, site, ledger }) ?? []) {
    hosts.set(host.name, host);
    ledger.watch(host);
  }
  const hostOf = (name: string) => hosts.get(name);
  const resolvers = new Resolvers(events, options.lookup ?? usualMx(cast), resolverCount);
  const recipients = [...cast.mailboxes.keys()];
  const senders = new Senders({ agenda: events, ledger, resolvers, hostOf, recipients, random: chance(seed) }, options.senders);
  const internal = new InternalUsers(site, chance(seed + 0x5eed), options.internal);
  return { events, cast, site, ledger, senders, internal, resolvers, hostOf };
}

function usualMx(cast: Cast): MxLookup {
  const answer = { exchanges: [{ preference: 10, exchange: cast.mailHost }], ttlSeconds: 3600 };
  return (name) => (cast.domains.includes(name) ? answer : undefined);
}
