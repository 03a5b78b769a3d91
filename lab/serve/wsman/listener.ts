// HTTP under a WSMan endpoint: path, authentication, body, and what a broken or a silent server looks like from outside.
// As IIS and http.sys answer; HTML where they do. Source: [MS-WSMV] 2.2.1; recorded answers for status codes and content type.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { envelope } from "./answers.ts";
import type { Admission, Authentication, Conversation } from "./authentication.ts";
import type { Endpoint, Outcome } from "./endpoint.ts";
import { TRANSFER } from "./namespaces.ts";
import { readRequest, type WsmanRequest } from "./request.ts";
import { faultBody, unknownShell } from "./soap-faults.ts";
import { XmlError } from "./xml.ts";

export interface ListenerOptions {
  readonly endpoint: Endpoint;
  readonly authentication: Authentication;
  readonly fqdn: string;
  /** `/PowerShell/` or `/wsman`; compared without case, a slash at the end does not matter. */
  readonly path: string;
  readonly isUp: () => boolean;
  readonly whenDown: "silent" | "reset";
  readonly requireCookie: boolean;
}

export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** Larger than any request that a client may make of a server which takes 500 KB. */
const MOST_BODY_BYTES = 1_048_576;
const KEEP_ALIVE_MS = 120_000;
const COOKIE = "X-BackEndCookie";
const SOAP_TYPE = "application/soap+xml;charset=UTF-8";

type Admitted = Extract<Admission, { kind: "admitted" }>;

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function listen(options: ListenerOptions, port: number): Promise<Listener> {
  const cookie = `${COOKIE}=${randomUUID()}`;
  const conversations = new WeakMap<Socket, Conversation>();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    const conversation = conversations.get(request.socket) ?? options.authentication.converse();
    conversations.set(request.socket, conversation);
    serve(options, { cookie, conversation }, request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket: Socket) => {
    if (options.isUp()) return;
    options.endpoint.shells.clear();
    if (options.whenDown === "reset") socket.resetAndDestroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { port: portOf(server), stop: () => stop(server, options.endpoint) };
}

/** What is known of a client before its request is read. */
interface Caller {
  readonly cookie: string;
  readonly conversation: Conversation;
}

async function serve(
  options: ListenerOptions,
  { cookie, conversation }: Caller,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!options.isUp()) return down(options, response);
  const { pathname } = new URL(request.url ?? "/", "http://lab");
  if (bare(pathname) !== bare(options.path)) return html(response, 404);
  if (request.method !== "POST") return html(response, 405);
  const body = await bodyOf(request);
  if (body === undefined) return html(response, 413);
  const admission = conversation.admit({
    authorization: request.headers.authorization,
    contentType: request.headers["content-type"] ?? "",
    body,
  });
  if (admission.kind === "challenged") return unauthorized(response, admission.challenges);
  for (const [name, value] of Object.entries(admission.headers)) response.setHeader(name, value);
  if (admission.body.length === 0) return void response.writeHead(200, { "Content-Length": 0 }).end();
  const asked = requestIn(admission.body.toString("utf8"));
  if (asked === undefined) return void response.writeHead(400, { "Content-Length": 0, Connection: "close" }).end();
  const listening = new AbortController();
  response.on("close", () => listening.abort());
  const address = `http://${request.headers.host ?? options.fqdn}${request.url ?? options.path}`;
  const isKnown = asked.action === `${TRANSFER}/Create` || !options.requireCookie || (request.headers.cookie ?? "").includes(cookie);
  const outcome = isKnown
    ? await options.endpoint.handle(asked, { user: admission.user, address, signal: listening.signal })
    : strayed(options, asked);
  if (!options.isUp()) return down(options, response);
  response.setHeader("Set-Cookie", `${cookie}; path=${options.path}; HttpOnly`);
  await perform(outcome, asked, { response, admission, signal: listening.signal });
}

/** Where an answer goes, and in what form. */
interface Reply {
  readonly response: ServerResponse;
  readonly admission: Admitted;
  readonly signal: AbortSignal;
}

async function perform(outcome: Outcome, asked: WsmanRequest, reply: Reply): Promise<void> {
  const { response } = reply;
  switch (outcome.kind) {
    case "answer": {
      const isDelivered = await soap(reply, 200, envelope(outcome.action, asked.messageId, outcome.body));
      if (!isDelivered) outcome.onLost?.();
      return;
    }
    case "fault":
      await soap(reply, 500, envelope(outcome.fault.action, asked.messageId, faultBody(outcome.fault)));
      return;
    case "html":
      return html(response, outcome.status);
    case "challenged":
      return unauthorized(response, outcome.challenges);
    case "cut":
      return void response.socket?.destroy();
    case "silence":
      return;
  }
}

/** A client that lost the front end's cookie reaches another server, which does not know its shell. Seen with Exchange Online only. */
function strayed(options: ListenerOptions, { selectors }: WsmanRequest): Outcome {
  return { kind: "fault", fault: unknownShell(options.fqdn, selectors.get("ShellId") ?? "") };
}

/** A server without power: whoever is connected hears nothing more, or is reset, and its shells are gone. */
function down({ endpoint, whenDown }: ListenerOptions, response: ServerResponse): void {
  endpoint.shells.clear();
  if (whenDown === "reset") response.socket?.resetAndDestroy();
}

/** True when all of it was handed to the network. */
async function soap({ response, admission, signal }: Reply, status: number, text: string): Promise<boolean> {
  if (signal.aborted) return false;
  const plain = Buffer.from(text, "utf8");
  const { contentType, body } = admission.seal?.(plain) ?? { contentType: SOAP_TYPE, body: plain };
  return new Promise((resolve) => {
    response.once("finish", () => resolve(true));
    response.once("close", () => resolve(response.writableFinished));
    response.writeHead(status, { "Content-Type": contentType, "Content-Length": body.length }).end(body);
  });
}

function unauthorized(response: ServerResponse, challenges: readonly string[]): void {
  response.setHeader("WWW-Authenticate", [...challenges]);
  html(response, 401);
}

/** A page of IIS or of whatever stands in front of it. */
function html(response: ServerResponse, status: number): void {
  const title = STATUS_CODES[status] ?? "Error";
  const page = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\r\n<BODY><h2>${title}</h2>\r\n<hr><p>HTTP Error ${status}.</p></BODY></HTML>\r\n`;
  response.writeHead(status, { "Content-Type": "text/html; charset=us-ascii", "Content-Length": Buffer.byteLength(page) }).end(page);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes <= MOST_BODY_BYTES) parts.push(part);
  }
  return bytes > MOST_BODY_BYTES ? undefined : Buffer.concat(parts);
}

function requestIn(body: string): WsmanRequest | undefined {
  try {
    return readRequest(body);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

function bare(path: string): string {
  return path.toLowerCase().replace(/\/$/, "");
}

function portOf(server: Server): number {
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return address.port;
}

async function stop(server: Server, endpoint: Endpoint): Promise<void> {
  endpoint.shells.clear();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
