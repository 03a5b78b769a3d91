// Keeps Debian packages from starting their services while they are installed, and puts everything back afterwards.
// Follows Debian's invoke-rc.d: a /usr/sbin/policy-rc.d that exits with 101 forbids each start.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const POLICY = "/usr/sbin/policy-rc.d";
const MARK = "# Put here by the tests of pulumi-exchange while they install packages.";

/**
 * Runs `install` while no service may start. What was there before is kept under another name and put back, also after a run that
 * was killed half-way: the next one finds our own file, and the kept one beside it.
 */
export function withoutServiceStarts(install: () => void, policy: string = POLICY): void {
  const kept = `${policy}.before-pulumi-exchange`;
  if (existsSync(policy) && !readFileSync(policy, "utf8").includes(MARK)) renameSync(policy, kept);
  writeFileSync(policy, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    install();
  } finally {
    if (existsSync(kept)) renameSync(kept, policy);
    else rmSync(policy, { force: true });
  }
}
