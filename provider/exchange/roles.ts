// Says which right a cmdlet needs, to somebody who has to grant it. At Exchange's endpoint a cmdlet or parameter that no role of the account holds is
// not there at all; at Windows' a missing cmdlet is a missing module. Source: Microsoft's pages of the management roles and role groups; which
// cmdlets a role holds is listed nowhere in public, so what no page of a role names is marked as not certain and said so.
import type { Cmdlet } from "./cmdlet.ts";

export interface ManagementRole {
  readonly role: string;
  /** Role groups that have the role, the one with the fewest other rights first. */
  readonly groups: readonly [string, ...string[]];
  /** The role's own page names the task that the cmdlet is for. */
  readonly certain: boolean;
}

const serverManagement = ["Server Management", "Organization Management"] as const;

export const databaseAvailabilityGroups: ManagementRole = {
  role: "Database Availability Groups",
  groups: ["Organization Management"],
  certain: true,
};
export const databaseCopies: ManagementRole = { role: "Database Copies", groups: serverManagement, certain: true };
export const databases: ManagementRole = { role: "Databases", groups: serverManagement, certain: true };
export const exchangeServers: ManagementRole = { role: "Exchange Servers", groups: serverManagement, certain: true };
export const transportQueues: ManagementRole = { role: "Transport Queues", groups: serverManagement, certain: true };
export const viewOnlyConfiguration: ManagementRole = {
  role: "View-Only Configuration",
  groups: ["View-Only Organization Management", "Organization Management"],
  certain: true,
};

/** The role, where its page does not name the task: it is likely to hold the cmdlet. */
export function inferred(role: ManagementRole): ManagementRole {
  return { ...role, certain: false };
}

export interface WindowsModule {
  readonly name: string;
  /** The Windows feature that brings it; absent where Windows PowerShell itself does. */
  readonly feature?: string;
}

export const windowsManagement: WindowsModule = { name: "Microsoft.PowerShell.Management" };

/** Why a server says that it does not know a cmdlet, and what to do. */
export function missingCmdlet(server: string, cmdlet: Cmdlet): string {
  if (cmdlet.endpoint === "exchange") return `the account has no role that holds this cmdlet; ${grant(cmdlet.name, cmdlet.role)}`;
  const { name, feature } = cmdlet.module;
  if (feature !== undefined) return `its module ${name} is not installed on ${server}. Run Install-WindowsFeature ${feature} there.`;
  return (
    `it is part of Windows PowerShell (module ${name}), but the session configuration on ${server} does not offer it. ` +
    `Run Get-PSSessionConfiguration Microsoft.PowerShell there to see what restricts it.`
  );
}

/** The same of a parameter. */
export function missingParameter(server: string, cmdlet: Cmdlet, parameter: string): string {
  if (cmdlet.endpoint === "windows") {
    return `the cmdlet has no -${parameter} on ${server}: its Windows is older, or the session configuration hides the parameter.`;
  }
  const why = `the account has no role that holds -${parameter} of this cmdlet, or this version of Exchange has no such parameter`;
  return `${why}; ${grant(cmdlet.name, cmdlet.role)}`;
}

function grant(cmdlet: string, { role, groups, certain }: ManagementRole): string {
  const does = certain ? "does" : `should (Get-ManagementRole -Cmdlet ${cmdlet} names all that do)`;
  return (
    `the role "${role}" (role group ${groups.map((group) => `"${group}"`).join(" or ")}) ${does}. ` +
    `Run Add-RoleGroupMember "${groups[0]}" -Member <account>, then run Pulumi again: rights are read when a session opens.`
  );
}
