// Stands between us and a KDC, counts what is asked, and holds back answers as long as a test wants. Source: RFC 4120 5.4, 7.2.2 (over TCP).
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunningKdc } from "./kdc.ts";

export interface KdcTap {
  /** As the KDC's own, for a client that is to go through here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same, with a line more in [libdefaults]. */
  environmentWith(line: string): Promise<Readonly<Record<string, string>>>;
  /** Requests for a first ticket since the last look; one asking is two of them, since the KDC wants to see a proof of the password. */
  firstTickets(): number;
  /** Requests for a service's ticket since the last look. */
  serviceTickets(): number;
  /** Answers are held back until `release`. Resolves when there is something to hold back. */
  hold(): Promise<void>;
  release(): void;
  stop(): Promise<void>;
}

const LENGTH_BYTES = 4;
const AS_REQ = 0x6a;
const TGS_REQ = 0x6c;

export async function tapKdc(kdc: RunningKdc): Promise<KdcTap> {
  const folder = await mkdtemp(path.join(tmpdir(), "kdc-tap-"));
  const asked = new Map<number | undefined, number>();
  const look = (type: number) => {
    const count = asked.get(type) ?? 0;
    asked.delete(type);
    return count;
  };
  let held: Promise<void> | undefined;
  let onRequest: () => void = () => {};
  let release: () => void = () => {};
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(kdc.port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    }
    client.once("data", (bytes) => {
      const type = bytes.at(LENGTH_BYTES);
      asked.set(type, (asked.get(type) ?? 0) + 1);
      onRequest();
    });
    client.pipe(upstream);
    upstream.on("data", async (bytes) => {
      await held;
      client.write(bytes);
    });
    upstream.on("end", async () => {
      await held;
      client.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const configuration = await readFile(kdc.environment["KRB5_CONFIG"] ?? "", "utf8");
  const changed = configuration.replace(`kdc = 127.0.0.1:${kdc.port}`, `kdc = 127.0.0.1:${port}`);
  let files = 0;
  const environmentWith = async (line: string) => {
    const file = path.join(folder, `krb5-${++files}.conf`);
    await writeFile(file, changed.replace("[libdefaults]\n", `[libdefaults]\n  ${line}\n`));
    return { ...kdc.environment, KRB5_CONFIG: file };
  };
  return {
    environment: await environmentWith(""),
    environmentWith,
    firstTickets: () => look(AS_REQ),
    serviceTickets: () => look(TGS_REQ),
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
      return new Promise((resolve) => {
        onRequest = resolve;
      });
    },
    release() {
      release();
      held = undefined;
    },
    async stop() {
      release();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
