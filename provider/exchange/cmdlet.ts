// Declares a cmdlet: where it may be asked, whether it changes something, its parameters, and what holds the right to it. A declaration stands beside
// the function that sends it, and nothing else is ever sent; cmdlets.ts lists them all. Types of parameters: .NET's, as the cmdlet reference names them.
import type { CmdletParameters, CmdletValue } from "../remoting/transport.ts";
import { CmdletError } from "./error.ts";
import { type ParameterType, type ParameterValue, problemOf } from "./parameter-types.ts";
import type { ManagementRole, WindowsModule } from "./roles.ts";

/** `exchange` runs Exchange's cmdlets; `windows` is the server's own PowerShell, for what belongs to that machine alone. */
export type Endpoint = "exchange" | "windows";

/** `anyServer`: the organisation answers, through whichever server. `thisServer`: only the server that is meant can answer, or be silent. */
export type Scope = "anyServer" | "thisServer";

export type ParameterTypes = Readonly<Record<string, ParameterType>>;

interface Declared<Types extends ParameterTypes> {
  readonly name: string;
  /** Whether it changes something. */
  readonly writes: boolean;
  /** Those that it is ever given; -DomainController is added to them where it takes one. */
  readonly parameters: Types;
}

interface ExchangeCmdlet {
  readonly endpoint: "exchange";
  readonly scope: Scope;
  /** Whether it is given -DomainController. */
  readonly domainController: boolean;
  /** The smallest role that holds it with all its parameters. */
  readonly role: ManagementRole;
}

interface WindowsCmdlet {
  readonly endpoint: "windows";
  readonly scope: "thisServer";
  readonly domainController: false;
  readonly module: WindowsModule;
}

export type Cmdlet<Types extends ParameterTypes = ParameterTypes> = Declared<Types> & (ExchangeCmdlet | WindowsCmdlet);

/** What may be given to the parameters of a cmdlet. */
export type ParametersOf<Types extends ParameterTypes> = { readonly [Name in keyof Types]?: ParameterValue<Types[Name]> };

/** The same before it is checked. */
export type Given = Readonly<Record<string, CmdletValue | undefined>>;

export function defineCmdlet<const Types extends ParameterTypes>(cmdlet: Cmdlet<Types>): Cmdlet<Types> {
  return cmdlet;
}

/**
 * Refuses what would be converted on the server into something else than was meant.
 * @throws {CmdletError} `rejected` for a value of the wrong type @throws {TypeError} for a parameter that was not declared
 */
export function checkParameters(server: string, cmdlet: Cmdlet, parameters: Given): asserts parameters is CmdletParameters {
  for (const [name, value] of Object.entries(parameters)) {
    const type = cmdlet.parameters[name];
    if (type === undefined) throw new TypeError(`${cmdlet.name} is asked of ${server} with -${name}, which it is not declared with`);
    const problem = problemOf(type, value);
    if (problem !== undefined) throw new CmdletError("rejected", `${cmdlet.name} on ${server}: -${name}: ${problem}; nothing was sent`);
  }
}
