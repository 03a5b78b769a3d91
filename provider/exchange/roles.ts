// Which right a cmdlet needs, said to somebody who has to grant it. At Exchange's endpoint a cmdlet or parameter that no role of the account holds is
// not there at all; at Windows' a missing cmdlet is a missing module. Source: Microsoft's pages of the management roles and role groups; which
// cmdlets a role holds is listed nowhere in public, so what no page of a role names is marked as not certain and said so.

export interface ManagementRole {
  readonly role: string;
  /** Role groups that have the role, the one with the fewest other rights first. */
  readonly groups: readonly [string, ...string[]];
  /** The role's own page names the task that the cmdlet is for. */
  readonly certain: boolean;
}

const serverManagement = ["Server Management", "Organization Management"] as const;
const viewOnly: ManagementRole = {
  role: "View-Only Configuration",
  groups: ["View-Only Organization Management", "Organization Management"],
  certain: true,
};
const databases: ManagementRole = { role: "Databases", groups: serverManagement, certain: true };

/** Every cmdlet of Exchange that is used here, with the smallest role that holds it and all its parameters. */
const roles: Readonly<Record<string, ManagementRole>> = {
  "Dismount-Database": databases,
  "Get-DatabaseAvailabilityGroup": viewOnly,
  "Get-ExchangeServer": viewOnly,
  "Get-MailboxDatabase": viewOnly,
  "Get-MailboxDatabaseCopyStatus": { role: "Database Copies", groups: serverManagement, certain: false },
  "Get-Queue": { role: "Transport Queues", groups: serverManagement, certain: true },
  "Get-ServerComponentState": { role: "Exchange Servers", groups: serverManagement, certain: false },
  "Mount-Database": databases,
  "Set-DatabaseAvailabilityGroup": { role: "Database Availability Groups", groups: ["Organization Management"], certain: true },
};

interface WindowsModule {
  readonly name: string;
  readonly noun: RegExp;
  /** The Windows feature that brings it; absent where Windows PowerShell itself does. */
  readonly feature?: string;
}

const modules: readonly WindowsModule[] = [
  { name: "FailoverClusters", noun: /^Cluster/, feature: "RSAT-Clustering-PowerShell" },
  { name: "DnsServer", noun: /^DnsServer/, feature: "RSAT-DNS-Server" },
  { name: "Microsoft.PowerShell.Management", noun: /^(Service|Computer)$/ },
];

/** The role that holds a cmdlet of Exchange; `undefined` for one that is not used here. */
export function roleOf(cmdlet: string): ManagementRole | undefined {
  return roles[cmdlet];
}

/** The module that holds a cmdlet of Windows; `undefined` for one of Exchange. */
export function windowsModuleOf(cmdlet: string): WindowsModule | undefined {
  const noun = cmdlet.slice(cmdlet.indexOf("-") + 1);
  return modules.find((module) => module.noun.test(noun));
}

/** Why a server says that it does not know a cmdlet, and what to do. */
export function missingCmdlet(server: string, cmdlet: string): string {
  const module = windowsModuleOf(cmdlet);
  if (module === undefined) return `the account has no role that holds this cmdlet; ${grant(cmdlet)}`;
  if (module.feature !== undefined) {
    return `its module ${module.name} is not installed on ${server}. Run Install-WindowsFeature ${module.feature} there.`;
  }
  return (
    `it is part of Windows PowerShell (module ${module.name}), but the session configuration on ${server} does not offer it. ` +
    `Run Get-PSSessionConfiguration Microsoft.PowerShell there to see what restricts it.`
  );
}

/** The same of a parameter. */
export function missingParameter(server: string, cmdlet: string, parameter: string): string {
  if (windowsModuleOf(cmdlet) !== undefined) {
    return `the cmdlet has no -${parameter} on ${server}: its Windows is older, or the session configuration hides the parameter.`;
  }
  return `the account has no role that holds -${parameter} of this cmdlet, or this version of Exchange has no such parameter; ${grant(cmdlet)}`;
}

function grant(cmdlet: string): string {
  const holder = roleOf(cmdlet);
  const listing = `Get-ManagementRole -Cmdlet ${cmdlet}`;
  if (holder === undefined) return `${listing} names the roles that do.`;
  const groups = holder.groups.map((group) => `"${group}"`).join(" or ");
  const does = holder.certain ? "does" : `should (${listing} names all that do)`;
  return (
    `the role "${holder.role}" (role group ${groups}) ${does}. ` +
    `Run Add-RoleGroupMember "${holder.groups[0]}" -Member <account>, then run Pulumi again: rights are read when a session opens.`
  );
}
