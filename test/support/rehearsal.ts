// A lab and a Pulumi stack on its site, driven by the real CLI. Each stack has a folder, a home and a state of its own; several may share one lab.
// What a rehearsal proves is left to the tests; reading the engine's event log to engine-log.ts.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Lab, type LabOptions, startLab } from "../../lab/lab.ts";
import { pictureOf } from "../../lab/picture.ts";
import { type LabStack, makeStack, type StackOptions } from "../../lab/stack.ts";
import { checkout, checkoutCache } from "../../setup/places.ts";
import { findPulumi, withPulumi } from "../../setup/pulumi-cli.ts";
import { type EngineEvent, eventsIn } from "./engine-log.ts";
import { wrongWithMail } from "./ledgers.ts";
import { leftOf } from "./running.ts";

export interface Ran {
  readonly code: number;
  /** All that the CLI printed, without colours. */
  readonly output: string;
  /** The engine's own events; none of commands that have no operation. */
  readonly events: readonly EngineEvent[];
}

export interface RunOptions {
  /** In place of what the lab gives; `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Given on standard input. */
  readonly stdin?: string;
  /** A program that runs the CLI, with its arguments before those of the CLI. */
  readonly within?: readonly string[];
  /** Whether it is a process group of its own, as a pipeline's job is. */
  readonly detached?: boolean;
  /** Told all that was printed so far, whenever there is more. */
  readonly watch?: (printed: string, cli: ChildProcess) => void;
}

const checkpoint = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(z.object({ type: z.string(), outputs: z.unknown() })) }) }),
});
const operations = ["up", "preview", "refresh", "destroy"];

/** A stack on a lab's site. */
export class Rehearsal {
  readonly lab: Lab;
  readonly folder: string;
  readonly #stack: LabStack;
  #runs = 0;

  /** Writes the stack's files; `init` makes it known to Pulumi. `tree`: the sources whose plugin it is; the checkout's unless told. */
  constructor(lab: Lab, { tree = checkout, ...options }: Omit<StackOptions, "plugin"> & { readonly tree?: string } = {}) {
    this.lab = lab;
    this.folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-rehearsal-"));
    const plugin = path.join(this.folder, "plugin");
    mkdirSync(plugin);
    const script = `#!/bin/sh\necho "$$ $PPID" >> '${this.#pids}'\nexec '${tree}/plugin/pulumi-resource-exchange' "$@"\n`;
    writeFileSync(path.join(plugin, "pulumi-resource-exchange"), script, { mode: 0o755 });
    this.#stack = makeStack(lab, this.folder, { ...options, plugin });
  }

  async init(): Promise<this> {
    const { code, output } = await this.run(["stack", "init", "lab"]);
    if (code !== 0) throw new Error(output);
    return this;
  }

