// systemd's journald as the machine's only syslog, started where the machine has none. Needs root, and a machine on which no syslog listens.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { findOnPath } from "../../setup/places.ts";
import { start, until } from "./processes.ts";

const program = "/lib/systemd/systemd-journald";
const [socket, syslogSocket] = ["/run/systemd/journal/dev-log", "/dev/log"];

export function journaldAvailable(): boolean {
  return process.getuid?.() === 0 && existsSync(program) && findOnPath("journalctl", "/usr/bin") !== undefined && !existsSync(syslogSocket);
}

export async function startJournald(): Promise<{ stop(): Promise<void> }> {
  mkdirSync("/run/systemd", { recursive: true });
  const journald = start(program, [], "/");
  await until(`journald listens (${journald.said()})`, () => existsSync(socket));
  symlinkSync(socket, syslogSocket);
  return {
    stop: async () => {
      rmSync(syslogSocket);
      await journald.stop();
      rmSync("/run/systemd/journal", { recursive: true, force: true });
    },
  };
}
