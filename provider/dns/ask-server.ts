// A few questions to one DNS server: UDP first, TCP for an answer that was cut, under one deadline.
// Takes only answers from the address that was asked, with the id and question that were sent. Rules: RFC 1035 4.2, RFC 7766, RFC 5452.
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect, isIPv6 } from "node:net";
import { type Answer, decode, encode } from "dns-packet";
import { addressOf, type ConnectTo } from "../common/address.ts";
import { messageOf } from "../common/reason.ts";
import type { RecordType } from "./record-sets.ts";

export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType | "NS" | "SOA";
}

/** One answer as it came. */
export interface DnsReply {
  /** `NOERROR`, `NXDOMAIN`, `REFUSED`, ... as IANA names them. */
  readonly code: string;
  readonly authoritative: boolean;
  readonly answers: readonly Answer[];
  /** The authority section: for what is elsewhere, who is asked there. */
  readonly authorities: readonly Answer[];
}

export interface ServerQuestions {
  readonly server: string;
  readonly questions: readonly DnsQuestion[];
  readonly connectTo: ConnectTo;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Absent: the system's. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
}

interface Query {
  readonly id: number;
  readonly question: DnsQuestion;
  readonly bytes: Buffer;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** Bits of the second 16-bit word of a message (RFC 1035 4.1.1). */
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"];

/**
 * The replies to `questions`, in their order, asked without recursion (RD=0). Within `timeoutMs` milliseconds altogether: a server with several
 * addresses is asked at one after the other, each with its share of them.
 * @throws {Error} whose message is a sentence about the server, for whatever kept it from answering
 */
export async function askServer(ask: ServerQuestions): Promise<readonly DnsReply[]> {
  const deadline = AbortSignal.timeout(ask.timeoutMs);
  const signal = ask.signal === undefined ? deadline : AbortSignal.any([deadline, ask.signal]);
  const queries = ask.questions.map(queryOf);
  const stop = silenceOf(signal, `${ask.server} did not answer within ${ask.timeoutMs} ms.`);
  try {
    const places = await Promise.race([placesOf(ask), stop.promise]);
    return await Promise.race([atOneOf(ask, places, queries, signal), stop.promise]);
  } finally {
    stop.release();
  }
}

/** The replies from the first place that answers. @throws {Error} with what every place did */
async function atOneOf(
  { server, timeoutMs }: ServerQuestions,
  places: readonly Place[],
  queries: readonly Query[],
  signal: AbortSignal,
): Promise<readonly DnsReply[]> {
  const [only, ...others] = places;
  if (only !== undefined && others.length === 0) return exchange(server, only, queries, signal);
  const failures: string[] = [];
  const shareMs = Math.floor(timeoutMs / places.length);
  for (const place of places) {
    const share = AbortSignal.any([signal, AbortSignal.timeout(shareMs)]);
    const silence = silenceOf(share, `${server} did not answer at ${place.address} within ${shareMs} ms.`);
    try {
      return await Promise.race([exchange(server, place, queries, share), silence.promise]);
    } catch (error) {
      failures.push(messageOf(error));
    } finally {
      silence.release();
    }
  }
  throw new Error(failures.join(" "));
}

async function exchange(server: string, place: Place, queries: readonly Query[], signal: AbortSignal): Promise<readonly DnsReply[]> {
  const messages = await overUdp(server, place, queries, signal);
  return Promise.all(
    messages.map(async (message, index) => {
      const query = queries[index];
      if (query === undefined || (message.readUInt16BE(2) & TRUNCATED) === 0) return replyOf(server, message);
      return replyOf(server, await overTcp(server, place, query, signal));
    }),
  );
}

/** Rejects with `why` when `signal` is aborted: the time is over or the caller gives up. Lets go of the signal when neither happened. */
function silenceOf(signal: AbortSignal, why: string): { readonly promise: Promise<never>; readonly release: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error(why));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  promise.catch(() => undefined);
  return { promise, release: () => signal.removeEventListener("abort", onAbort) };
}

