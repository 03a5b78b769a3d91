// Reads the parameters of the lab's cmdlets from signatures/cmdlets.json: a part of the public cmdlet reference, in its own words, which
// signatures/make.ts cuts out. Binding itself is in binder.ts; what a cmdlet does, and who may ask it, in cmdlets/.
import { z } from "zod";
import reference from "./signatures/cmdlets.json" with { type: "json" };

export const Parameter = z.object({
  /** .NET type as the page names it, without its namespace: `ServerIdParameter`, `String[]`. */
  type: z.string(),
  /** The names of an enum: a closed list. */
  values: z.array(z.string()).readonly().optional(),
  /** Least and greatest number, both allowed. */
  range: z.tuple([z.number(), z.number()]).readonly().optional(),
});

/** Parameters by set; `Default` where the page names no set. */
const Sets = z.record(z.string(), z.array(z.string()).readonly());

export const Page = z.object({
  module: z.enum(["Exchange", "FailoverClusters", "Microsoft.PowerShell.Management"]),
  parameterSets: Sets,
  /** Absent where no page marks one. */
  defaultParameterSet: z.string().optional(),
  /** The mandatory ones. */
  required: Sets,
  /** Those that take unnamed arguments, in order. */
  positional: Sets,
  /** By exact name. The parameters that every cmdlet has stand in `commonParameters`. */
  parameters: z.record(z.string(), Parameter),
});

export const Reference = z.object({ commonParameters: z.record(z.string(), Parameter), cmdlets: z.record(z.string(), Page) });

export type ParameterSignature = Readonly<z.infer<typeof Parameter>>;

export interface Signature extends Readonly<z.infer<typeof Page>> {
  readonly cmdlet: string;
  /**
   * Asks before it acts unless `Confirm` is false. The pages say it of none of ours; tools pass `-Confirm:$false` to these, so in
   * practice they do (facts of Dismount-Database, Mount-Database and Retry-Queue are by analogy: not verified).
   */
  readonly prompts?: true | undefined;
}

let known: z.infer<typeof Reference> | undefined;

/** Read when it is first asked for: make.ts loads this file to write a new one. */
function pages(): z.infer<typeof Reference> {
  known ??= Reference.parse(reference);
  return known;
}

/** The page of a cmdlet. @throws {TypeError} when it has none in cmdlets.json */
export function pageOf(cmdlet: string): Readonly<z.infer<typeof Page>> {
  const page = pages().cmdlets[cmdlet];
  if (page === undefined) throw new TypeError(`lab/serve/signatures/cmdlets.json has no ${cmdlet}: npm run signatures`);
  return page;
}

/** What every cmdlet of Windows PowerShell 5.1 accepts besides its own. */
export function commonParameters(): Readonly<Record<string, ParameterSignature>> {
  return pages().commonParameters;
}

/** The parameter that takes the unnamed argument number `index`, counted from 0, in the default set (else in the first set that has any). */
export function positionalParameter({ positional, defaultParameterSet }: Signature, index: number): string | undefined {
  const orders = defaultParameterSet === undefined ? Object.values(positional) : [positional[defaultParameterSet] ?? []];
  return orders.find((order) => order.length > 0)?.[index];
}
