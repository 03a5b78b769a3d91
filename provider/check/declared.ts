// What a stack declares, by asking its own program: it is run as in a preview, with nobody behind it that would make anything, so it can be asked before
// the first `up`, and no name of a server, a zone or a host is typed twice. A state would say only what an earlier run knew.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { shapeOf } from "../host/catalogue.ts";
import { check } from "../host/check.ts";
import { revealed } from "../host/structs.ts";
import type { BackupMxQueueArgs } from "../resources/backup-mx-queue/shape.ts";
import type { MailboxDatabaseStateArgs } from "../resources/mailbox-database-state/shape.ts";
import type { MxRecordArgs } from "../resources/mx-record/shape.ts";
import type { ReadinessGateArgs } from "../resources/readiness-gate/shape.ts";
import type { TransportStateArgs } from "../resources/transport-state/shape.ts";
import type { Registered, ToRun } from "./run-program.ts";
import type { Stack } from "./stack.ts";

/** The parts of a site that a program names, each once. */
export interface Declared {
  /** Short names, in lower case. */
  readonly servers: readonly string[];
  readonly zones: readonly MxRecordArgs[];
  readonly buffers: readonly BackupMxQueueArgs[];
  /** Further things that must accept a connection before the site comes back: `dc1.contoso.local:389`. */
  readonly ports: readonly string[];
}

/** What a child says at its end: what was registered, or why the program failed. */
export type Said = { readonly registered: readonly Registered[] } | { readonly failure: string };

/** Runs the program of a stack, and sorts what it asks for. @throws {Error} in words when it fails, or when what it asks for cannot be */
export async function declaredBy(stack: Stack, environment: NodeJS.ProcessEnv): Promise<Declared> {
  const said = await run(stack, environment);
  if ("failure" in said) throw new Error(`The program of ${stack.project}/${stack.name} fails: ${said.failure}`);
  return sorted(said.registered);
}

function run({ project, name, program, values, secretKeys }: Stack, environment: NodeJS.ProcessEnv): Promise<Said> {
  const told: ToRun = { project, stack: name, program };
  const child = fork(fileURLToPath(new URL("./run-program.ts", import.meta.url)), [JSON.stringify(told)], {
    // As Pulumi itself hands a stack's configuration to a program.
    env: { ...environment, PULUMI_CONFIG: JSON.stringify(values), PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys) },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Said>();
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  child.once("message", (message) => resolve(message as Said));
  child.once("error", reject);
  child.once("close", (code) => resolve({ failure: `it ended with exit code ${code ?? "none"}. ${complaint.trim().slice(-1_000)}` }));
  return promise;
}

function sorted(registered: readonly Registered[]): Declared {
  const [servers, ports]: [string[], string[]] = [[], []];
  const zones = new Map<string, MxRecordArgs>();
  const buffers = new Map<string, BackupMxQueueArgs>();
  for (const { type, name, inputs } of registered) {
    const shape = shapeOf(type);
    if (shape === undefined) continue;
    // What a thing comes after is an output of others, and there is none yet.
    const { after: _order, ...given } = revealed(inputs);
    const { inputs: args, failures } = check(shape.args, given);
    const [wrong] = failures;
    if (wrong !== undefined) throw new Error(`${shape.name} ${name}: ${wrong.property}: ${wrong.reason}`);
    switch (shape.name) {
      case "TransportState":
        servers.push((args as TransportStateArgs).server);
        break;
      case "MailboxDatabaseState":
        servers.push(...(args as MailboxDatabaseStateArgs).servers);
        break;
      case "ReadinessGate":
        servers.push(...(args as ReadinessGateArgs).servers);
        ports.push(...(args as ReadinessGateArgs).ports);
        break;
      case "MxRecord":
        zones.set(shape.titleOf(args), args as MxRecordArgs);
        break;
      case "BackupMxQueue":
        buffers.set((args as BackupMxQueueArgs).host, args as BackupMxQueueArgs);
        break;
    }
  }
  return {
    servers: [...new Set(servers.map((server) => server.toLowerCase()))].sort(),
    zones: [...zones.values()],
    buffers: [...buffers.values()],
    ports: [...new Set(ports)],
  };
}
