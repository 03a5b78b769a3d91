// ReadinessGate: nothing that depends on it goes on before every probe succeeds. It changes nothing itself.
import type { ReadOptions } from "../../common/options.ts";
import { reasonOf } from "../../common/reason.ts";
import type { Kind } from "../../engine/kind.ts";
import type { Plan, Step } from "../../engine/plan.ts";
import { readAgainOnce } from "../../engine/retry.ts";
import { getAvailabilityGroups } from "../../exchange/availability-group.ts";
import { directoryService, getServices, replicationService, storeService } from "../../exchange/services.ts";
import type { Site } from "../site.ts";
import type { ReadinessGateArgs } from "./args.ts";

export interface ActualGate {
  readonly probes: readonly { readonly what: string; readonly problem?: string }[];
}

export const readinessGate: Kind<Site, ReadinessGateArgs, ActualGate, Record<string, never>, Step> = {
  name: "ReadinessGate",
  identity: ["name"],
  desired: ["state"],
  titleOf: (args) => args.name,
  observe,
  adopt: () => ({ memory: {} }),
  remember: (_args, _actual, memory) => memory,
  plan,
  isSelfContained: () => true,
  apply: async () => undefined,
  sayStep: (step) => step.kind,
  headline: (args, actual) =>
    args.state === "closed"
      ? [`${args.name}: nothing is asked while the site is offline`]
      : [`${args.name}: ${actual.probes.length} things must work before the site comes back; ${problemsIn(actual).length} not yet`],
  liveArgs: (args, actual) => ({ ...args, state: args.state === "open" && problemsIn(actual).length > 0 ? "closed" : args.state }),
  outputs: (_args, actual) => (actual === undefined ? {} : { asked: actual.probes.length }),
  expectsSilence: (args) => args.state === "closed",
};

async function observe(site: Site, args: ReadinessGateArgs, _memory: unknown, options: ReadOptions): Promise<ActualGate> {
  if (args.state === "closed") return { probes: [] };
  const servers = args.servers.map(async (server) => ({ what: server, ...(await problemOf(() => probeServer(site, server, options))) }));
  const ports = args.ports.map(async (port) => ({ what: port, ...(await problemOf(() => site.connect(port, options.signal))) }));
  return { probes: await Promise.all([...servers, ...ports]) };
}

/** A wrong password will not come right by waiting, so it is no answer of a probe; nor is a session that a server recycled just then. */
async function problemOf(probe: () => Promise<void>): Promise<{ problem?: string }> {
  try {
    await readAgainOnce(probe);
    return {};
  } catch (error) {
    if (reasonOf(error) === "denied") throw error;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The endpoints come up before the services that mount databases; a mount in between is refused for good. */
const neededServices = [directoryService, replicationService, storeService] as const;

async function probeServer(site: Site, server: string, options: ReadOptions): Promise<void> {
  const services = await getServices(site.exchange, server, neededServices, options);
  const down = services.find(({ status }) => status !== "Running");
  if (down !== undefined) throw new Error(`${down.name} on ${server} is ${down.status}`);
  await getAvailabilityGroups(site.exchange, server, options);
}

function plan(args: ReadinessGateArgs, actual: ActualGate): Plan<Step> {
  const problems = problemsIn(actual);
  const [first] = problems;
  if (args.state === "closed" || first === undefined) return { steps: [], refusals: [] };
  const minutes = Math.round(args.stuckAfterSeconds / 60);
  return {
    steps: [
      {
        kind: "wait",
        key: "ready",
        for: `${problems.length} of ${actual.probes.length} servers and ports that are not ready: ${problems.join("; ")}`,
        recheckMs: 10_000,
        stuckAfterMs: args.stuckAfterSeconds * 1000,
        stuck: {
          sentence: `Not ready for ${minutes} minutes: ${problems.join("; ")}.`,
          remedy: "Nothing was mounted or resumed. See to it, then run `pulumi up` again.",
        },
      },
    ],
    refusals: [],
  };
}

function problemsIn(actual: ActualGate): readonly string[] {
  return actual.probes.flatMap(({ what, problem }) => (problem === undefined ? [] : [`${what} (${problem})`]));
}
