// One DNS message in, one out: what a name server of the lab answers to a query. No socket here.
// UDP answers that do not fit are cut to their question with TC set. Rules: RFC 1035 4.1.1, RFC 2181 9, RFC 2308 3, RFC 6891 6.2.
import { type Answer, decode, encode, type OptAnswer, type Packet } from "dns-packet";
import type { ServedRecord, ZoneStart } from "../../world/published.ts";
import type { Zones } from "../../world/zones.ts";
import type { FaultKind } from "../faults.ts";

export interface Reply {
  /** Empty for what deserves no answer: noise, and messages that are answers themselves. */
  readonly bytes: Buffer;
  readonly fault: FaultKind | undefined;
}

const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const OPCODE = 0x7800;
const CODES = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

const NOTHING: Reply = { bytes: Buffer.alloc(0), fault: undefined };
/** The largest UDP answer without EDNS, and the largest that this server sends with it. */
const PLAIN_BYTES = 512;
const EDNS_BYTES = 1_232;

/** The reply of `server` to `query`; `faultOf` is asked once, with a call such as `MX contoso.com`. */
export function replyTo(
  zones: Zones,
  server: string,
  query: Buffer,
  over: "udp" | "tcp",
  faultOf: (call: string) => FaultKind | undefined,
): Reply {
  if (query.length < 12) return NOTHING;
  const flags = query.readUInt16BE(2);
  if ((flags & RESPONSE) !== 0) return NOTHING;
  const head = { type: "response", id: query.readUInt16BE(0) } as const;
  const kept = flags & (OPCODE | RECURSION_DESIRED);
  if ((flags & OPCODE) !== 0) return { bytes: encode({ ...head, flags: kept | CODES.NOTIMP }), fault: undefined };
  const asked = read(query);
  const question = asked?.questions?.[0];
  if (question === undefined || asked?.questions?.length !== 1)
    return { bytes: encode({ ...head, flags: kept | CODES.FORMERR }), fault: undefined };

  const name = question.name.toLowerCase();
  const fault = faultOf(`${question.type} ${name}`);
  // A well-formed answer to what nobody asked.
  const id = fault === "wrongAnswer" ? head.id ^ 0xffff : head.id;
  const opt = asked.additionals?.find((record): record is OptAnswer => record.type === "OPT");
  const additionals: Answer[] =
    opt === undefined
      ? []
      : [{ ...opt, udpPayloadSize: EDNS_BYTES, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] }];
  const base = { ...head, id, questions: [question], additionals };
  if (fault === "refused") return { bytes: encode({ ...base, flags: kept | CODES.REFUSED }), fault };

  const { code, authoritative, records, referral = [], start } = zones.answer(server, name, question.type);
  const isStart = question.type === "SOA" && start?.zone === name;
  const answers = isStart ? [soaRecord(start, start.soa.ttl)] : records.map(wireRecord);
  const denial = answers.length > 0 || start === undefined ? [] : [soaRecord(start, Math.min(start.soa.ttl, start.soa.minimum))];
  const authorities = [...referral.map(wireRecord), ...denial];
  const all = kept | (authoritative ? AUTHORITATIVE : 0) | CODES[code];
  const bytes = encode({ ...base, flags: all, answers, authorities });
  const room = opt === undefined ? PLAIN_BYTES : Math.min(Math.max(opt.udpPayloadSize, PLAIN_BYTES), EDNS_BYTES);
  if (over === "tcp" || bytes.length <= room) return { bytes, fault };
  return { bytes: encode({ ...base, flags: all | TRUNCATED }), fault };
}

function read(query: Buffer): Packet | undefined {
  try {
    return decode(query);
  } catch {
    return undefined;
  }
}

function wireRecord(record: ServedRecord): Answer {
  const { name, ttl, content } = record;
  switch (record.type) {
    case "MX":
      return { type: "MX", class: "IN", name, ttl, data: { preference: record.priority ?? 0, exchange: content } };
    case "TXT":
      return { type: "TXT", class: "IN", name, ttl, data: content.replace(/^"|"$/g, "") };
    default:
      return { type: record.type, class: "IN", name, ttl, data: content };
  }
}

function soaRecord({ zone, soa }: ZoneStart, ttl: number): Answer {
  const { mname, rname, serial, refresh, retry, expire, minimum } = soa;
  return { type: "SOA", class: "IN", name: zone, ttl, data: { mname, rname, serial, refresh, retry, expire, minimum } };
}
