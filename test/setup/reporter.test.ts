// How a run of mocha ends, seen from outside: a missing judge is named, with CI=true it fails the run, the counts come last.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "../../setup/places.ts";
import { partsOf } from "../../setup/test.ts";
import { slowestFiles } from "../support/reporter.ts";

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

describe("the slowest files", () => {
  it("are the ten slowest, slowest first, without those of less than a tenth of a second", () => {
    const files = new Map(Array.from({ length: 12 }, (_, index) => [`test/${index}.test.ts`, index * 1000]));
    const lines = slowestFiles(files.set("test/quick.test.ts", 99));
    deepEqual([lines.length, lines[0], lines[9]], [10, "  11.0 s  test/11.test.ts", "   2.0 s  test/2.test.ts"]);
    deepEqual(slowestFiles(new Map([["test/quick.test.ts", 99]])), []);
  });
});

describe("what npm test passes on to mocha", () => {
  it("is all tests, the import rules first and the rehearsals last, and the user's wishes", () => {
    const [args = []] = partsOf(["--grep", "DNS"]);
    deepEqual([args[0], ...args.slice(-2)], ["test/imports.test.ts", "--grep", "DNS"]);
    ok(args.indexOf("test/rehearsal/**/*.test.ts") > args.indexOf("test/contract/**/*.test.ts"));
  });

  it("is each test once: what runs alongside is left out of the rest", () => {
    const [rest = [], ...alongside] = partsOf([]);
    const apart = alongside.flat();
    deepEqual(
      rest.flatMap((arg, at) => (arg === "--ignore" ? [rest[at + 1]] : [])),
      apart,
    );
    ok(apart.length > 0 && apart.every((file) => existsSync(path.join(checkout, file))));
  });

  it("is only the tests that the user names", () => {
    deepEqual(partsOf(["test/dns", "--bail"]), [["test/dns", "--bail"]]);
  });
});
