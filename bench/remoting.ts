// Our native transport against pypsrp: the same calls, to the same server of the lab, in alternating runs, each client in a process of its own.
// Over Kerberos too where a KDC can be started; tickets are of a realm of its own.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { json } from "node:stream/consumers";
import { checkout } from "../setup/places.ts";
import { pythonJudge, pythonKerberosJudge } from "../test/support/judges.ts";
import { kdcAvailable, startKdc } from "../test/support/kdc.ts";
import { type Figure, median, table } from "./figures.ts";
import { ROWS_CMDLET, SERIAL_CMDLET } from "./remoting-cmdlets.ts";
import { ClientReport, type Given, type Way } from "./remoting-report.ts";
import type { ServerReport } from "./remoting-server.ts";

/** How much is measured. */
export interface Load {
  readonly rounds: number;
  readonly calls: number;
  readonly warmAfter: number;
  readonly rows: number;
}

interface Client {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

interface Run {
  readonly report: ClientReport;
  /** Milliseconds of processor time that the server took for it. */
  readonly serverCpuMs: number;
}

/** What a realm gives a server and its clients. */
interface Realm {
  readonly keytab: string;
  readonly environment: Readonly<Record<string, string>>;
}

const whole: Load = { rounds: 5, calls: 200, warmAfter: 300, rows: 20_000 };
/** HTTP exchanges that prove who asks before the first request: what the server wants to see, and the ticket for it. */
const proofs: Readonly<Record<Way, number>> = { basic: 0, kerberos: 2 };
/** The realm as pypsrp wants it; the server compares without case. */
const user = "pauser@CONTOSO.LOCAL";

/** Medians of one against the other, for each way of proving who asks, and our round trips. @throws {Error} when a client is missing or fails, or the two saw different things */
export async function compareRemoting(folder: string, say: (line: string) => void, load: Load = whole): Promise<readonly Figure[]> {
  const python = pythonJudge();
  if (python === undefined) throw new Error("pypsrp is not installed; npm test installs it");
  const figures = [...(await compareOver("basic", { python, folder, load, say }))];
  if (pythonKerberosJudge() !== undefined && kdcAvailable())
    figures.push(...(await compareOver("kerberos", { python, folder, load, say })));
  else say("Remoting over kerberos is left out: it needs krb5-kdc and pypsrp[kerberos].");
  return figures;
}

interface Comparison {
  readonly python: string;
  /** For what Node keeps of what it has compiled, as the plugin keeps it; Python does the same of itself. */
  readonly folder: string;
  readonly load: Load;
  readonly say: (line: string) => void;
}

async function compareOver(way: Way, { python, folder, load, say }: Comparison): Promise<readonly Figure[]> {
  const ours: Client = { name: "ours", command: [process.execPath, ...pluginFlags(), path.join(checkout, "bench", "remoting-client.ts")] };
  const pypsrp: Client = { name: "pypsrp", command: [python, path.join(checkout, "bench", "pypsrp_bench.py")] };
  const password = randomUUID();
  const kdc = way === "kerberos" ? await startKdc({ principals: [{ name: "pauser", password }] }) : undefined;
  const realm = kdc === undefined ? undefined : { keytab: kdc.serviceKeytab, environment: kdc.environment };
  const server = startServer(load, password, realm);
  try {
    const { port } = await reported(server);
    const given: Given = {
      port,
      user,
      password,
      way,
      calls: load.calls,
      warmAfter: load.warmAfter,
      serialCmdlet: SERIAL_CMDLET,
      rowsCmdlet: ROWS_CMDLET,
    };
    const environment = { ...process.env, ...realm?.environment, NODE_COMPILE_CACHE: path.join(folder, "compiled") };
    await run(ours, { ...given, calls: 1, warmAfter: 1 }, server, environment); // so that both are compiled and the server is warm
    const runs: { readonly pypsrp: Run; readonly ours: Run }[] = [];
    for (let round = 0; round < load.rounds; round += 1)
      runs.push({ pypsrp: await run(pypsrp, given, server, environment), ours: await run(ours, given, server, environment) });
    const [our, other] = [runs.map((pair) => pair.ours), runs.map((pair) => pair.pypsrp)];
    if (new Set([...our, ...other].map(({ report }) => JSON.stringify(report.seen))).size > 1)
      throw new Error("the clients did not see the same objects");
    say(`Remoting over ${way}, medians of ${load.rounds} alternating runs (milliseconds, processor time in brackets; megabytes):`);
    const heads = [
      "",
      `first ${load.calls} calls`,
      "",
      `${load.calls} after ${load.warmAfter}`,
      "",
      `${load.rows} objects`,
      "",
      "memory at first",
      "at most",
      "server's time",
    ];
    say(table([heads, row(ours, our), row(pypsrp, other)]));
    return [...ratios(way, load, our, other), ...tripsOf(way, our)];
  } finally {
    if (server.connected) server.disconnect();
    await kdc?.stop();
  }
}

/** How the plugin has Node started: as a user meets it, so is it measured. @throws {Error} when its script names no flags */
function pluginFlags(): readonly string[] {
  const script = readFileSync(path.join(checkout, "plugin", "pulumi-resource-exchange"), "utf8");
  const [, flags] = /^exec "[^"]+" ((?:--\S+ )+)"/m.exec(script) ?? [];
  if (flags === undefined) throw new Error("plugin/pulumi-resource-exchange: no line that starts Node with flags was found");
  return flags.trim().split(" ");
}

