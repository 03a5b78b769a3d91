// A quiet lab for measurements: hardly any mail, every MX name that the program asks for, and each call that reaches it counted.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Lab, startLab } from "../lab/lab.ts";
import { FaultScript } from "../lab/serve/faults.ts";

export interface Counts {
  /** HTTP requests to PowerShell endpoints: opening a shell, sending, receiving, signals. */
  wsmanRequests: number;
  cmdlets: number;
  cloudflare: number;
  dns: number;
  smtp: number;
  /** Commands on the buffer host. */
  ssh: number;
}

export interface LabSite {
  readonly lab: Lab;
  /** Since the last `restart`. */
  readonly counts: Readonly<Counts>;
  restart(): void;
  stop(): Promise<void>;
}

/** Asked of by each server of the lab before each call: here nothing goes wrong, and the calls are counted. */
class Counter extends FaultScript {
  readonly counts: Counts = none();

  override take(...[edge, server, call]: Parameters<FaultScript["take"]>): ReturnType<FaultScript["take"]> {
    if (edge === "wsman") this.counts.cmdlets += 1;
    else if (edge !== "ssh") this.counts[edge] += 1;
    else if (call !== "connect") this.counts.ssh += 1;
    return super.take(edge, server, call);
  }
}

/** A lab of `servers` servers whose zones have `names` MX names besides their own, spread over them. */
export async function startLabSite(servers: number, names: number): Promise<LabSite> {
  const faults = new Counter();
  const lab = await startLab({ faults, servers, senders: { count: 1 }, internal: { perHour: 0 } });
  const { zones, cast } = lab.world;
  const extra = Array.from({ length: names }, (_, index) => ({
    name: `branch${index + 1}`,
    zone: cast.domains[index % cast.domains.length] ?? "",
  }));
  for (const { name, zone } of extra) {
    const id = zones.zones().find((candidate) => candidate.name === zone)?.id ?? "";
    zones.create(id, { type: "MX", name: `${name}.${zone}`, content: cast.mailHost, priority: 10, ttl: 3_600 });
  }
  // Until both name servers show them.
  lab.skip(120_000);
  const countRequest = (message: unknown) => {
    if (isPowerShell(message)) faults.counts.wsmanRequests += 1;
  };
  subscribe("http.server.request.start", countRequest);
  return {
    lab: {
      ...lab,
      environment: lab.environment,
      config: {
        ...lab.config,
        "bench:servers": cast.servers.map(({ name }) => name),
        "bench:zones": cast.domains,
        "bench:names": [...cast.domains.map((zone) => ({ zone, name: "@" })), ...extra],
      },
    },
    counts: faults.counts,
    restart: () => void Object.assign(faults.counts, none()),
    stop: async () => {
      unsubscribe("http.server.request.start", countRequest);
      await lab.stop();
    },
  };
}

function none(): Counts {
  return { wsmanRequests: 0, cmdlets: 0, cloudflare: 0, dns: 0, smtp: 0, ssh: 0 };
}

function isPowerShell(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !("request" in message)) return false;
  const { request } = message;
  return typeof request === "object" && request !== null && "url" in request && /^\/(powershell|wsman)/i.test(String(request.url));
}
