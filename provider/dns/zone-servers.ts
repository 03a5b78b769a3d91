// Who serves a zone: the servers that the DNS API lists, those that the zone above delegates to, and those that the zone itself names. Senders may ask
// any of them. The zone above is found from the root, without a resolver. Rules: RFC 1034 4.3.2 and 5.3.3 (referrals).
import type { Answer as WireRecord } from "dns-packet";
import type { ConnectTo } from "../common/address.ts";
import { hostName } from "../common/host-name.ts";
import { messageOf } from "../common/reason.ts";
import { askServer, type DnsReply } from "./ask-server.ts";
import type { Answer, ServerWord } from "./authoritative.ts";

/** What the zone above says, or why it cannot be asked. */
export type Delegation =
  | { readonly outcome: "known"; readonly servers: readonly string[] }
  | { readonly outcome: "failed"; readonly server: string; readonly why: string };

export interface Asking {
  /** One server's answer, and what it says of the zone. */
  readonly one: (server: string) => Promise<ServerWord>;
  readonly delegation: () => Promise<Delegation>;
}

/** Times that servers are asked which the answers before have named. A zone whose servers go on naming others is broken. */
const rounds = 4;

/**
 * The answers of all servers that are named by the DNS API (`listed`), by the zone above, or by one of them. One that the API does not list and whose
 * SOA names another primary than theirs has the zone from elsewhere. Where the zone above cannot be asked, one more answer says so (`isAbove`).
 */
export async function askEverywhere(listed: readonly string[], { one, delegation }: Asking): Promise<readonly Answer[]> {
  const words = new Map<string, ServerWord>();
  const hear = (servers: readonly string[]) => Promise.all(servers.map(async (server) => words.set(server, await one(server))));
  const [above] = await Promise.all([delegation(), hear(listed)]);
  const known = above.outcome === "known" ? [...listed, ...above.servers] : listed;
  const named = () => unique([...known, ...[...words.values()].flatMap(({ nameServers }) => nameServers)]);
  for (let round = 0; round < rounds && named().length > words.size; round += 1) await hear(named().filter((server) => !words.has(server)));
  const primaries = listed.flatMap((server) => words.get(server)?.primary ?? []);
  const answers = named().flatMap((server) => {
    const { answer, primary } = words.get(server) ?? {};
    if (answer === undefined) return [];
    const isForeign = answer.outcome === "answered" && !listed.includes(server) && primaries.length > 0;
    return isForeign && primary !== undefined && !primaries.includes(primary) ? [{ ...answer, zoneFrom: primary }] : [answer];
  });
  return above.outcome === "known" ? answers : [...answers, { ...above, isAbove: true }];
}

export interface DelegationQuestion {
  readonly zone: string;
  readonly connectTo?: ConnectTo;
  /** Milliseconds for each server. Default 2500. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The servers of the root zone. Source: IANA's root hints. */
const rootServers = [..."abcdefghijklm"].map((letter) => `${letter}.root-servers.net`);
/** Of the servers of one zone, this many are asked until one answers. */
const tries = 3;

/** What the zone above `zone` says of who serves it: one question to a server of each zone from the root down. */
export async function delegationOf(question: DelegationQuestion): Promise<Delegation> {
  const zone = hostName(question.zone);
  let above = "";
  let servers: readonly string[] = rootServers;
  for (;;) {
    const { server, reply, why } = await firstReply(servers, question);
    if (reply === undefined) return { outcome: "failed", server, why: `${why} It was asked who serves ${zone}.` };
    const names = namesIn([...reply.answers, ...reply.authorities], zone, above);
    if (names === undefined)
      return { outcome: "failed", server, why: `${server} answers ${reply.code} and knows nobody who serves ${zone}.` };
    if (names.of === zone) return { outcome: "known", servers: names.servers };
    above = names.of;
    servers = names.servers;
  }
}

async function firstReply(
  servers: readonly string[],
  { zone, connectTo = {}, timeoutMs = 2_500, signal }: DelegationQuestion,
): Promise<{ readonly server: string; readonly reply?: DnsReply; readonly why?: string }> {
  let failure = { server: servers[0] ?? "", why: "" };
  for (const server of servers.slice(0, tries)) {
    try {
      const questions = [{ name: hostName(zone), type: "NS" }] as const;
      const [reply] = await askServer({ server, questions, connectTo, timeoutMs, ...(signal === undefined ? {} : { signal }) });
      if (reply?.code === "NOERROR" || reply?.code === "NXDOMAIN") return { server, reply };
      failure = { server, why: `${server} answers ${reply?.code}.` };
    } catch (error) {
      signal?.throwIfAborted();
      failure = { server, why: messageOf(error) };
    }
  }
  return failure;
}

/** The name servers of the deepest zone below `above` that is `zone` or lies above it; `undefined` where none is named. */
function namesIn(
  records: readonly WireRecord[],
  zone: string,
  above: string,
): { readonly of: string; readonly servers: readonly string[] } | undefined {
  const found = records.flatMap((record) => (record.type === "NS" ? [{ of: hostName(record.name), server: hostName(record.data) }] : []));
  const onTheWay = found.filter(({ of }) => `.${zone}`.endsWith(`.${of}`) && of.length > above.length);
  const deepest = Math.max(0, ...onTheWay.map(({ of }) => of.length));
  const [first, ...others] = onTheWay.filter(({ of }) => of.length === deepest);
  return first && { of: first.of, servers: unique([first, ...others].map(({ server }) => server)) };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
