// How a run of mocha ends, seen from outside: a missing judge is named, with CI=true it fails the run, the counts come last.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "../../setup/places.ts";
import { wholeRun } from "../../setup/test.ts";

describe("a run of mocha", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-mocha-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function run(
    body: string,
    environment: Readonly<Record<string, string>>,
  ): { readonly code: number | null; readonly lines: readonly string[] } {
    const judges = pathToFileURL(path.join(checkout, "test", "support", "judges.ts")).href;
    const file = path.join(folder, "some.test.ts");
    writeFileSync(file, `import { requireJudge } from "${judges}";\n${body}\n`);
    const { CI: _, PULUMI_EXCHANGE_OUTCOME: __, ...inherited } = process.env;
    const program = path.join(checkout, "node_modules", "mocha", "bin", "mocha.js");
    const env = { ...inherited, ...environment };
    const { status, stdout } = spawnSync(process.execPath, [program, file], { cwd: checkout, env, encoding: "utf8" });
    return { code: status, lines: stdout.trimEnd().split("\n") };
  }

  const needsJudge =
    'describe("BIND", () => { it("answers", function () { requireJudge(this, "named", false); }); it("is asked", () => {}); });';

  it("skips a test whose judge is missing, names test and judge, and passes", () => {
    const { code, lines } = run(needsJudge, {});
    deepEqual([code, ...lines.slice(-3)], [0, "skipped: BIND answers", "missing judge: named", "1 passed, 0 failed, 1 skipped"]);
  });

  it("fails that test with CI=true, and still names the judge", () => {
    const { code, lines } = run(needsJudge, { CI: "true" });
    deepEqual([code, ...lines.slice(-2)], [1, "missing judge: named", "1 passed, 1 failed, 0 skipped"]);
    match(lines.join("\n"), /Error: named is missing, and with CI=true every judge must be there/);
  });

  it("runs a test whose judge is there, with CI=true too", () => {
    const { code, lines } = run('it("answers", function () { requireJudge(this, "named", true); });', { CI: "true" });
    deepEqual([code, lines.at(-1)], [0, "1 passed, 0 failed, 0 skipped"]);
  });

  it("shows a failure whole", () => {
    const { code, lines } = run('it("counts", () => { throw new Error("first line\\nsecond line"); });', {});
    equal(code, 1);
    match(lines.join("\n"), /1\) counts:\n +Error: first line\nsecond line\n +at /);
  });
});

describe("a whole run of npm test", () => {
  it("is all tests, the import rules first and the rehearsals last, and the user's wishes for each part", () => {
    const parts = wholeRun(["--grep", "DNS"]).map(({ args }) => args);
    const [rest = []] = parts;
    equal(rest[0], "test/imports.test.ts");
    ok(rest.indexOf("test/rehearsal/**/*.test.ts") > rest.indexOf("test/contract/**/*.test.ts"));
    for (const args of parts) deepEqual(args.slice(-2), ["--grep", "DNS"]);
  });

  it("is each test once: what runs alongside is left out of the rest", () => {
    const [rest = [], ...alongside] = wholeRun([]).map(({ args }) => args);
    const apart = alongside.flat();
    deepEqual(
      rest.flatMap((arg, at) => (arg === "--ignore" ? [rest[at + 1]] : [])),
      apart,
    );
    ok(apart.length > 0 && apart.every((file) => existsSync(path.join(checkout, file))));
  });
});
