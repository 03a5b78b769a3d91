import { deepEqual, equal, match } from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { checkPowerShell } from "../../setup/check-powershell.ts";
import { checkout } from "../../setup/places.ts";
import { type StandInShell, standInShell } from "../support/stand-in-shell.ts";
import { everydayCmdlets } from "../support/stand-in-shell-cmdlets.ts";

const NONE = "No PowerShell was found: neither pwsh nor powershell is on the PATH. Install one, or name its program in NODE_POWERSHELL.";

describe("npm run check:powershell", () => {
  let standIn: StandInShell | undefined;
  afterEach(async () => {
    await standIn?.stop();
    standIn = undefined;
  });

  async function checked(environment: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const lines: string[] = [];
    const code = await checkPowerShell((line) => void lines.push(line), environment);
    return { code, lines };
  }

  it("says in one sentence that there is no PowerShell, and fails", async () => {
    deepEqual(await checked({ PATH: "" }), { code: 1, lines: [NONE] });
  });

  it("says the same as a command, with its exit code", async () => {
    const env = { ...process.env, PATH: "", NODE_POWERSHELL: "" };
    const [code, output] = await new Promise<[unknown, string]>((resolve) => {
      const args = [path.join(checkout, "setup", "main.ts"), "check:powershell"];
      execFile(process.execPath, args, { env }, (error, stdout, stderr) => resolve([error?.code, stdout + stderr]));
    });
    deepEqual([code, output], [1, `${NONE}\n`]);
  });

  it("finds one on the PATH, says which, and line by line that all holds", async () => {
    standIn = await standInShell(everydayCmdlets());
    const program = standIn.executable;
    const { code, lines } = await checked({ PATH: path.dirname(program) });
    equal(lines[0], `${program}: PowerShell 0.0 (stand-in) on nowhere`);
    const count = lines.length - 2;
    equal(lines.at(-1), `${program}: ${count} of ${count} hold. Cmdlets ran in this PowerShell itself; no session to a server was opened.`);
    deepEqual(
      lines.slice(1, -1).filter((line) => !line.startsWith("  holds   ")),
      [],
    );
    match(lines[1] ?? "", /^ {2}holds {3}brings back objects one by one, and drops \$null: 2 objects$/);
    equal(code, 0);
  });

  it("says what fails, and fails", async () => {
    standIn = await standInShell(everydayCmdlets(), { protocol: 2 });
    const { code, lines } = await checked({ NODE_POWERSHELL: standIn.executable, PATH: "" });
    equal(code, 1);
    equal(
      lines[1],
      "  FAILED  brings back objects one by one, and drops $null: Write-Output on this machine: agent.ps1 answers with protocol 2, expected 1; install this package again, so that its files belong together",
    );
    match(lines.at(-1) ?? "", /: 0 of \d+ hold\./);
  });
});
