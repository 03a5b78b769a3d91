// Reads and controls the Windows services of an Exchange server, through that server's own PowerShell: the Exchange endpoint has no such cmdlets, and
// from one server to another the proof of who asks does not travel.
import type { ActOptions, ReadOptions } from "../common/options.ts";
import type { PsObject } from "../remoting/clixml/values.ts";
import type { CmdletErrorRecord } from "../remoting/transport.ts";
import { type Cmdlet, defineCmdlet } from "./cmdlet.ts";
import { CmdletError } from "./error.ts";
import type { Organisation } from "./organisation.ts";
import { textIn } from "./parse.ts";
import { windowsManagement } from "./roles.ts";

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
export const replicationService = "MSExchangeRepl";
export const storeService = "MSExchangeIS";

/** What anybody here wants to know of: read together, so that all who ask on one server share one reading. */
const watched = [directoryService, replicationService, storeService, transportService] as const;
export type WatchedService = (typeof watched)[number];

/** How the keys of shared readings of services begin: changes of anything but services leave them as they are. */
export const serviceReadings = "services ";

const statuses: readonly string[] = ["Stopped", "StartPending", "StopPending", "Running", "ContinuePending", "PausePending", "Paused"];

const services = {
  endpoint: "windows",
  scope: "thisServer",
  domainController: false,
  parameters: { Name: "String[]" },
  module: windowsManagement,
} as const;

export const GetService = defineCmdlet({ name: "Get-Service", ...services, writes: false });
export const SuspendService = defineCmdlet({ name: "Suspend-Service", ...services, writes: true });
export const ResumeService = defineCmdlet({ name: "Resume-Service", ...services, writes: true });
export const StartService = defineCmdlet({ name: "Start-Service", ...services, writes: true });

/** One service. @throws {CmdletError} `notFound` when the server has none of that name @see Get-Service */
export async function getService(organisation: Organisation, server: string, name: WatchedService, options: ReadOptions): Promise<Service> {
  return serviceNamed(name, server, await watchedServices(organisation, server, options));
}

/** Several, in the order of `names`. @throws {CmdletError} `notFound` when the server has not all of them @see Get-Service */
export async function getServices(
  organisation: Organisation,
  server: string,
  names: readonly WatchedService[],
  options: ReadOptions,
): Promise<readonly Service[]> {
  const found = await watchedServices(organisation, server, options);
  return names.map((name) => serviceNamed(name, server, found));
}

function serviceNamed(name: string, server: string, found: readonly Service[]): Service {
  const service = found.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (service === undefined) throw new CmdletError("notFound", `Get-Service on ${server}: there is no service ${name}`);
  return service;
}

/** A server need not have all of them: one without mailboxes has no store. */
function watchedServices(organisation: Organisation, server: string, options: ReadOptions): Promise<readonly Service[]> {
  return organisation.shared(`${serviceReadings}${server}`, options.maxAgeMs, async () => {
    const isAnswer = (error: CmdletErrorRecord) => error.fullyQualifiedErrorId.startsWith("NoServiceFoundForGivenName");
    const objects = await organisation.run(server, GetService, { Name: watched }, { ...options, isAnswer });
    return objects.map((object) => serviceIn(server, object));
  });
}

function serviceIn(server: string, object: PsObject): Service {
  const name = textIn(object, "Name", GetService);
  const status = textIn(object, "Status", GetService);
  if (!isStatus(status)) throw new CmdletError("invalidAnswer", `Get-Service on ${server}: ${name} has the unknown status "${status}"`);
  return { name, status, startType: textIn(object, "StartType", GetService) };
}

/** Pauses a service: MSExchangeTransport then takes no new mail and goes on delivering what it has. Lost at its next start. @see Suspend-Service */
export async function suspendService(organisation: Organisation, server: string, name: string, options?: ActOptions): Promise<void> {
  await change(organisation, server, SuspendService, name, options);
}

/** Undoes `suspendService`. @see Resume-Service */
export async function resumeService(organisation: Organisation, server: string, name: string, options?: ActOptions): Promise<void> {
  await change(organisation, server, ResumeService, name, options);
}

/** Starts a stopped service. @see Start-Service */
export async function startService(organisation: Organisation, server: string, name: string, options?: ActOptions): Promise<void> {
  await change(organisation, server, StartService, name, options);
}

async function change(
  organisation: Organisation,
  server: string,
  cmdlet: Cmdlet<typeof services.parameters>,
  name: string,
  options?: ActOptions,
): Promise<void> {
  organisation.changed();
  await organisation.run(server, cmdlet, { Name: name }, options);
  organisation.changed();
}

function isStatus(text: string): text is ServiceStatus {
  return statuses.includes(text);
}
