// HTTP under a WSMan endpoint: path, authentication, body, and what a broken or a silent server looks like from outside.
// As IIS and http.sys answer; HTML where they do. Source: [MS-WSMV] 2.2.1; recorded answers for status codes and content type.
import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Admission, Authentication, Conversation } from "./authentication.ts";
import { connectionOf, serverFor, type TlsOptions } from "./connections.ts";
import type { Endpoint } from "./endpoint.ts";
import { TRANSFER } from "./namespaces.ts";
import type { Outcome } from "./outcome.ts";
import { readRequestBytes, type WsmanRequest } from "./request.ts";
import { unknownShell } from "./soap-faults.ts";
import { soapText, write } from "./wire.ts";
import { XmlError } from "./xml.ts";

export interface ListenerOptions {
  readonly endpoint: Endpoint;
  readonly authentication: Authentication;
  /** Absent: plain http. */
  readonly tls?: TlsOptions | undefined;
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
  const begun = (socket: Socket): Conversation => {
    const conversation = options.authentication.converse(connectionOf(socket));
    conversations.set(socket, conversation);
    socket.once("close", () => conversation.end?.());
    return conversation;
  };
  const server = serverFor(options.tls, KEEP_ALIVE_MS, (request, response) => {
    const conversation = conversations.get(request.socket) ?? begun(request.socket);
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
  if (admission.kind === "refused") return void response.writeHead(admission.status, { "Content-Length": 0, Connection: "close" }).end();
  for (const [name, value] of Object.entries(admission.headers)) response.setHeader(name, value);
  if (admission.body.length === 0) return void response.writeHead(200, { "Content-Length": 0 }).end();
  const asked = requestIn(admission.body);
  if (asked === undefined) return void response.writeHead(400, { "Content-Length": 0, Connection: "close" }).end();
  const listening = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) listening.abort();
  });
  const address = `${connectionOf(request.socket).isEncrypted ? "https" : "http"}://${request.headers.host ?? options.fqdn}${request.url ?? options.path}`;
  const isKnown = asked.action === `${TRANSFER}/Create` || !options.requireCookie || (request.headers.cookie ?? "").includes(cookie);
  const outcome = isKnown
    ? await options.endpoint.handle(asked, { user: admission.user, address, signal: listening.signal })
    : strayed(options, asked);
  if (!options.isUp()) return down(options, response);
  response.setHeader("Set-Cookie", `${cookie}; path=${options.path}; HttpOnly`);
  if (outcome.kind === "challenged") return challengeAnew(conversation, response);
  await perform(outcome, asked, { response, admission, signal: listening.signal });
}

/** Where an answer goes, and in what form. */
interface Reply {
  readonly response: ServerResponse;
  readonly admission: Admitted;
  readonly signal: AbortSignal;
}

async function perform(outcome: Exclude<Outcome, { kind: "challenged" }>, asked: WsmanRequest, reply: Reply): Promise<void> {
  const { response } = reply;
  switch (outcome.kind) {
    case "answer":
      if (!(await soap(reply, 200, outcome, asked))) outcome.onLost?.();
      return;
    case "fault":
      await soap(reply, 500, outcome, asked);
      return;
    case "html":
      return html(response, outcome.status);
    case "text":
      return void response.writeHead(outcome.status, { "Content-Type": "text/plain; charset=utf-8" }).end(outcome.text);
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
async function soap(
  { response, admission, signal }: Reply,
  status: number,
  outcome: Extract<Outcome, { kind: "answer" | "fault" }>,
  { messageId }: WsmanRequest,
): Promise<boolean> {
  if (signal.aborted) return false;
  const plain = Buffer.from(soapText(outcome, messageId), "utf8");
  return write(response, status, admission.seal?.(plain) ?? { contentType: SOAP_TYPE, body: plain }, outcome.oddity);
}

/** Forgets what the connection had agreed on, and asks as whoever knows nothing is asked. */
function challengeAnew(conversation: Conversation, response: ServerResponse): void {
  conversation.end?.();
  const again = conversation.admit({ authorization: undefined, contentType: "", body: Buffer.alloc(0) });
  unauthorized(response, again.kind === "challenged" ? again.challenges : []);
}

function unauthorized(response: ServerResponse, challenges: readonly string[]): void {
  if (challenges.length > 0) response.setHeader("WWW-Authenticate", [...challenges]);
  html(response, challenges.length > 0 ? 401 : 403);
}

/** A page of IIS or of whatever stands in front of it. */
function html(response: ServerResponse, status: number): void {
  const title = STATUS_CODES[status] ?? "Error";
  const page = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\r\n<BODY><h2>${title}</h2>\r\n<hr><p>HTTP Error ${status}.</p></BODY></HTML>\r\n`;
  response.writeHead(status, { "Content-Type": "text/html; charset=us-ascii", "Content-Length": Buffer.byteLength(page) }).end(page);
}

/** Undefined when it is too large; never, when it does not come to an end: then the connection has ended. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes <= MOST_BODY_BYTES) parts.push(part);
  });
  return new Promise((resolve, reject) => {
    request.once("end", () => resolve(bytes > MOST_BODY_BYTES ? undefined : Buffer.concat(parts)));
    request.once("error", reject);
  });
}

function requestIn(body: Buffer): WsmanRequest | undefined {
  try {
    return readRequestBytes(body);
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
