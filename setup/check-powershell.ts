// `npm run check:powershell`: puts the contract of remote cmdlets to every PowerShell of this machine, through agent.ps1, and says line by line what
// it saw. Cmdlets run in the local PowerShell: what a session to a server adds (New-PSSession, Kerberos, Exchange) is not seen here.

import { messageOf } from "../provider/common/reason.ts";
import { powerShellTransport } from "../provider/remoting/powershell/powershell-transport.ts";
import type { CmdletTransport } from "../provider/remoting/transport.ts";
import { SECRET_CASE, TRANSPORT_CASES, type TransportCase } from "../test/contract/cmdlet-transport-cases.ts";
import { findOnPath } from "./places.ts";

/** A call that has no time limit of its own is given up after this, so that the check ends on every machine. */
const LONGEST_MS = 60_000;

const CASES: readonly TransportCase[] = [...TRANSPORT_CASES, SECRET_CASE];

/** @returns the exit code: 0 when there is a PowerShell and all holds for each */
export async function checkPowerShell(tell: (line: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  const programs = programsOf(environment);
  if (programs.length === 0) {
    tell("No PowerShell was found: neither pwsh nor powershell is on the PATH. Install one, or name its program in NODE_POWERSHELL.");
    return 1;
  }
  let failed = 0;
  for (const program of programs) failed += await check(program, tell);
  return failed === 0 ? 0 : 1;
}

/** NODE_POWERSHELL alone where it is set, for node-powershell takes no other then. */
function programsOf({ NODE_POWERSHELL: named, PATH: searchPath }: NodeJS.ProcessEnv): readonly string[] {
  if (named !== undefined && named !== "") return [named];
  return ["powershell", "pwsh"].map((name) => findOnPath(name, searchPath ?? "")).filter((file) => file !== undefined);
}

/** @returns how many cases failed */
async function check(program: string, tell: (line: string) => void): Promise<number> {
  tell(`${program}: ${await describe(program)}`);
  let failed = 0;
  for (const one of CASES) {
    const seen = await tryOne(program, one);
    if (!seen.holds) failed += 1;
    tell(`${seen.holds ? "  holds " : "  FAILED"}  ${one.title}: ${seen.words}`);
  }
  const count = CASES.length;
  tell(`${program}: ${count - failed} of ${count} hold. Cmdlets ran in this PowerShell itself; no session to a server was opened.`);
  return failed;
}

async function describe(program: string): Promise<string> {
  const transport = transportTo(program);
  try {
    await transport.invoke("Write-Output", { InputObject: 1 }, { timeoutMs: LONGEST_MS });
    const { version = "of unknown version", system = "an unknown system" } = transport.description ?? {};
    return `PowerShell ${version} on ${system}`;
  } catch (error) {
    return wordsOf(error);
  } finally {
    await transport.close();
  }
}

async function tryOne(program: string, { run }: TransportCase): Promise<{ readonly holds: boolean; readonly words: string }> {
  const transport = transportTo(program);
  const limited: CmdletTransport = {
    invoke: (cmdlet, parameters, options) => transport.invoke(cmdlet, parameters, { timeoutMs: LONGEST_MS, ...options }),
    close: () => transport.close(),
  };
  try {
    return { holds: true, words: await run(limited) };
  } catch (error) {
    return { holds: false, words: wordsOf(error) };
  } finally {
    await transport.close();
  }
}

function transportTo(executable: string) {
  return powerShellTransport({ endpoint: "this machine", executable });
}

/** On one line, and short: a comparison of mebibytes would bury the rest. */
function wordsOf(error: unknown): string {
  const words = messageOf(error).replace(/\s+/g, " ");
  return words.length > 400 ? `${words.slice(0, 400)} …` : words;
}
