// The Pulumi CLI as the set-up makes it ready, with a real program, a toy plugin and a stack that lives in one folder.
// What is asked of the CLI here is what the provider relies on: Pulumi.yaml outside the checkout, plugins by path, drift seen without a flag.
import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkout, pinnedNode } from "../../setup/places.ts";
import { pulumi, requirePulumi } from "../support/pulumi.ts";

const PROGRAM = path.join(checkout, "test", "support", "toy-program.ts");

describe("the Pulumi CLI, with a toy plugin", function () {
  this.timeout(180_000);
  let folder = "";
  let content = "";

  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await pulumi(path.join(folder, "project"), folder, args);
    equal(code, 0, output);
    return output;
  };

  before(async function () {
    requirePulumi(this);
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange cli-"));
    content = path.join(folder, "content");
    writeProject(path.join(folder, "project"));
    await run("stack", "init", "toy");
    await run("config", "set", "site:path", content);
    await run("config", "set", "site:state", "online");
    await run("config", "set", "--secret", "site:password", "not in any file");
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  it("keeps its stack in the given folder, its selection too, and a secret encrypted", () => {
    const settings = readFileSync(path.join(folder, "project", "config", "Pulumi.toy.yaml"), "utf8");
    match(settings, /site:state: online\n/);
    match(settings, /site:password:\n {4}secure: v1:/);
    deepEqual(
      readdirSync(path.join(folder, "state", ".pulumi", "stacks", "toy-project")).filter((name) => name.endsWith(".json")),
      ["toy.json"],
    );
    equal(readdirSync(path.join(folder, "home")).includes("workspaces"), true);
  });

  it("previews without doing, and warns of no plugin or language host", async () => {
    const output = await run("preview");
    match(output, /exchange:index:File +one +create/);
    match(output, /the program runs under Node\.js 24\.\d+\.\d+ in .*support/);
    equal(output.includes("warning"), false, output);
    equal(existsSync(content), false);
  });

  it("does what the program says", async () => {
    await run("up", "--yes", "--skip-preview");
    equal(readFileSync(content, "utf8"), "online");
  });

  it("finds nothing to do a second time", async () => {
    match(await run("preview"), /2 unchanged/);
  });

  it("sees in the next preview, without a flag, what was changed behind its back", async () => {
    writeFileSync(content, "drifted");
    match(await run("preview", "--diff"), /content: "drifted" => "online"|- drifted[\s\S]*\+ online/);
    equal(readFileSync(content, "utf8"), "drifted");
  });

  it("takes up a changed word", async () => {
    await run("config", "set", "site:state", "offline");
    await run("up", "--yes", "--skip-preview");
    equal(readFileSync(content, "utf8"), "offline");
  });

  it("shows a failing program's own words, and fails", async () => {
    await run("config", "set", "site:state", "of line");
    const { code, output } = await pulumi(path.join(folder, "project"), folder, ["preview"]);
    deepEqual([code === 0, /site:state is "of line"/.test(output), output.includes("ended with exit code")], [false, true, false], output);
    await run("config", "set", "site:state", "offline");
  });

  it("refreshes, and destroys what it made", async () => {
    match(await run("refresh", "--yes", "--skip-preview"), /2 unchanged/);
    await run("destroy", "--yes", "--skip-preview");
    equal(existsSync(content), false);
  });
});

function writeProject(project: string): void {
  const plugin = path.join(project, "plugin");
  mkdirSync(plugin, { recursive: true });
  mkdirSync(path.join(project, "config"));
  const provider = path.join(checkout, "test", "support", "toy-provider.ts");
  writeFileSync(path.join(plugin, "pulumi-resource-exchange"), `#!/bin/sh\nexec '${pinnedNode}' '${provider}' "$@"\n`, { mode: 0o755 });
  const settings = {
    name: "toy-project",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: PROGRAM,
    stackConfigDir: "config",
    plugins: { providers: [{ name: "exchange", path: plugin }] },
  };
  writeFileSync(path.join(project, "Pulumi.yaml"), JSON.stringify(settings));
}
