// Port 25 of a host of the lab's world, spoken by the smtp-server package: STARTTLS with a certificate of its own, SIZE, recipients.
// What is taken and refused is the world's word; this file only turns a dialogue into the world's Message and back.
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Caller, MailHost, SmtpReply } from "../world/message.ts";
import type { FaultScript } from "./faults.ts";
import { selfSigned } from "./self-signed.ts";

export interface SmtpOptions {
  readonly host: MailHost;
  /** Name that the server greets with. */
  readonly hello: string;
  /** Lab time, milliseconds since 1970: when a message counts as sent. */
  readonly now: () => number;
  /** Default 0: any free port. */
  readonly port?: number;
  /** SIZE as announced, bytes; default 37,748,736 (36 MB). */
  readonly sizeLimitBytes?: number;
  readonly faults?: Pick<FaultScript, "take">;
}

export interface SmtpService {
  readonly port: number;
  /** Stops listening and drops all connections. */
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. Faults are asked with the calls `connect`, `MAIL`, `RCPT` and `DATA`. */
export async function startSmtp(options: SmtpOptions): Promise<SmtpService> {
  const { host, hello, now, port = 0, sizeLimitBytes = 37_748_736, faults } = options;
  const sockets = new Set<Socket>();
  const { key, cert } = selfSigned(hello);

  /** Does `act` and hands its reply on, unless a fault comes between. */
  function answer(call: string, session: SMTPServerSession, act: () => SmtpReply | undefined, reply: (reply: SmtpReply) => void): void {
    const fault = faults?.take("smtp", hello, call)?.what;
    if (fault === "timeOut") return;
    const said = fault === "cutBefore" ? undefined : fault === "refused" ? notAvailable : act();
    if (said === undefined || fault === "cutAfter") socketOf(sockets, session)?.destroy();
    else if (fault === "slow") setTimeout(() => reply(said), slowMs);
    else reply(fault === "wrongAnswer" ? senseless : said);
  }

  const server = new SMTPServer({
    name: hello,
    banner: (host.open()?.text ?? "").replace(/^\S+ (?:ESMTP )?/, ""),
    key,
    cert,
    size: sizeLimitBytes,
    hideSTARTTLS: host.hidesStartTls ?? false,
    authOptional: true,
    disabledCommands: ["AUTH"],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1,
    maxAllowedUnauthenticatedCommands: false,
    onConnect: (session, callback) =>
      answer("connect", session, () => (server.connections.size > perSource ? tooMany : host.open()), toCallback(callback)),
    onMailFrom: ({ address }, session, callback) =>
      answer("MAIL", session, () => host.sender({ helo: session.hostNameAppearsAs, from: address }), toCallback(callback)),
    onRcptTo: ({ address }, session, callback) =>
      answer("RCPT", session, () => host.recipient(address.toLowerCase(), callerIn(session)), toCallback(callback)),
    onData: (stream, session, callback) => {
      readHead(stream).then((head) => {
        const act = () => (stream.sizeExceeded ? tooBig : host.accept(messageOf(head, stream.byteLength, session, now())));
        answer("DATA", session, act, (reply) => (reply.code < 300 ? callback(null, reply.text) : callback(refusal(reply))));
      }, callback);
    },
  });
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: portOf(server.server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const notAvailable: SmtpReply = { code: 421, text: "4.3.2 Service not available, closing transmission channel" };
/** Connections that one source may hold, as Exchange has it out of the box (MaxInboundConnectionPerSource). All that connects here is one source. */
const perSource = 20;
const tooMany: SmtpReply = {
  code: 421,
  text: "4.3.2 The maximum number of concurrent server connections has exceeded a per-source limit, closing transmission channel",
};
/** A reply of AUTH, where nobody asked for it. */
const senseless: SmtpReply = { code: 334, text: "VXNlcm5hbWU6" };
const tooBig: SmtpReply = { code: 552, text: "5.3.4 Message size exceeds fixed maximum message size" };
/** Enough for the headers that are read; the rest of a message is only counted. */
const headBytes = 65_536;
/** What a fault of kind `slow` adds to one answer, milliseconds of real time. */
const slowMs = 1_000;

function toCallback(callback: (error?: Error | null) => void): (reply: SmtpReply) => void {
  return (reply) => (reply.code < 300 ? callback() : callback(refusal(reply)));
}

function refusal({ code, text }: SmtpReply): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

async function readHead(stream: SMTPServerDataStream): Promise<string> {
  let head = "";
  for await (const chunk of stream) if (head.length < headBytes) head += String(chunk);
  return head.slice(0, headBytes).split(/\r?\n\r?\n/, 1)[0] ?? "";
}

function callerIn({ hostNameAppearsAs: helo, envelope: { mailFrom } }: SMTPServerSession): Caller {
  return { helo, from: mailFrom === false ? "" : mailFrom.address.toLowerCase() };
}

function messageOf(head: string, sizeBytes: number, session: SMTPServerSession, nowMs: number) {
  const { envelope } = session;
  const { from } = callerIn(session);
  const subject = headerOf(head, "Subject");
  return {
    id: (headerOf(head, "Message-ID") ?? `none.${nowMs}.${sizeBytes}@${from}`).replace(/^<|>$/g, ""),
    from,
    to: envelope.rcptTo.map(({ address }) => address.toLowerCase()),
    sizeBytes,
    sentAtMs: nowMs,
    ...(subject === undefined ? {} : { subject }),
  };
}

/** A header's value, folded lines joined. */
function headerOf(head: string, name: string): string | undefined {
  const [, value] = new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)$`, "im").exec(head) ?? [];
  return value?.replace(/\r?\n[ \t]+/g, " ").trim();
}

function socketOf(sockets: ReadonlySet<Socket>, { remotePort }: SMTPServerSession): Socket | undefined {
  return [...sockets].find((socket) => socket.remotePort === remotePort);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the SMTP server listens on no port");
  return address.port;
}
