// Who may do what at the site's remoting endpoints: at Exchange's by role groups, at Windows' by being an administrator of that server.
// Passwords and proofs of identity are not here. A right is looked up whenever it is used; Exchange looks it up when a session opens.
import { type CmdletRoles, type ManagementRole, type RoleGroup, roleGroups } from "./management-roles.ts";

/** One cmdlet of a role that the organisation has made itself. */
export interface RoleEntry {
  readonly cmdlet: string;
  /** The parameters that it has there. Absent: all. */
  readonly parameters?: readonly string[];
}

export interface AccountOptions {
  /** `["Organization Management"]` unless told. */
  readonly roleGroups?: readonly RoleGroup[];
  /** Entries beside those of the groups. */
  readonly entries?: readonly RoleEntry[];
  /** RemotePowerShellEnabled of Set-User; `true` unless told. */
  readonly remotePowerShell?: boolean;
  /** Short names of the servers whose local administrator it is; all unless told. */
  readonly administratorOf?: readonly string[];
}

export interface Account {
  /** Short and in lower case: `pauser`. */
  readonly name: string;
  readonly remotePowerShell: boolean;
  /** `undefined`: everywhere. */
  readonly administratorOf: ReadonlySet<string> | undefined;
  readonly roles: ReadonlySet<ManagementRole>;
  /** Of the organisation's own roles: cmdlet in lower case to its parameters in lower case, or to `all`. */
  readonly entries: ReadonlyMap<string, ReadonlySet<string> | "all">;
}

/** Why a session is not opened. */
export type ConnectRefusal = "remotePowerShellDisabled" | "noManagementRole" | "notAdministrator";

/** The account behind a user name as it was typed, `CONTOSO\pauser` or `pauser@contoso.local`; one of all rights when `accounts` says nothing of it. */
export function accountOf(accounts: Readonly<Record<string, AccountOptions>>, user: string): Account {
  const name = shortName(user);
  const [, options = {}] = Object.entries(accounts).find(([known]) => shortName(known) === name) ?? [];
  const { roleGroups: groups = ["Organization Management"], entries = [], remotePowerShell = true, administratorOf } = options;
  const held = new Map<string, ReadonlySet<string> | "all">();
  for (const { cmdlet, parameters } of entries) {
    const key = cmdlet.toLowerCase();
    const others = held.get(key) ?? new Set<string>();
    const more = parameters?.map((parameter) => parameter.toLowerCase());
    held.set(key, more === undefined || others === "all" ? "all" : new Set([...others, ...more]));
  }
  const roles = new Set(groups.flatMap((group) => roleGroups[group]));
  const servers = administratorOf?.map((server) => server.toLowerCase());
  return { name, remotePowerShell, roles, entries: held, administratorOf: servers && new Set(servers) };
}

/** A cmdlet with the built-in roles that hold it. */
interface HeldCmdlet {
  readonly name: string;
  readonly roles?: CmdletRoles;
}

/** Does the account have that cmdlet at Exchange's endpoint, and, when one is named, that parameter of it? */
export function holds(account: Account, { name, roles: { named = [], inferred = [] } = {} }: HeldCmdlet, parameter?: string): boolean {
  if ([...named, ...inferred].some((role) => account.roles.has(role))) return true;
  const held = account.entries.get(name.toLowerCase());
  return held === "all" || (held !== undefined && (parameter === undefined || held.has(parameter.toLowerCase())));
}

/** Why the account gets no session at an endpoint of `server`; `undefined` when it gets one. */
export function connectRefusal(
  account: Account,
  server: string,
  endpoint: "Microsoft.Exchange" | "Microsoft.PowerShell",
): ConnectRefusal | undefined {
  if (endpoint === "Microsoft.PowerShell") {
    return account.administratorOf?.has(server.toLowerCase()) === false ? "notAdministrator" : undefined;
  }
  if (!account.remotePowerShell) return "remotePowerShellDisabled";
  return account.roles.size + account.entries.size === 0 ? "noManagementRole" : undefined;
}

function shortName(user: string): string {
  return user.replace(/^.*\\/, "").replace(/@.*$/, "").toLowerCase();
}