async function placesOf({ server, connectTo, addressesOf = systemAddresses }: ServerQuestions): Promise<readonly Place[]> {
  const { host, port } = addressOf(server, 53, connectTo);
  try {
    return [...new Set(await addressesOf(host))].map((address) => ({ address, port }));
  } catch (cause) {
    throw new Error(`${server} has no address that can be found from here.`, { cause });
  }
}

/** IPv4 and IPv6. */
async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** A connected socket: the system itself drops what comes from any other address or port. */
function overUdp(server: string, place: Place, queries: readonly Query[], signal: AbortSignal): Promise<readonly Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Buffer[]>();
  const replies = new Map<Query, Buffer>();
  const socket = createSocket(isIPv6(place.address) ? "udp6" : "udp4");
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    signal.removeEventListener("abort", close);
    socket.close();
  };
  const fail = (cause: Error) => {
    close();
    reject(unreachable(server, place, cause));
  };
  signal.addEventListener("abort", close, { once: true });
  socket.on("error", fail);
  socket.on("message", (message) => {
    const query = queries.find((candidate) => isReplyTo(candidate, message));
    if (query === undefined) return;
    replies.set(query, message);
    const all = queries.flatMap((each) => replies.get(each) ?? []);
    if (all.length < queries.length) return;
    close();
    resolve(all);
  });
  socket.on("connect", () => {
    // A refusal of the first datagram is told by the system when the next one is sent.
    for (const query of queries) socket.send(query.bytes, (error) => error !== null && fail(error));
  });
  socket.connect(place.port, place.address);
  return promise;
}

function overTcp(server: string, place: Place, query: Query, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let received = Buffer.alloc(0);
  const socket = connect({ host: place.address, port: place.port, signal });
  socket.on("connect", () => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.bytes.length);
    socket.write(Buffer.concat([length, query.bytes]));
  });
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    const message = received.subarray(2, 2 + received.readUInt16BE(0));
    socket.destroy();
    if (isReplyTo(query, message)) resolve(message);
    else reject(new Error(`${server} answered over TCP to another question than the one asked.`));
  });
  socket.on("error", (cause) => reject(unreachable(server, place, cause)));
  socket.on("close", () => reject(new Error(`${server} closed the TCP connection before it had answered.`)));
  return promise;
}

function unreachable(server: string, place: Place, cause: Error): Error {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  return new Error(`${server} cannot be reached at ${place.address} port ${place.port} (${code}).`, { cause });
}

function queryOf(question: DnsQuestion): Query {
  const id = randomInt(0x10000);
  return { id, question, bytes: encode({ type: "query", id, flags: 0, questions: [{ ...question, class: "IN" }] }) };
}

function isReplyTo({ id, question }: Query, message: Buffer): boolean {
  if (message.length < 12 || message.readUInt16BE(0) !== id || (message.readUInt16BE(2) & RESPONSE) === 0) return false;
  const asked = questionOf(message);
  return asked?.type === question.type && asked.name.toLowerCase() === question.name;
}

/** The question that a message repeats. A cut message may end anywhere after it, so only the head and the question are read. */
function questionOf(message: Buffer): { readonly name: string; readonly type: string } | undefined {
  const head = Buffer.from(message);
  head.fill(0, 6, 12);
  try {
    return decode(head).questions?.[0];
  } catch {
    return undefined;
  }
}

function replyOf(server: string, message: Buffer): DnsReply {
  const flags = message.readUInt16BE(2);
  const code = CODES[flags & 0xf] ?? `response code ${flags & 0xf}`;
  try {
    const { answers = [], authorities = [] } = decode(message);
    return { code, authoritative: (flags & AUTHORITATIVE) !== 0, answers, authorities };
  } catch (cause) {
    throw new Error(`${server} sent a message that is not DNS.`, { cause });
  }
}
