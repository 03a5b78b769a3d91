// Declares what a remoting endpoint of the lab asks of whatever stands behind it: one cmdlet in, its streams out.
import type { PsValue } from "../../provider/remoting/clixml/values.ts";

export type Configuration = "Microsoft.Exchange" | "Microsoft.PowerShell";

export interface CmdletRequest {
  /** Short name of the server whose endpoint was asked: `ex01`. */
  readonly server: string;
  readonly configuration: Configuration;
  readonly user: string;
  readonly cmdlet: string;
  /** By name as sent; names are compared without case. A switch is `true`. */
  readonly parameters: ReadonlyMap<string, PsValue>;
}

/** What becomes one ErrorRecord on the wire. */
export interface HostError {
  readonly message: string;
  readonly fullyQualifiedErrorId: string;
  /** .NET type name of the exception. */
  readonly exception: string;
  /** ErrorCategory number and name, such as `{ number: 13, name: "ObjectNotFound" }`. */
  readonly category: { readonly number: number; readonly name: string };
  readonly targetName?: string;
}

export interface CmdletReply {
  readonly output: readonly PsValue[];
  readonly warnings: readonly string[];
  /** Written beside output; the pipeline still completes. */
  readonly errors: readonly HostError[];
  /** Ends the pipeline in state Failed: unknown cmdlets, parameters that do not bind, `-ErrorAction Stop`. */
  readonly failed?: HostError;
}

export type CmdletHost = (request: CmdletRequest) => Promise<CmdletReply>;
