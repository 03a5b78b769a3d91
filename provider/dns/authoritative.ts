// What each authoritative server of a zone answers just now: rdata, TTL, whether it speaks with authority, serial.
// A change is finished when all of them give the new answer; an API's word for it is not evidence.
// One question each, never repeated: who needs to ask again asks again. Rules: RFC 1035, RFC 2308 5.
import type { Answer as WireRecord } from "dns-packet";
import type { ConnectTo } from "../common/address.ts";
import { hostName } from "../common/host-name.ts";
import { messageOf } from "../common/reason.ts";
import { askServer, type DnsQuestion, type DnsReply } from "./ask-server.ts";
import { dataOf } from "./rdata.ts";
import type { RecordSets, RecordType } from "./record-sets.ts";

/** What one server said, or why it said nothing that can be used. */
export type Answer =
  | {
      readonly server: string;
      readonly outcome: "answered";
      /** Their data, in the order of the answer; empty when the server says that there are none. */
      readonly records: readonly string[];
      /** Seconds; the largest of the set. Without records: how long a cache may remember that there is none. */
      readonly ttlSeconds: number;
      /** False when the server did not claim authority (AA) for both answers: it repeats what it has heard. */
      readonly authoritative: boolean;
      /** Serial of the zone's SOA. */
      readonly serial: number;
      /** Where it has the zone from, when that is not where the servers of the DNS API have it from: it never hears of what is changed there. */
      readonly zoneFrom?: string;
    }
  | {
      readonly server: string;
      readonly outcome: "failed";
      readonly why: string;
      /** It is of a zone above, and could not be asked who else serves the zone. */
      readonly isAbove?: true;
    };

/** What one server said, and what it says of the zone: its name servers and the primary in its SOA. */
export interface ServerWord {
  readonly answer: Answer;
  readonly nameServers: readonly string[];
  readonly primary?: string;
}

export interface AuthoritativeQuestion {
  /** Whose records, fully qualified. */
  readonly name: string;
  readonly type: RecordType;
  /** The zone that `name` is in; its SOA is asked for too. */
  readonly zone: string;
  readonly servers: readonly string[];
  readonly connectTo?: ConnectTo;
  /** Milliseconds for each server, all its questions together. Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The addresses of a host. Absent: the system's word. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
}

/** The zone's authoritative servers, in lower case and sorted. @throws {DnsError} as the DNS API does */
export async function nameServersOf(sets: RecordSets): Promise<readonly string[]> {
  return [...new Set((await sets.nameServers()).map(hostName))].sort();
}

/**
 * Asks one server for the records, the SOA and the name servers of the zone, without recursion, over UDP and over TCP where UDP was too small.
 * A server that fails is an answer, not an exception. @throws the reason of `signal`, once it is aborted
 */
export async function askOne(server: string, question: Omit<AuthoritativeQuestion, "servers">): Promise<ServerWord> {
  const name = hostName(question.name);
  const zone = hostName(question.zone);
  try {
    const [reply, soa, ns] = await askServer({
      server,
      questions: [
        { name, type: question.type },
        { name: zone, type: "SOA" },
        { name: zone, type: "NS" },
      ],
      connectTo: question.connectTo ?? {},
      timeoutMs: question.timeoutMs ?? 5_000,
      ...(question.signal === undefined ? {} : { signal: question.signal }),
      ...(question.addressesOf === undefined ? {} : { addressesOf: question.addressesOf }),
    });
    if (reply === undefined || soa === undefined || ns === undefined) throw new Error(`${server} did not answer all questions.`);
    const answer = answerOf(server, { name, type: question.type }, zone, reply, soa);
    const primary = soa.answers.find((record) => record.type === "SOA");
    const nameServers = ns.answers.flatMap((record) => (record.type === "NS" && isNamed(record, zone) ? [hostName(record.data)] : []));
    return { answer, nameServers, ...(primary === undefined ? {} : { primary: hostName(primary.data.mname) }) };
  } catch (error) {
    question.signal?.throwIfAborted();
    return { answer: { server, outcome: "failed", why: messageOf(error) }, nameServers: [] };
  }
}

function answerOf(server: string, { name, type }: DnsQuestion, zone: string, reply: DnsReply, soa: DnsReply): Answer {
  const failed = (why: string): Answer => ({ server, outcome: "failed", why });
  for (const each of [reply, soa]) {
    if (each.code === "NOERROR" || (each === reply && each.code === "NXDOMAIN")) continue;
    return failed(
      `${server} answers ${each.code}${each.code === "REFUSED" ? `: it does not serve ${zone}.` : ` when asked about ${zone}.`}`,
    );
  }
  const alias = reply.answers.find((record) => record.type === "CNAME" && isNamed(record, name));
  if (alias?.type === "CNAME" && type !== "CNAME")
    return failed(`${server} says that ${name} is an alias (CNAME) of ${hostName(alias.data)}; an alias has no ${type}.`);
  const start = soa.answers.find((record) => record.type === "SOA" && isNamed(record, zone));
  if (start?.type !== "SOA" || start.data.serial === undefined)
    return failed(`${server} has no SOA of ${zone}: it does not serve that zone.`);
  const found = reply.answers.filter((record) => record.type === type && isNamed(record, name));
  const ttls = found.map((record) => ("ttl" in record ? (record.ttl ?? 0) : 0));
  return {
    server,
    outcome: "answered",
    records: found.flatMap((record) => dataOf(record) ?? []),
    ttlSeconds: found.length === 0 ? Math.min(start.ttl ?? 0, start.data.minimum ?? 0) : Math.max(...ttls),
    authoritative: reply.authoritative && soa.authoritative,
    serial: start.data.serial,
  };
}

function isNamed(record: WireRecord, name: string): boolean {
  return hostName(record.name) === name;
}
