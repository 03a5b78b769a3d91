// Starts a local PowerShell: which one is node-powershell's choice unless it is named; its environment is ours, without what would lead it astray.

import { messageOf } from "../../common/reason.ts";
import { FramedPowerShell } from "./framed-powershell.ts";
import { ShellError } from "./problems.ts";

/** @throws {ShellError} `notStarted` for a name that no program can have; that there is none of a name, its process tells later */
export function startPowerShell(executable: string | undefined): FramedPowerShell {
  try {
    return new FramedPowerShell(executable, childEnvironment());
  } catch (error) {
    throw new ShellError({
      kind: "notStarted",
      program: executable ?? "PowerShell",
      why: messageOf(error),
    });
  }
}

/** Without the module path: that of PowerShell 7 keeps Windows PowerShell 5.1 from its own modules. A dumb terminal gets no escape sequences. */
function childEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => name.toLowerCase() !== "psmodulepath");
  return { ...Object.fromEntries(inherited), TERM: "dumb", POWERSHELL_TELEMETRY_OPTOUT: "1", POWERSHELL_UPDATECHECK: "Off" };
}
