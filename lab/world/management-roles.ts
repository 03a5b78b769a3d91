// Exchange's built-in management roles and role groups, as far as the lab's cmdlets stand in them. Which roles a group has is documented. Which
// cmdlets a role holds is listed nowhere in public: `named` follows from what the role's page says that it is for, `inferred` is likely and not
// verified (on a real system `Get-ManagementRole -Cmdlet <name>` tells). Source: Microsoft's pages of each role and role group, Exchange 2013 to 2019.

export type RoleGroup = "Organization Management" | "Server Management" | "View-Only Organization Management";

interface ManagementRole {
  /** Cmdlets for the task that the role's page names. */
  readonly named: readonly string[];
  readonly inferred: readonly string[];
}

export const managementRoles: Readonly<Record<string, ManagementRole>> = {
  "Database Availability Groups": { named: ["Set-DatabaseAvailabilityGroup"], inferred: ["Get-DatabaseAvailabilityGroup"] },
  "Database Copies": { named: [], inferred: ["Get-MailboxDatabaseCopyStatus", "Get-MailboxDatabase"] },
  Databases: { named: ["Mount-Database", "Dismount-Database"], inferred: ["Get-MailboxDatabase"] },
  "Exchange Servers": {
    named: ["Get-ExchangeServer", "Get-MailboxServer", "Set-MailboxServer"],
    inferred: ["Get-ServerComponentState", "Set-ServerComponentState", "Get-DatabaseAvailabilityGroup"],
  },
  Monitoring: { named: ["Test-ServiceHealth", "Test-ReplicationHealth"], inferred: ["Get-ServerComponentState"] },
  "Organization Transport Settings": { named: [], inferred: ["Get-TransportConfig"] },
  "Remote and Accepted Domains": { named: [], inferred: ["Get-AcceptedDomain"] },
  // Somebody reports that view-only administrators have Get-Queue and meet "out of the current user's write scope": not verified, so not here.
  "Transport Queues": { named: ["Get-Queue", "Retry-Queue", "Redirect-Message"], inferred: [] },
  "View-Only Configuration": {
    named: [
      "Get-ExchangeServer",
      "Get-MailboxServer",
      "Get-MailboxDatabase",
      "Get-DatabaseAvailabilityGroup",
      "Get-AcceptedDomain",
      "Get-TransportConfig",
    ],
    inferred: ["Get-MailboxDatabaseCopyStatus", "Get-ServerComponentState"],
  },
};

/** Those of a group's roles that hold a cmdlet of the lab. */
export const roleGroups: Readonly<Record<RoleGroup, readonly string[]>> = {
  "Organization Management": Object.keys(managementRoles),
  "Server Management": ["Database Copies", "Databases", "Exchange Servers", "Monitoring", "Transport Queues"],
  "View-Only Organization Management": ["Monitoring", "View-Only Configuration"],
};

/** Every cmdlet that a group's members have, in no order. */
export function cmdletsOfGroup(group: RoleGroup): readonly string[] {
  const roles = roleGroups[group].map((role) => managementRoles[role]);
  return roles.flatMap((role) => [...(role?.named ?? []), ...(role?.inferred ?? [])]);
}
