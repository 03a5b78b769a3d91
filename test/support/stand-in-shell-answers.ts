// The answers of the stand-in PowerShell as agent.ps1 writes them: frames, flat errors, the hashtable at the end.
import type { CmdletReply, HostError } from "../../lab/serve/cmdlet-host.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import type { PsValue } from "../../provider/remoting/clixml/values.ts";

/** A cmdlet that was sent into a session that is there no more. */
export const BROKEN: HostError = {
  message: "Starting a command on the remote server failed with the following error message : The session is broken.",
  fullyQualifiedErrorId: "RemotePipelineExecutionFailed",
  exception: "System.Management.Automation.Remoting.PSRemotingTransportException",
  category: { number: 2, name: "CloseError" },
};

/** The entries of the last frame after a cmdlet; `undefined`: it was stopped. */
export function endOf(reply: CmdletReply | undefined): Readonly<Record<string, PsValue>> {
  if (reply === undefined)
    return { State: "Stopped", Failed: flat({ ...BROKEN, message: "The pipeline has been stopped." }), Errors: [], Warnings: [] };
  return {
    State: reply.failed === undefined ? "Completed" : "Failed",
    Failed: reply.failed === undefined ? null : flat(reply.failed),
    Errors: reply.errors.map(flat),
    Warnings: reply.warnings,
  };
}

function flat({ message, fullyQualifiedErrorId, category, targetName = "" }: HostError): PsValue {
  return psObject({
    typeNames: ["System.Management.Automation.PSCustomObject", "System.Object"],
    notes: {
      FullyQualifiedErrorId: fullyQualifiedErrorId,
      ErrorDetails_Message: message,
      ErrorCategory_Category: category.number,
      ErrorCategory_TargetName: targetName,
    },
  });
}

/** One frame, as agent.ps1 writes it. */
export function frame(mark: string, kind: string, clixml: string): string {
  const base64 = Buffer.from(clixml, "utf8").toString("base64");
  return `\n<${mark} ${kind} ${base64.length}>${base64}</${mark}>\n`;
}
