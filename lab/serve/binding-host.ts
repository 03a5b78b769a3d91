// Puts PowerShell's parameter binding in front of a CmdletHost: what is unknown, missing, mixed or of the wrong type never reaches the cmdlet.

import type { Switches } from "../world/switches.ts";
import { bind } from "./binder.ts";
import { commandNotFound, confirmationImpossible } from "./binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest, HostError } from "./cmdlet-host.ts";
import { signatureOf } from "./cmdlets/list.ts";
import { heldCommands } from "./held-commands.ts";
import type { Signature } from "./signatures.ts";

/**
 * `before` is called before each cmdlet runs, such as to let a world catch up with its clock. How a cmdlet fails that would ask and cannot is
 * one of the world's open switches. `signatureFor` finds what the caller has; unless told, all that the endpoint serves.
 */
export function bindingHost(
  host: CmdletHost,
  before: () => void = () => undefined,
  missingConfirm: Switches["missingConfirm"] = "terminates",
  signatureFor: (request: CmdletRequest) => Signature | undefined = ({ configuration, cmdlet }) => signatureOf(configuration, cmdlet),
): CmdletHost {
  return async (request) => {
    const commands = heldCommands(request, signatureFor);
    if (commands !== undefined) return commands;
    const signature = signatureFor(request);
    if (signature === undefined) return failed(commandNotFound(request.cmdlet));
    const bound = bind(signature, request.parameters);
    if (!("kind" in bound)) {
      const asked = bound.fullyQualifiedErrorId === confirmationImpossible(signature.cmdlet, "").fullyQualifiedErrorId;
      return asked && missingConfirm === "isWritten" ? { output: [], warnings: [], errors: [bound] } : failed(bound);
    }
    before();
    return host({ ...request, cmdlet: signature.cmdlet, parameters: bound.parameters });
  };
}

function failed(error: HostError): CmdletReply {
  return { output: [], warnings: [], errors: [], failed: error };
}
