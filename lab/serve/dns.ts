// The lab's authoritative name servers: one address each on loopback, UDP and TCP, in front of the lab's zones.
// Answers with authority or refuses; never recurses. Rules: RFC 1035 4.1 and 4.2, RFC 2308 (SOA beside "not there"), RFC 6891, RFC 7766.
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Zones } from "../world/zones.ts";
import type { Faults } from "./cloudflare.ts";
import { replyTo } from "./dns/reply.ts";

export interface DnsLab {
  readonly zones: Zones;
  /** Names of the servers to start. Absent: all of the zones, and the one of the zone above them. */
  readonly servers?: readonly string[];
  /** Port by server; others get a free one. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly faults?: Faults<"dns">;
}

export interface RunningDns {
  readonly ports: Readonly<Record<string, number>>;
  /** `{ "ns1.contoso-dns.net:53": "127.0.0.1:<port>" }` for whoever asks by name. */
  readonly connectTo: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** Lab milliseconds that a slow answer takes: within the 5 s that clients wait. */
const SLOW_MS = 4_000;

/** Starts the servers; they answer until `stop`. */
export async function startDns(lab: DnsLab): Promise<RunningDns> {
  const ports: Record<string, number> = {};
  const connectTo: Record<string, string> = {};
  const listeners: Listener[] = [];
  for (const server of lab.servers ?? lab.zones.allServers) {
    const listener = await listen(lab, server, lab.ports?.[server]);
    listeners.push(listener);
    ports[server] = listener.port;
    connectTo[`${server}:53`] = `127.0.0.1:${listener.port}`;
  }
  return {
    ports,
    connectTo,
    stop: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
  };
}

/** TCP takes a free port and UDP the same one; where UDP finds it taken, both look for another. */
async function listen(lab: DnsLab, server: string, port: number | undefined): Promise<Listener> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => serveTcp(lab, server, socket, connections));
  tcp.listen(port ?? 0, "127.0.0.1");
  await once(tcp, "listening");
  const own = portOf(tcp);
  const udp = createSocket("udp4");
  try {
    udp.bind(own, "127.0.0.1");
    await once(udp, "listening");
  } catch (error) {
    tcp.close();
    if (port !== undefined) throw error;
    return listen(lab, server, port);
  }
  udp.on("message", (query, from) => {
    answer(
      lab,
      server,
      query,
      "udp",
      (reply) => udp.send(reply, from.port, from.address),
      () => undefined,
    );
  });
  return { port: own, stop: () => stop(tcp, udp, connections) };
}

function serveTcp(lab: DnsLab, server: string, socket: Socket, connections: Set<Socket>): void {
  let received = Buffer.alloc(0);
  connections.add(socket);
  socket.on("close", () => connections.delete(socket));
  // A client that resets its connection has gone; there is nobody to tell.
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const query = received.subarray(2, 2 + received.readUInt16BE(0));
      received = received.subarray(2 + query.length);
      const send = (reply: Buffer) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        if (socket.writable) socket.write(Buffer.concat([length, reply]));
      };
      answer(lab, server, query, "tcp", send, () => socket.destroy());
    }
  });
}

function answer(lab: DnsLab, server: string, query: Buffer, over: "udp" | "tcp", send: (reply: Buffer) => void, cut: () => void): void {
  const reply = replyTo(lab.zones, server, query, over, (call) => lab.faults?.take("dns", server, call)?.what);
  switch (reply.fault) {
    case "timeOut":
      return;
    case "cutBefore":
    case "cutAfter":
      cut();
      return;
    case "slow":
      lab.zones.agenda.at(lab.zones.agenda.now() + SLOW_MS, () => send(reply.bytes));
      return;
    default:
      if (reply.bytes.length > 0) send(reply.bytes);
  }
}

async function stop(tcp: Server, udp: UdpSocket, connections: ReadonlySet<Socket>): Promise<void> {
  udp.removeAllListeners("message").close();
  tcp.close();
  for (const connection of connections) connection.destroy();
  await once(tcp, "close");
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A name server of the lab listens on no port.");
  return address.port;
}
