// How far the clocks of servers and buffer are from this machine's. A server's is read from the head of an answer that needs no rights, for Kerberos
// lets nobody in whose clock is too far off. A difference is known between two bounds: the answer took as long as it took.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ConnectTo } from "../common/address.ts";
import { messageOf } from "../common/reason.ts";
import type { Clock } from "../engine/clock.ts";
import { sayDuration } from "../engine/progress.ts";
import { addressOfUrl } from "../remoting/http/address.ts";
import { failed, type Line, note, ok } from "./line.ts";

/** Bounds of how far another clock is ahead of ours, in milliseconds; negative where it is behind. */
export interface Difference {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Beyond this Kerberos refuses at five minutes, and the ledger's times mislead. */
const mostApartMs = 60_000;
/** Milliseconds of real time for an answer. */
const patienceMs = 10_000;

/** What a clock that showed `shownMs`, in whole seconds, between two moments of ours is ahead of it. */
export function differenceOf(shownMs: number, beforeMs: number, afterMs: number): Difference {
  return { leastMs: shownMs - afterMs, mostMs: shownMs + 1_000 - beforeMs };
}

/** What is said of a clock. Pure. */
export function sayClock(name: string, { leastMs, mostMs }: Difference): Line {
  const apartMs = leastMs > 0 ? leastMs : Math.min(0, mostMs);
  const size = sayDuration(Math.abs(apartMs));
  const words =
    Math.abs(apartMs) < 1_000 ? "agrees with this machine's" : `is ${size} ${apartMs > 0 ? "ahead of" : "behind"} this machine's`;
  const line = `Clock of ${name} ${words}`;
  if (Math.abs(apartMs) <= mostApartMs) return ok(line);
  return failed(
    `${line}; expected at most ${sayDuration(mostApartMs)}.`,
    "Set both by the same time source (chronyc sources here, w32tm /query /status there): Kerberos lets nobody in who is more than 5 minutes off.",
  );
}

/** The clock of the server behind `url`, by its answer to a question that anybody may ask; no credential is sent. */
export async function checkClock(server: string, url: string, connectTo: ConnectTo, clock: Clock): Promise<Line> {
  const beforeMs = clock.now();
  try {
    const { headers } = await ask(new URL(url), connectTo);
    const shownMs = Date.parse(headers.date ?? "");
    if (Number.isNaN(shownMs)) return note(`Clock of ${server}: its answers bear no time`);
    return sayClock(server, differenceOf(shownMs, beforeMs, clock.now()));
  } catch (error) {
    return note(`Clock of ${server}: not read (${messageOf(error)})`);
  }
}

function ask(url: URL, connectTo: ConnectTo): Promise<IncomingMessage> {
  const { host, port } = addressOfUrl(url, connectTo);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { host, port, path: url.pathname, method: "GET", headers: { Host: url.host }, agent: false, timeout: patienceMs };
  // Whose certificate it is does not matter: nothing is sent that must be kept, and only the time is taken.
  const asking =
    url.protocol === "https:" ? httpsRequest({ ...options, servername: url.hostname, rejectUnauthorized: false }) : httpRequest(options);
  asking.once("response", (answer) => {
    answer.resume();
    resolve(answer);
  });
  asking.once("timeout", () => asking.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
  asking.once("error", reject);
  asking.end();
  return promise.finally(() => asking.destroy());
}