function startServer({ rows }: Load, password: string, realm: Realm | undefined): ChildProcess {
  const keytab = realm === undefined ? [] : [realm.keytab];
  const env = { ...process.env, ...realm?.environment };
  return fork(path.join(checkout, "bench", "remoting-server.ts"), [String(rows), user, password, ...keytab], { env });
}

function row({ name }: Client, runs: readonly Run[]): readonly (string | number)[] {
  const middle = (of: (run: Run) => number) => Math.round(medianOf(runs, of));
  return [
    name,
    middle(({ report }) => report.calls.wallMs),
    `(${middle(({ report }) => report.calls.cpuMs)})`,
    middle(({ report }) => report.warmCalls.wallMs),
    `(${middle(({ report }) => report.warmCalls.cpuMs)})`,
    middle(({ report }) => report.rows.wallMs),
    `(${middle(({ report }) => report.rows.cpuMs)})`,
    middle(({ report }) => report.startBytes / 1e6),
    middle(({ report }) => report.peakBytes / 1e6),
    `(${middle((run) => run.serverCpuMs)})`,
  ];
}

function ratios(way: Way, { calls, warmAfter, rows }: Load, our: readonly Run[], other: readonly Run[]): readonly Figure[] {
  const ratio = (what: string, target: number, of: (run: Run) => number): Figure => ({
    what: `${what} over ${way}, in pypsrp's`,
    value: medianOf(our, of) / medianOf(other, of),
    target,
    unit: " times",
  });
  return [
    ratio(`time for the first ${calls} serial calls`, 1 / 3, ({ report }) => report.calls.wallMs),
    ratio(`time for ${calls} serial calls after ${warmAfter}`, 1 / 3, ({ report }) => report.warmCalls.wallMs),
    ratio(`time for ${rows} objects`, 0.25, ({ report }) => report.rows.wallMs),
    ratio("peak memory", 0.7, ({ report }) => report.peakBytes),
  ];
}

function tripsOf(way: Way, our: readonly Run[]): readonly Figure[] {
  const most = (what: string, target: number, of: (trips: NonNullable<ClientReport["trips"]>) => number): Figure => ({
    what: `${what} over ${way}`,
    value: Math.max(...our.map(({ report }) => (report.trips === undefined ? Number.NaN : of(report.trips)))),
    target,
    unit: "",
  });
  return [
    most("round trips that open a session, authentication aside", 3, (trips) => trips.opening - proofs[way]),
    most("round trips of a call", 3, (trips) => trips.call),
    most("round trips that a call waits for", 2, (trips) => trips.awaited),
  ];
}

function medianOf(runs: readonly Run[], of: (run: Run) => number): number {
  return median(runs.map(of));
}

async function run({ name, command }: Client, given: Given, server: ChildProcess, env: NodeJS.ProcessEnv): Promise<Run> {
  const before = await reported(server, "rest");
  const [program, ...args] = command;
  const client = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const ended = once(client, "close");
  client.stdin.end(JSON.stringify(given));
  const said = await json(client.stdout).catch(() => undefined);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${name} ended with exit code ${code} (${command.join(" ")})`);
  return { report: ClientReport.parse(said), serverCpuMs: (await reported(server, "ask")).cpuMs - before.cpuMs };
}

/** The server's next report; with a word, one that is asked for now, at rest or as it is. */
async function reported(server: ChildProcess, word?: "ask" | "rest"): Promise<ServerReport> {
  const next = once(server, "message");
  if (word !== undefined) server.send(word);
  const [report] = await next;
  return report;
}
