// Our side of the remoting benchmark: the same calls as pypsrp_bench.py, and the same figures as JSON on standard output.
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { openAuthentication } from "../provider/remoting/auth/authentication.ts";
import { property, textOf } from "../provider/remoting/clixml/read.ts";
import { HttpConnection } from "../provider/remoting/http/connection.ts";
import { HttpWire } from "../provider/remoting/http/wire.ts";
import { type CmdletAnswer, Secret } from "../provider/remoting/transport.ts";
import { wsmanTransport } from "../provider/remoting/wsman-transport.ts";
import type { ClientReport, Given, Timed } from "./remoting-report.ts";

const given: Given = JSON.parse(await text(process.stdin));
const startBytes = peakBytes();
/** HTTP exchanges, those that prove who asks included. */
const exchanges = counted(HttpWire.prototype.exchange, (by) => {
  HttpWire.prototype.exchange = by;
});
/** Requests and their answers, with the proof where one comes before them. */
const requests = counted(HttpConnection.prototype.post, (by) => {
  HttpConnection.prototype.post = by;
});
const authentication = openAuthentication({ method: given.way, user: given.user, password: new Secret(given.password) });
const transport = wsmanTransport({
  url: "http://ex01.contoso.local/PowerShell/",
  configurationName: "Microsoft.Exchange",
  endpoint: "ex01 (Microsoft.Exchange)",
  authentication,
  connectTo: { "ex01.contoso.local:80": `127.0.0.1:${given.port}` },
});

const first = await countedCall();
const second = await countedCall();
for (const { stop } of [exchanges, requests]) stop();
const [calls, served] = await timed(() => serialCalls(given.calls));
await serialCalls(given.warmAfter - given.calls);
const [warmCalls] = await timed(() => serialCalls(given.calls));
const [rows, { objects }] = await timed(() => invoke(given.rowsCmdlet));
const peak = peakBytes();
await transport.close();
authentication.end();
const characters = objects.reduce((sum, row) => sum + lengthOf(row, "Name") + lengthOf(row, "DistinguishedName"), 0);
const report: ClientReport = {
  calls,
  warmCalls,
  rows,
  startBytes,
  peakBytes: peak,
  seen: { served, objects: objects.length, characters },
  trips: { opening: first.exchanges - second.awaited, call: second.asked, awaited: second.awaited },
};
process.stdout.write(JSON.stringify(report));

/** How many objects came. */
async function serialCalls(most: number): Promise<number> {
  let objects = 0;
  for (let count = 0; count < most; count += 1) objects += (await invoke(given.serialCmdlet)).objects.length;
  return objects;
}

async function invoke(cmdlet: string): Promise<CmdletAnswer> {
  const answer = await transport.invoke(cmdlet, {});
  if (answer.errors.length > 0) throw new Error(answer.errors[0]?.message);
  return answer;
}

/** How many requests a call makes, how many answers it waits for, and how many exchanges that took; then waits for the rest. */
async function countedCall(): Promise<{ readonly asked: number; readonly awaited: number; readonly exchanges: number }> {
  const [asked, answered, exchanged] = [requests.asked, requests.answered, exchanges.answered];
  await invoke(given.serialCmdlet);
  const counts = { awaited: requests.answered - answered, exchanges: exchanges.answered - exchanged };
  do {
    await new Promise((resolve) => setImmediate(resolve)); // what nobody waits for
  } while (requests.answered < requests.asked);
  return { asked: requests.asked - asked, ...counts };
}

interface Count {
  asked: number;
  answered: number;
  /** Counts no more. */
  readonly stop: () => void;
}

/** Counts the calls of a method from here on; `replace` puts another one in its place. */
function counted<This, Given extends unknown[], Answer>(
  method: (this: This, ...given: Given) => Promise<Answer>,
  replace: (by: (this: This, ...given: Given) => Promise<Answer>) => void,
): Count {
  const count = { asked: 0, answered: 0, stop: () => replace(method) };
  replace(async function (this: This, ...given: Given): Promise<Answer> {
    count.asked += 1;
    try {
      return await method.apply(this, given);
    } finally {
      count.answered += 1;
    }
  });
  return count;
}

async function timed<Result>(act: () => Promise<Result>): Promise<readonly [Timed, Result]> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await act();
  const { user, system } = process.cpuUsage(cpu);
  return [{ wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 }, result];
}

/** The most memory that this process ever held (VmHWM): unlike getrusage's figure, it does not begin with the parent's. */
function peakBytes(): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "ascii"))?.[1]) * 1024;
}

function lengthOf(row: CmdletAnswer["objects"][number], name: string): number {
  return textOf(property(row, name))?.length ?? Number.NaN;
}
