// The remoting benchmark, small: that it measures what it says, on every way that both clients know here.
import { deepEqual, match, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compareRemoting } from "../../bench/remoting.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";

describe("the remoting benchmark", () => {
  it("has both clients see the same objects, and counts our round trips", async function () {
    this.timeout(60_000);
    requireJudge(this, "pypsrp", pythonJudge() !== undefined);
    const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-bench-"));
    const lines: string[] = [];
    try {
      const figures = await compareRemoting(folder, (line) => lines.push(line), { rounds: 1, calls: 3, warmAfter: 4, rows: 40 });
      const overBasic = figures.filter(({ what }) => what.includes("over basic"));
      deepEqual(
        overBasic.map(({ unit, value }) => (unit === "" ? value : "a ratio")),
        ["a ratio", "a ratio", "a ratio", "a ratio", 3, 3, 2],
      );
      ok(figures.every(({ value }) => value > 0 && Number.isFinite(value)));
      match(lines.join("\n"), /Remoting over basic.*\n.*first 3 calls.*3 after 4.*40 objects.*\nours .*\npypsrp /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
