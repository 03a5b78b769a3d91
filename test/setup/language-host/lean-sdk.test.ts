// What our language host keeps from a program's SDK until it is asked for, seen in a process of its own.
import { deepEqual } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { checkout } from "../../../setup/places.ts";

const program = `
import { createRequire } from "node:module";
import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
const { cache, resolve } = require;
const said = [];
const stillAway = (what) => said.push([what, ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"].filter((name) => types.isProxy(cache[resolve(name)].exports))]);
stillAway("the SDK is imported");
require("source-map-support/register");
said.push(Object.keys(cache).some((file) => file.endsWith("source-map-support.js")));
said.push(typeof pulumi.automation.LocalWorkspace);
stillAway("its automation is asked for");
const one = 1;
said.push((await pulumi.runtime.serializeFunction(() => one + 2)).text.includes("return () => one + 2"));
stillAway("a function is written as text");
said.push((await pulumi.runtime.computeCodePaths()).size > 0);
stillAway("the packages that it needs are looked up");
process.stdout.write(JSON.stringify(said));
`;

describe("the SDK of a program that our language host starts", () => {
  it("is there in full, and the parts that few programs need come when they are asked for", () => {
    const preload = path.join(checkout, "setup", "language-host", "lean-sdk.ts");
    const args = ["--import", preload, "--input-type=module", "--eval", program];
    deepEqual(JSON.parse(execFileSync(process.execPath, args, { cwd: checkout, encoding: "utf8", stdio: "pipe" })), [
      ["the SDK is imported", ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"]],
      false,
      "function",
      ["its automation is asked for", ["typescript", "@npmcli/arborist"]],
      true,
      ["a function is written as text", ["@npmcli/arborist"]],
      true,
      ["the packages that it needs are looked up", []],
    ]);
  });
});
