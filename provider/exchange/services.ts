// Windows services of an Exchange server, through that server's own PowerShell: the Exchange endpoint has no such cmdlets.

import { CmdletError } from "./error.ts";
import type { Look } from "./look.ts";
import type { Organisation } from "./organisation.ts";
import { textIn } from "./parse.ts";

export type ServiceStatus = "Stopped" | "StartPending" | "StopPending" | "Running" | "ContinuePending" | "PausePending" | "Paused";

export interface Service {
  readonly name: string;
  readonly status: ServiceStatus;
  /** `Automatic` also for a delayed start: Get-Service does not tell them apart. */
  readonly startType: string;
}

export const transportService = "MSExchangeTransport";
/** Nearly every Exchange service depends on it; it runs when the directory can be reached. */
export const directoryService = "MSExchangeADTopology";

const statuses: readonly string[] = ["Stopped", "StartPending", "StopPending", "Running", "ContinuePending", "PausePending", "Paused"];

/** One service. @throws {CmdletError} `notFound` when the server has none of that name @see Get-Service */
export async function getService(organisation: Organisation, server: string, name: string, look: Look): Promise<Service> {
  return organisation.shared(`service ${server} ${name}`, look.maxAgeMs, async () => {
    const objects = await organisation.run(server, "windows", "Get-Service", { Name: name }, look.signal);
    const found = objects.map((object) => ({
      name: textIn(object, "Name", "Get-Service"),
      status: textIn(object, "Status", "Get-Service"),
      startType: textIn(object, "StartType", "Get-Service"),
    }));
    const service = found.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (service === undefined) throw new CmdletError("notFound", `Get-Service on ${server}: there is no service ${name}`);
    if (!isStatus(service.status))
      throw new CmdletError("invalidAnswer", `Get-Service on ${server}: ${name} has the unknown status "${service.status}"`);
    return { ...service, status: service.status };
  });
}

/** Pauses a service: MSExchangeTransport then takes no new mail and goes on delivering what it has. Lost at its next start. @see Suspend-Service */
export async function suspendService(organisation: Organisation, server: string, name: string): Promise<void> {
  await change(organisation, server, "Suspend-Service", name);
}

/** Undoes `suspendService`. @see Resume-Service */
export async function resumeService(organisation: Organisation, server: string, name: string): Promise<void> {
  await change(organisation, server, "Resume-Service", name);
}

/** Starts a stopped service. @see Start-Service */
export async function startService(organisation: Organisation, server: string, name: string): Promise<void> {
  await change(organisation, server, "Start-Service", name);
}

async function change(organisation: Organisation, server: string, cmdlet: string, name: string): Promise<void> {
  organisation.changed();
  await organisation.run(server, "windows", cmdlet, { Name: name });
  organisation.changed();
}

function isStatus(text: string): text is ServiceStatus {
  return statuses.includes(text);
}
