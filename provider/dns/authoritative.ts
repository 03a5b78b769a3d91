// What each authoritative server of a zone answers just now: rdata, TTL, whether it speaks with authority, serial.
// A change is finished when all of them give the new answer; an API's word for it is not evidence.
// One question each, never repeated: who needs to ask again asks again. Rules: RFC 1035, RFC 2308 5, RFC 1982 3.2.
import type { Answer as WireRecord } from "dns-packet";
import type { ConnectTo } from "../common/address.ts";
import { askServer, type DnsReply } from "./ask-server.ts";
import type { Exchange, MxRecordSets } from "./record-sets.ts";
import { hostName } from "./sets.ts";

/** What one server said, or why it said nothing that can be used. */
export type Answer =
  | {
      readonly server: string;
      readonly outcome: "answered";
      /** In the order of the answer; empty when the server says that there is no MX. */
      readonly exchanges: readonly Exchange[];
      /** Seconds; the largest of the set. Without MX: how long a cache may remember that there is none. */
      readonly ttlSeconds: number;
      /** False when the server did not claim authority (AA) for both answers: it repeats what it has heard. */
      readonly authoritative: boolean;
      /** Serial of the zone's SOA, to be compared by `serialIsNewer`. */
      readonly serial: number;
    }
  | { readonly server: string; readonly outcome: "failed"; readonly why: string };

export interface AuthoritativeQuestion {
  /** Whose MX, fully qualified. */
  readonly name: string;
  readonly type: "MX";
  /** The zone that `name` is in; its SOA is asked for too. */
  readonly zone: string;
  readonly servers: readonly string[];
  readonly connectTo?: ConnectTo;
  /** Milliseconds for each server, all its questions together. Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks every server at once for MX and SOA, without recursion, over UDP and over TCP where UDP was too small.
 * One answer per server, in the order of `servers`; a server that fails is an answer, not an exception.
 * @throws the reason of `signal`, once it is aborted
 */
export async function askAuthoritative(question: AuthoritativeQuestion): Promise<readonly Answer[]> {
  question.signal?.throwIfAborted();
  return Promise.all(question.servers.map((server) => askOne(server, question)));
}

/** The zone's authoritative servers, in lower case and sorted. @throws {DnsError} as the DNS API does */
export async function nameServersOf(sets: MxRecordSets): Promise<readonly string[]> {
  return [...new Set((await sets.nameServers()).map(hostName))].sort();
}

/** True when SOA serial `one` is newer than `other`, counted round 2^32 as RFC 1982 does; two half a circle apart are not comparable. */
export function serialIsNewer(one: number, other: number): boolean {
  const ahead = (one - other) >>> 0;
  return ahead !== 0 && ahead < 0x8000_0000;
}

async function askOne(server: string, question: AuthoritativeQuestion): Promise<Answer> {
  const name = hostName(question.name);
  const zone = hostName(question.zone);
  try {
    const [mx, soa] = await askServer({
      server,
      questions: [
        { name, type: "MX" },
        { name: zone, type: "SOA" },
      ],
      connectTo: question.connectTo ?? {},
      timeoutMs: question.timeoutMs ?? 5_000,
      ...(question.signal === undefined ? {} : { signal: question.signal }),
    });
    if (mx === undefined || soa === undefined) throw new Error(`${server} did not answer all questions.`);
    return answerOf(server, name, zone, mx, soa);
  } catch (error) {
    question.signal?.throwIfAborted();
    return { server, outcome: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

function answerOf(server: string, name: string, zone: string, mx: DnsReply, soa: DnsReply): Answer {
  const failed = (why: string): Answer => ({ server, outcome: "failed", why });
  for (const reply of [mx, soa]) {
    if (reply.code === "NOERROR" || (reply === mx && reply.code === "NXDOMAIN")) continue;
    return failed(
      `${server} answers ${reply.code}${reply.code === "REFUSED" ? `: it does not serve ${zone}.` : ` when asked about ${zone}.`}`,
    );
  }
  const alias = mx.answers.find((record) => record.type === "CNAME" && isNamed(record, name));
  if (alias?.type === "CNAME")
    return failed(`${server} says that ${name} is an alias (CNAME) of ${hostName(alias.data)}; an alias has no MX.`);
  const start = soa.answers.find((record) => record.type === "SOA" && isNamed(record, zone));
  if (start?.type !== "SOA" || start.data.serial === undefined)
    return failed(`${server} has no SOA of ${zone}: it does not serve that zone.`);
  const exchanges: Exchange[] = [];
  let ttlSeconds = 0;
  for (const record of mx.answers) {
    if (record.type !== "MX" || !isNamed(record, name)) continue;
    exchanges.push({ preference: record.data.preference ?? 0, exchange: hostName(record.data.exchange) });
    ttlSeconds = Math.max(ttlSeconds, record.ttl ?? 0);
  }
  if (exchanges.length === 0) ttlSeconds = Math.min(start.ttl ?? 0, start.data.minimum ?? 0);
  const authoritative = mx.authoritative && soa.authoritative;
  return { server, outcome: "answered", exchanges, ttlSeconds, authoritative, serial: start.data.serial };
}

function isNamed(record: WireRecord, name: string): boolean {
  return hostName(record.name) === name;
}
