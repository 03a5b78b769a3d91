// Every cmdlet that the provider uses, with the parameters that it gives them: one table, and nothing else is ever sent. Types are .NET's, as the
// cmdlet reference names them. Where a cmdlet may be asked and whether it names its domain controller stand here too; why so, in the cmdlet's file.
import type { CmdletParameters } from "../remoting/transport.ts";
import { CmdletError } from "./error.ts";
import { type ParameterType, problemOf } from "./parameter-types.ts";

/** `exchange` runs Exchange's cmdlets; `windows` is the server's own PowerShell, for what belongs to that machine alone. */
export type Endpoint = "exchange" | "windows";

export interface CmdletRule {
  readonly endpoint: Endpoint;
  /** `any`: the organisation answers, and a server is only the door to it. `own`: only the server that is meant can answer, or be silent. */
  readonly door: "any" | "own";
  /** Whether it changes something. */
  readonly writes: boolean;
  /** Whether it takes -DomainController. */
  readonly domainController: boolean;
  readonly parameters: Readonly<Record<string, ParameterType>>;
}

const anyDoor = { endpoint: "exchange", door: "any", domainController: true } as const;
const ownDoor = { endpoint: "exchange", door: "own" } as const;
const service = { endpoint: "windows", door: "own", domainController: false, parameters: { Name: "String[]" } } as const;

export const cmdlets: Readonly<Record<string, CmdletRule>> = {
  "Dismount-Database": { ...anyDoor, writes: true, parameters: { Identity: "DatabaseIdParameter", Confirm: "SwitchParameter" } },
  "Get-DatabaseAvailabilityGroup": {
    ...anyDoor,
    writes: false,
    parameters: { Identity: "DatabaseAvailabilityGroupIdParameter", Status: "SwitchParameter" },
  },
  // Asked which domain controller there is; it names none itself.
  "Get-ExchangeServer": {
    ...anyDoor,
    writes: false,
    domainController: false,
    parameters: { Identity: "ServerIdParameter", Status: "SwitchParameter" },
  },
  "Get-MailboxDatabase": { ...anyDoor, writes: false, parameters: { Status: "SwitchParameter" } },
  "Get-MailboxDatabaseCopyStatus": { ...anyDoor, writes: false, parameters: { Server: "MailboxServerIdParameter" } },
  "Get-Queue": {
    ...ownDoor,
    writes: false,
    domainController: false,
    parameters: { Server: "ServerIdParameter", ResultSize: "Unlimited" },
  },
  "Get-ServerComponentState": { ...ownDoor, writes: false, domainController: true, parameters: { Identity: "ServerIdParameter" } },
  "Get-Service": { ...service, writes: false },
  "Mount-Database": { ...anyDoor, writes: true, parameters: { Identity: "DatabaseIdParameter", Confirm: "SwitchParameter" } },
  "Resume-Service": { ...service, writes: true },
  "Set-DatabaseAvailabilityGroup": {
    ...anyDoor,
    writes: true,
    parameters: { Identity: "DatabaseAvailabilityGroupIdParameter", PreferenceMoveFrequency: "TimeSpan" },
  },
  "Start-Service": { ...service, writes: true },
  "Suspend-Service": { ...service, writes: true },
};

/**
 * The rule of a cmdlet that is about to be sent to `server`.
 * @throws {CmdletError} `rejected` for a value of the wrong type @throws {TypeError} for a cmdlet or a parameter that the table does not have
 */
export function ruleFor(server: string, cmdlet: string, parameters: CmdletParameters): CmdletRule {
  const rule = cmdlets[cmdlet];
  if (rule === undefined) throw new TypeError(`${cmdlet} is asked of ${server}, and the table of cmdlets does not have it`);
  for (const [name, value] of Object.entries(parameters)) {
    const type = rule.parameters[name];
    if (type === undefined) throw new TypeError(`${cmdlet} is asked of ${server} with -${name}, which the table of cmdlets does not have`);
    const problem = problemOf(type, value);
    if (problem !== undefined) throw new CmdletError("rejected", `${cmdlet} on ${server}: -${name}: ${problem}; nothing was sent`);
  }
  return rule;
}
