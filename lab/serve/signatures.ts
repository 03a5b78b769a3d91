// Which cmdlets the lab serves at which endpoint, and what parameters each has. Data of this project, generated once from the public
// reference pages; a contract test compares it with them field by field. Binding itself is in binder.ts.
import type { Configuration } from "./cmdlet-host.ts";
import { databasesSignatures } from "./signatures/databases.ts";
import { organisationSignatures } from "./signatures/organisation.ts";
import { serverSettingsSignatures } from "./signatures/server-settings.ts";
import { transportSignatures } from "./signatures/transport.ts";
import { windowsSignatures } from "./signatures/windows.ts";

export interface ParameterSignature {
  /** .NET type as the page names it, without its namespace: `ServerIdParameter`, `String[]`. */
  readonly type: string;
  /** The sets that have it. Absent: every set of the cmdlet. */
  readonly sets?: readonly string[];
  /** `true`: in every set that has it. */
  readonly mandatory?: true | readonly string[];
  /** As documented: Exchange's pages count from 1, the others from 0. Absent: by name only. */
  readonly position?: number;
  /** The names of an enum: a closed list. */
  readonly values?: readonly string[];
  /** Least and greatest number, both allowed. */
  readonly range?: readonly [number, number];
}

export interface Signature {
  readonly cmdlet: string;
  readonly module: "Exchange" | "Microsoft.PowerShell.Management" | "FailoverClusters";
  /** Names of the parameter sets, as documented. */
  readonly sets: readonly string[];
  /** Absent where no page marks one. */
  readonly defaultSet?: string;
  /**
   * Asks before it acts unless `Confirm` is false. The pages say it of none of ours; tools pass `-Confirm:$false` to these, so in
   * practice they do (facts of Dismount-Database, Mount-Database and Retry-Queue are by analogy: not verified).
   */
  readonly prompts?: true;
  /** By exact name. The parameters that every cmdlet has stand in `COMMON_PARAMETERS`. */
  readonly parameters: Readonly<Record<string, ParameterSignature>>;
}

const ACTION_PREFERENCES = ["Suspend", "Ignore", "Inquire", "Continue", "Stop", "SilentlyContinue"];

/** What every cmdlet of Windows PowerShell 5.1 accepts besides its own. */
export const COMMON_PARAMETERS: Readonly<Record<string, ParameterSignature>> = {
  Debug: { type: "SwitchParameter" },
  ErrorAction: { type: "ActionPreference", values: ACTION_PREFERENCES },
  ErrorVariable: { type: "String" },
  InformationAction: { type: "ActionPreference", values: ACTION_PREFERENCES },
  InformationVariable: { type: "String" },
  OutBuffer: { type: "Int32" },
  OutVariable: { type: "String" },
  PipelineVariable: { type: "String" },
  Verbose: { type: "SwitchParameter" },
  WarningAction: { type: "ActionPreference", values: ACTION_PREFERENCES },
  WarningVariable: { type: "String" },
};

/** All that the lab serves. */
export const SIGNATURES: readonly Signature[] = [
  ...organisationSignatures,
  ...serverSettingsSignatures,
  ...databasesSignatures,
  ...transportSignatures,
  ...windowsSignatures,
];

/** The signature of `cmdlet` (in any case) at an endpoint; undefined when that endpoint does not know it: Exchange's has no Get-Service, and the other way round. */
export function signatureOf(configuration: Configuration, cmdlet: string): Signature | undefined {
  return SIGNATURES.find(
    (signature) =>
      signature.cmdlet.toLowerCase() === cmdlet.toLowerCase() &&
      (signature.module === "Exchange") === (configuration === "Microsoft.Exchange"),
  );
}

/** The parameter that takes the unnamed argument number `index`, counted from 0, in the default set (else in the first set that has any). */
export function positionalParameter(signature: Signature, index: number): string | undefined {
  const sets = signature.defaultSet === undefined ? signature.sets : [signature.defaultSet];
  const orders = sets.map((set) => positionalOf(signature, set));
  return orders.find((order) => order.length > 0)?.[index];
}

function positionalOf(signature: Signature, set: string): string[] {
  return Object.entries(signature.parameters)
    .filter(([, parameter]) => parameter.position !== undefined && (parameter.sets?.includes(set) ?? true))
    .sort(([, one], [, other]) => (one.position ?? 0) - (other.position ?? 0))
    .map(([name]) => name);
}
