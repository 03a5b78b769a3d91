// Declares a cmdlet of the lab: its signature, the roles that hold it, and what it does. list.ts lists them all. Parameters come from the cmdlet
// reference by the cmdlet's name; what no page says (that it prompts, its roles, its class) is typed by hand, with what it is known from.
import type { CmdletRoles } from "../../world/management-roles.ts";
import { pageOf, type Signature } from "../signatures.ts";
import type { Answer, Call } from "./call.ts";

interface Declaration {
  readonly name: string;
  /** See `Signature`. */
  readonly prompts?: Signature["prompts"];
  /** Parameters whose meaning is simulated, or that change nothing here. Any other one is refused, never passed over. */
  readonly reads: readonly string[];
  /** Absent: a cmdlet of Windows, which asks for no role. */
  readonly roles?: CmdletRoles;
  /** Full name of the class behind it, where it does not follow from the cmdlet's name. */
  readonly className?: string;
  readonly run: (call: Call) => Answer;
}

export interface Cmdlet extends Declaration {
  readonly signature: Signature;
}

export function defineCmdlet(declared: Declaration): Cmdlet {
  return {
    ...declared,
    get signature() {
      return { cmdlet: declared.name, prompts: declared.prompts, ...pageOf(declared.name) };
    },
  };
}