  /** Sets one value of the stack's configuration, as somebody does who edits its file. */
  set(key: string, value: string): void {
    const lines = readFileSync(this.#configFile, "utf8").split("\n");
    const rest = lines.filter((line) => !line.startsWith(`  ${key}:`));
    rest.splice(rest.indexOf("config:") + 1, 0, `  ${key}: ${value}`);
    writeFileSync(this.#configFile, rest.join("\n"));
  }

  /** `pulumi up` without questions, to `word` where one is given. */
  up(word?: string, options?: RunOptions, ...flags: readonly string[]): Promise<Ran> {
    if (word !== undefined) this.set("site:state", word);
    return this.run(["up", "--yes", "--skip-preview", ...flags], options);
  }

  preview(...flags: readonly string[]): Promise<Ran> {
    return this.run(["preview", ...flags]);
  }

  async run(
    args: readonly string[],
    { environment = {}, stdin = "", within = [], detached = false, watch }: RunOptions = {},
  ): Promise<Ran> {
    const log = path.join(this.folder, `events-${this.#runs++}.json`);
    const isOperation = operations.includes(args[0] ?? "");
    const all = [...args, "--non-interactive", "--color", "never", ...(isOperation ? ["--event-log", log] : [])];
    const [program = "pulumi", ...words] = [...within, "pulumi", ...all];
    const cli = spawn(program, words, { cwd: this.folder, env: this.#environment(environment), stdio: "pipe", detached });
    cli.stdin.end(stdin);
    let output = "";
    for (const stream of [cli.stdout, cli.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        watch?.(output, cli);
      });
    }
    this.#cli = cli.pid;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    cli.once("error", reject);
    cli.once("close", (code) => resolve(code ?? 1));
    const code = await promise;
    return { code, output, events: isOperation ? eventsIn(log) : [] };
  }

  #cli: number | undefined;

  /**
   * Ends the plugin of the run that is under way as a crash or `kill -9` does: at once, in the middle of whatever it is doing.
   * The engine starts one to refresh and one for the program, and lets either do the work, so both go.
   */
  killPlugin(): void {
    for (const pid of this.plugins()) signal(pid, "SIGKILL");
  }

  /** Freezes the plugin of the run that was started last, as a machine that goes to sleep does. @returns what thaws it */
  freezePlugin(): () => void {
    const frozen = this.plugins();
    for (const pid of frozen) signal(pid, "SIGSTOP");
    return () => {
      for (const pid of frozen) signal(pid, "SIGCONT");
    };
  }

  /** Process ids of the plugins of the run that was started last. */
  plugins(): readonly number[] {
    const started = readFileSync(this.#pids, "utf8").trim().split("\n");
    return started
      .map((line) => line.split(" ").map(Number))
      .flatMap(([pid, parent]) => (parent === this.#cli && pid !== undefined ? [pid] : []));
  }

  /** Ends the engine of the run that is under way as `kill -9` does, or an out-of-memory kill, or a runner that is taken away. */
  killEngine(): void {
    if (this.#cli !== undefined) signal(this.#cli, "SIGKILL");
  }

  /** Processes of this stack that are left when they have had time to end: `pulumi`, its plugins, the language host and the program. */
  left(): Promise<readonly string[]> {
    return leftOf(this.folder);
  }

  /** `pulumi cancel`: takes away the lock that a killed engine left. */
  async cancel(): Promise<void> {
    const { code, output } = await this.run(["cancel", "--yes"]);
    if (code !== 0) throw new Error(output);
  }

  /** The state that Pulumi keeps, as text: JSON in a file. */
  state(): string {
    const stacks = path.join(this.folder, "state", ".pulumi", "stacks");
    const [project = ""] = readdirSync(stacks);
    return readFileSync(path.join(stacks, project, "lab.json"), "utf8");
  }

  /** What Pulumi keeps of the buffer. */
  get buffer(): unknown {
    const { resources } = checkpoint.parse(JSON.parse(this.state())).checkpoint.latest;
    return resources.find(({ type }) => type === "exchange:index:BackupMxQueue")?.outputs;
  }

  /** Files that say that an operation is under way. */
  locks(): readonly string[] {
    const locks = path.join(this.folder, "state", ".pulumi", "locks");
    return readdirSync(locks, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #pids(): string {
    return path.join(this.folder, "plugin-pids");
  }

  get #configFile(): string {
    return path.join(this.folder, "Pulumi.lab.yaml");
  }

  #environment(changes: RunOptions["environment"]): NodeJS.ProcessEnv {
    const bin = process.env["PULUMI_EXCHANGE_BIN"] ?? findPulumi()?.bin;
    if (bin === undefined) throw new Error("there is no Pulumi CLI: call requirePulumi first");
    return {
      ...withPulumi(process.env, bin),
      ...this.#stack.environment,
      ...this.lab.environment,
      // Without it each run compiles the program and the plugin anew, which is most of what a run with nothing to do costs.
      NODE_COMPILE_CACHE: path.join(checkoutCache, "compiled"),
      // Gives the CLI its flag --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      ...changes,
    };
  }
}

/** One that has ended by itself is left in peace. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** A lab of few senders with a TTL of ten minutes, unless told otherwise. */
export function rehearsalLab(options: LabOptions = {}): Promise<Lab> {
  return startLab({ rate: 240, ttlSeconds: 600, senders: { count: 60 }, ...options });
}

/** What of a site must be as it was after a pause: all that a pause touches or might touch, without the mail that is on its way. */
export function siteOf({ world }: Lab): Readonly<Record<string, string>> {
  const { buffer, site } = world;
  const { [buffer.name]: _mail, ...picture } = pictureOf(world);
  const servers = site.servers.map((server) => {
    const states = server.components.readings().map(({ component, state }) => `${component} ${state}`);
    return [`${server.name} availability`, [server.policy, `moveNow ${server.moveNow}`, ...states].join(", ")];
  });
  const settings = buffer.settings.inFile().flatMap(([name, value]) => (value === "" ? [] : [[`${buffer.name} ${name}`, value]]));
  return { ...picture, ...Object.fromEntries([...servers, ...settings]) };
}

/** The same, and whatever leaves a trace although it ends as it began: record ids, times of change, the claim, held mail. */
export function tracesOf(lab: Lab): Readonly<Record<string, string>> {
  const { zones, buffer } = lab.world;
  const records = zones
    .zones()
    .flatMap((zone) => [...zone.records.values()].map((record) => [`record ${record.id}`, String(record.modifiedAtMs)]));
  return { ...siteOf(lab), ...Object.fromEntries(records), claim: claimOn(lab), held: String(buffer.queue().length) };
}

/** The program in the buffer's claim file; empty when there is none. */
export function claimOn({ world }: Lab): string {
  return world.buffer.run("cat /var/lib/pulumi-exchange/claim", "", "root").stdout.trim();
}

/** Lets the world run on until all mail has arrived or bounced. What then is wrong with it, or with the account that the stack gives of it, in words. */
export function settleMail({ lab: { world }, buffer }: Pick<Rehearsal, "lab" | "buffer">): readonly string[] {
  const { senders, internal, events, ledger } = world;
  senders.stop();
  internal.stop();
  const untilMs = events.now() + 5 * 86_400_000;
  while (ledger.totals().onTheWay > 0 && events.now() < untilMs) events.advanceTo(events.now() + 60_000);
  return wrongWithMail(world, buffer);
}
