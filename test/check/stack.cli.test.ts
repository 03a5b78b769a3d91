// A stack as the real CLI gives it: its project, its name, its program, and its configuration with secrets opened.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readStack } from "../../provider/check/stack.ts";
import { checkout } from "../../setup/places.ts";
import { findPulumi, withPulumi } from "../../setup/pulumi-cli.ts";
import { pulumiEnvironment } from "../../setup/pulumi-env.ts";
import { pulumi, requirePulumi } from "../support/pulumi.ts";

describe("a stack that is to be checked", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-stack-"));

  before(function () {
    requirePulumi(this);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is read with its secrets, by its name or as the one that is selected", async () => {
    const program = path.join(checkout, "stacks", "index.ts");
    writeFileSync(path.join(folder, "Pulumi.yaml"), `name: site\nruntime: nodejs\nmain: ${program}\n`);
    const bin = process.env["PULUMI_EXCHANGE_BIN"] ?? findPulumi()?.bin ?? "";
    const environment = { ...withPulumi(process.env, bin), ...pulumiEnvironment(folder) };
    await rejects(readStack(folder, undefined, environment), /^Error: No stack is selected in .* `pulumi stack ls` lists them\.$/);
    for (const args of [
      ["stack", "init", "berlin"],
      ["config", "set", "exchange:servers", '["ex01"]'],
      ["config", "set", "--secret", "exchange:password", "opened"],
    ]) {
      const { code, output } = await pulumi(folder, folder, args);
      equal(code, 0, output);
    }
    const expected = {
      project: "site",
      name: "berlin",
      program,
      values: { "exchange:servers": '["ex01"]', "exchange:password": "opened" },
      secretKeys: ["exchange:password"],
    };
    deepEqual(await readStack(folder, undefined, environment), expected);
    deepEqual(await readStack(folder, "berlin", environment), expected);
    await rejects(readStack(folder, "rome", environment), /^Error: The configuration of rome cannot be read: no stack named 'rome' found$/);
    await rejects(readStack(tmpdir(), undefined, environment), /has no Pulumi\.yaml\. Name the folder of the Pulumi project/);
  });
});
