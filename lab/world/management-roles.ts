// Exchange's built-in management roles and role groups, as far as the lab's cmdlets stand in them. Which roles a group has is documented. Which
// cmdlets a role holds is listed nowhere in public; each cmdlet of the lab says so itself. Source: Microsoft's pages of each role and role group,
// Exchange 2013 to 2019.

export type RoleGroup = "Organization Management" | "Server Management" | "View-Only Organization Management";

/** Those that hold a cmdlet of the lab. */
export const managementRoles = [
  "Database Availability Groups",
  "Database Copies",
  "Databases",
  "Exchange Servers",
  "Monitoring",
  "Organization Transport Settings",
  "Remote and Accepted Domains",
  "Transport Queues",
  "View-Only Configuration",
] as const;

export type ManagementRole = (typeof managementRoles)[number];

/** The roles that hold a cmdlet. */
export interface CmdletRoles {
  /** Follows from what the role's page says that it is for. */
  readonly named?: readonly ManagementRole[];
  /** Likely and not verified: on a real system `Get-ManagementRole -Cmdlet <name>` tells. */
  readonly inferred?: readonly ManagementRole[];
}

export const roleGroups: Readonly<Record<RoleGroup, readonly ManagementRole[]>> = {
  "Organization Management": managementRoles,
  "Server Management": ["Database Copies", "Databases", "Exchange Servers", "Monitoring", "Transport Queues"],
  "View-Only Organization Management": ["Monitoring", "View-Only Configuration"],
};
