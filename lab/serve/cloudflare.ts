// The lab's Cloudflare: its DNS API v4 over HTTP on loopback, in front of the lab's zones.
// Here: the envelope, who may call, the rate limit and scripted faults. What the calls do: cloudflare/routes.ts.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { CloudflareRefusal } from "../world/zone-records.ts";
import type { Zones } from "../world/zones.ts";
import { demand, type Permission, type Tokens, tokenOf } from "./cloudflare/access.ts";
import { limitHeaders, RateLimit } from "./cloudflare/rate-limit.ts";
import { routeOf } from "./cloudflare/routes.ts";
import { refusalJson } from "./cloudflare/shapes.ts";
import type { FaultKind } from "./faults.ts";

/** What a server asks of a fault script. */
export interface Faults<Edge extends string> {
  take(edge: Edge, server: string, call: string): { readonly what: FaultKind } | undefined;
}

export interface CloudflareLab {
  readonly zones: Zones;
  /** A token with all permissions; at least 40 letters, digits, hyphens or underscores. */
  readonly token: string;
  /** Tokens with fewer permissions. */
  readonly otherTokens?: Tokens;
  readonly faults?: Faults<"cloudflare">;
  /** Absent: a free one. */
  readonly port?: number;
}

export interface RunningCloudflare {
  /** `http://127.0.0.1:<port>/client/v4` */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const BASE = "/client/v4";
/** As fault scripts name this server. */
const SERVER = "api.cloudflare.com";
/** Lab milliseconds that a slow answer takes: just short of the 30 s after which clients give up. */
const SLOW_MS = 25_000;

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Starts it; it answers until `stop`. */
export async function startCloudflare(lab: CloudflareLab): Promise<RunningCloudflare> {
  const all: readonly Permission[] = ["Zone Read", "DNS Edit"];
  const tokens: Tokens = new Map([...(lab.otherTokens ?? []), [lab.token, all]]);
  const limit = new RateLimit(() => lab.zones.agenda.now());
  const server = createServer((request, response) => {
    respond(lab, tokens, limit, request, response).catch(() => response.destroy());
  });
  server.listen(lab.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The lab's Cloudflare listens on no port.");
  return {
    baseUrl: `http://127.0.0.1:${address.port}${BASE}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function respond(
  lab: CloudflareLab,
  tokens: Tokens,
  limit: RateLimit,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { reply, fault } = handle(lab, tokens, limit, request, Buffer.concat(chunks).toString("utf8"));
  const send = () => {
    response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  switch (fault) {
    case "timeOut":
      return;
    case "cutBefore":
    case "cutAfter":
      response.destroy();
      return;
    case "slow":
      lab.zones.agenda.at(lab.zones.agenda.now() + SLOW_MS, send);
      return;
    default:
      send();
  }
}

/** Performs the request, unless a fault or a refusal comes before; tells which fault the answer meets. */
function handle(
  lab: CloudflareLab,
  tokens: Tokens,
  limit: RateLimit,
  request: IncomingMessage,
  body: string,
): { readonly reply: Reply; readonly fault: FaultKind | undefined } {
  let headers: Readonly<Record<string, string>> = {};
  let fault: FaultKind | undefined;
  try {
    const token = tokenOf(request.headers, tokens);
    const allowance = limit.take(token);
    headers = limitHeaders(allowance);
    if (!allowance.allowed) throw new CloudflareRefusal(429, 971, "Please wait and consider throttling your request speed");
    const route = routeOf(lab.zones, request.method ?? "GET", urlOf(request), body);
    fault = lab.faults?.take("cloudflare", SERVER, route.call)?.what;
    if (fault === "refused") return { reply: unavailable(), fault };
    if (fault === "timeOut" || fault === "cutBefore") return { reply: envelope(200, headers, { result: null }), fault };
    demand(route.needs, token, tokens);
    const answer = route.perform();
    return { reply: envelope(200, headers, fault === "wrongAnswer" ? { result: null } : answer), fault };
  } catch (error) {
    if (!(error instanceof CloudflareRefusal)) throw error;
    return { reply: refusal(error, headers), fault };
  }
}

function urlOf(request: IncomingMessage): URL {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (url.pathname.startsWith(`${BASE}/`)) url.pathname = url.pathname.slice(BASE.length);
  else url.pathname = `/unknown${url.pathname}`;
  return url;
}

function envelope(status: number, headers: Readonly<Record<string, string>>, answer: Readonly<Record<string, unknown>>): Reply {
  return json(status, headers, { success: true, errors: [], messages: [], ...answer });
}

function refusal(error: CloudflareRefusal, headers: Readonly<Record<string, string>>): Reply {
  return json(error.status, headers, refusalJson(error));
}

function json(status: number, headers: Readonly<Record<string, string>>, body: unknown): Reply {
  return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}

function unavailable(): Reply {
  return {
    status: 503,
    headers: { "content-type": "text/html" },
    body: "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>",
  };
}
