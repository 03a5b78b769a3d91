// HTTP under a WSMan endpoint: path, authentication, body, and what a broken or a silent server looks like from outside.
// As IIS and http.sys answer; HTML where they do. Source: [MS-WSMV] 2.2.1; recorded answers for status codes and content type.
import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { XmlError } from "../../../provider/remoting/xml/reader.ts";
import type { Admission, Authentication, Conversation } from "./authentication.ts";
import { connectionOf, serverFor, type TlsOptions } from "./connections.ts";
import type { Endpoint } from "./endpoint.ts";
import { TRANSFER } from "./namespaces.ts";
import type { Outcome } from "./outcome.ts";
import { readRequestBytes, type WsmanRequest } from "./request.ts";
import { unknownShell } from "./soap-faults.ts";
import { soapText, write } from "./wire.ts";

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
  /** The server's own time, milliseconds since 1970, that every answer bears. Absent: this machine's. */
  readonly dateMs?: (() => number) | undefined;
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
type Enveloped = Extract<Outcome, { kind: "answer" | "fault" }>;

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function listen(options: ListenerOptions, port: number): Promise<Listener> {
  const cookie = `${COOKIE}=${randomUUID()}`;
  const callers = new WeakMap<Socket, Caller>();
  const begun = (socket: Socket): Caller => {
    const connection = connectionOf(socket);
    const conversation = options.authentication.converse(connection);
    const gone = new AbortController();
    const caller = { cookie, conversation, scheme: connection.isEncrypted ? "https" : "http", signal: gone.signal } as const;
    callers.set(socket, caller);
    socket.once("close", () => {
      gone.abort();
      conversation.end?.();
    });
    return caller;
  };
  const server = serverFor(options.tls, KEEP_ALIVE_MS, (request, response) => {
    serve(options, callers.get(request.socket) ?? begun(request.socket), request, response).catch(() => response.destroy());
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

/** What is known of a client before its request is read; the same for all requests of a TCP connection. */
interface Caller {
  readonly cookie: string;
  readonly conversation: Conversation;
  readonly scheme: "http" | "https";
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
}

async function serve(options: ListenerOptions, caller: Caller, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { cookie, conversation, scheme, signal } = caller;
  if (!options.isUp()) return down(options, response);
  if (options.dateMs !== undefined) response.setHeader("Date", new Date(options.dateMs()).toUTCString());
  const { url = "/", headers } = request;
  if (!isAt(options.path, url)) return html(response, 404);
  if (request.method !== "POST") return html(response, 405);
  const body = await bodyOf(request);
  if (body === undefined) return html(response, 413);
  const admission = conversation.admit({
    authorization: headers.authorization,
    contentType: headers["content-type"] ?? "",
    body,
  });
  if (admission.kind === "challenged") return unauthorized(response, admission.challenges);
  if (admission.kind === "refused") return void response.writeHead(admission.status, { "Content-Length": 0, Connection: "close" }).end();
  if (admission.body.length === 0) return void response.writeHead(200, { ...admission.headers, "Content-Length": 0 }).end();
  const asked = requestIn(admission.body);
  if (asked === undefined) return void response.writeHead(400, { ...admission.headers, "Content-Length": 0, Connection: "close" }).end();
  const isKnown = asked.action === `${TRANSFER}/Create` || !options.requireCookie || (headers.cookie ?? "").includes(cookie);
  const address = `${scheme}://${headers.host ?? options.fqdn}${url}`;
  const outcome = isKnown ? await options.endpoint.handle(asked, { user: admission.user, address, signal }) : strayed(options, asked);
  if (!options.isUp()) return down(options, response);
  const answered = { ...admission.headers, "Set-Cookie": `${cookie}; path=${options.path}; HttpOnly` };
  const reply = { response, headers: answered, seal: admission.seal, signal };
  if (outcome.kind === "answer" || outcome.kind === "fault") return soap(reply, outcome, asked);
  for (const [name, value] of Object.entries(answered)) response.setHeader(name, value);
  answerOtherwise(outcome, response, conversation);
}

/** Where an answer goes, and in what form. */
interface Reply {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly seal: Admitted["seal"];
  readonly signal: AbortSignal;
}

/** An answer or a fault, in an envelope. An answer that does not get to the network is given back. */
function soap({ response, headers, seal, signal }: Reply, outcome: Enveloped, { messageId }: WsmanRequest): void {
  const onLost = outcome.kind === "answer" ? outcome.onLost : undefined;
  if (signal.aborted) {
    onLost?.();
    return;
  }
  if (onLost !== undefined)
    response.once("close", () => {
      if (!response.writableFinished) onLost();
    });
  const text = soapText(outcome, messageId);
  const { contentType, body } = seal?.(Buffer.from(text, "utf8")) ?? { contentType: SOAP_TYPE, body: text };
  write(response, outcome.kind === "answer" ? 200 : 500, { ...headers, "Content-Type": contentType }, body, outcome.oddity);
}

/** What else may become of a request. */
function answerOtherwise(outcome: Exclude<Outcome, Enveloped>, response: ServerResponse, conversation: Conversation): void {
  switch (outcome.kind) {
    case "challenged":
      challengeAnew(conversation, response);
      break;
    case "html":
      html(response, outcome.status);
      break;
    case "text":
      response.writeHead(outcome.status, { "Content-Type": "text/plain; charset=utf-8" }).end(outcome.text);
      break;
    case "cut":
      response.socket?.destroy();
      break;
    case "silence":
      break;
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
  return new Promise((resolve) => {
    request.on("end", () => resolve(bytes > MOST_BODY_BYTES ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts)));
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

/** Whether a request's URL leads to the endpoint at `path`. */
function isAt(path: string, url: string): boolean {
  return url === path || bare(new URL(url, "http://lab").pathname) === bare(path);
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
