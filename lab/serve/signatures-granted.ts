// The cmdlets that an account has at an endpoint: at Exchange's its roles decide, and what they do not hold is not there at all, neither cmdlet
// nor parameter. Which roles it has is the world's to say. Source: facts/exchange.md 0.1.
import { holds } from "../world/accounts.ts";
import type { Site } from "../world/site.ts";
import type { CmdletRequest } from "./cmdlet-host.ts";
import { type Signature, signatureOf } from "./signatures.ts";

/** Finds the signature of a call as its account sees it. Parameters that every cmdlet has are never hidden. */
export function grantedSignatures(site: Site): (request: CmdletRequest) => Signature | undefined {
  return ({ configuration, cmdlet, user }) => {
    const signature = signatureOf(configuration, cmdlet);
    if (signature === undefined || signature.module !== "Exchange") return signature;
    const account = site.account(user);
    if (!holds(account, signature.cmdlet)) return undefined;
    const parameters = Object.entries(signature.parameters).filter(([name]) => holds(account, signature.cmdlet, name));
    return { ...signature, parameters: Object.fromEntries(parameters) };
  };
}
