// Finds the cmdlets that an account has at an endpoint: at Exchange's its roles decide, and what they do not hold is not there at all, neither cmdlet
// nor parameter. Which roles it has is the world's to say. Source: facts/exchange.md 0.1.
import { holds } from "../world/accounts.ts";
import type { Site } from "../world/site.ts";
import type { CmdletRequest } from "./cmdlet-host.ts";
import { cmdletAt } from "./cmdlets/list.ts";
import type { Signature } from "./signatures.ts";

/** Finds the signature of a call as its account sees it. Parameters that every cmdlet has are never hidden. */
export function grantedSignatures(site: Site): (request: CmdletRequest) => Signature | undefined {
  return ({ configuration, cmdlet: name, user }) => {
    const cmdlet = cmdletAt(configuration, name);
    if (cmdlet?.roles === undefined) return cmdlet?.signature;
    const account = site.account(user);
    if (!holds(account, cmdlet)) return undefined;
    const { signature } = cmdlet;
    const parameters = Object.entries(signature.parameters).filter(([parameter]) => holds(account, cmdlet, parameter));
    return { ...signature, parameters: Object.fromEntries(parameters) };
  };
}
