// The resource of CONTRIBUTING.md, made in a copy of the sources from that page alone: a folder and a line in the list, and it has a class, a schema and a
// reference page, is previewed and carried out through the real CLI at a lab, and given back.
import { deepEqual, equal, match } from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Lab } from "../../lab/lab.ts";
import { checkout } from "../../setup/places.ts";
import { saidOf } from "../support/engine-log.ts";
import { pulumi, requirePulumi } from "../support/pulumi.ts";
import { Rehearsal, rehearsalLab } from "../support/rehearsal.ts";

const list = "provider/resources/index.ts";
const page = readFileSync(path.join(checkout, "CONTRIBUTING.md"), "utf8");
/** The files that the page names, each with the block of code below its name. */
const files = [...page.matchAll(/`(provider\/[^`]+)`:\n\n```ts\n(.*?)```/gs)].map(([, file = "", text = ""]) => [file, text] as const);
const [, line = ""] = /\*\*The line in the list\*\*.*?```ts\n(.*?)```/s.exec(page) ?? [];

const program = `import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../provider/index.ts";

const config = new pulumi.Config("site");
const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: config.require("bufferHostKey") };
const state = config.get("state") === "offline" ? "blocked" : "normal";
export const policy = new exchange.ActivationPolicy("ex01", { server: "ex01", state, turnsAt }).policy;
`;

describe("a resource made from CONTRIBUTING.md", function () {
  this.timeout(180_000);
  let tree = "";
  let lab: Lab;
  let stack: Rehearsal;

  before(async function () {
    requirePulumi(this);
    tree = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-new-resource-"));
    for (const part of ["provider", "plugin", "setup", "stacks", "package.json", "tsconfig.json", "docs"])
      cpSync(path.join(checkout, part), path.join(tree, part), { recursive: true });
    symlinkSync(path.join(checkout, "node_modules"), path.join(tree, "node_modules"));
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      writeFileSync(path.join(tree, file), text);
    }
    writeFileSync(path.join(tree, list), `${readFileSync(path.join(tree, list), "utf8")}${line}`);
    writeFileSync(path.join(tree, "stacks", "index.ts"), program);
    lab = await rehearsalLab({});
    stack = await new Rehearsal(lab, { main: path.join(tree, "stacks", "index.ts"), tree }).init();
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
    if (tree !== "") rmSync(tree, { recursive: true });
  });

  it("is one folder and one line", () => {
    deepEqual([...new Set(files.map(([file]) => path.posix.dirname(file)))], ["provider/resources/activation-policy"]);
    equal(line.trim().split("\n").length, 1);
  });

  it("is of the right types, its class in the program too", async () => {
    const tsc = path.join(checkout, "node_modules", "typescript", "bin", "tsc");
    const roots = [path.join(tree, list), path.join(tree, "stacks", "index.ts"), path.join(tree, files[0]?.[0] ?? "", "..", "index.ts")];
    writeFileSync(path.join(tree, "toy.json"), JSON.stringify({ extends: "./tsconfig.json", files: roots, include: [] }));
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", path.join(tree, "toy.json")]);
    equal(stdout, "");
  });

  it("has a reference page and a place in the schema", async () => {
    const write = path.join(tree, "setup", "reference.ts");
    await promisify(execFile)(process.execPath, [write]);
    const reference = readFileSync(path.join(tree, "docs", "resources", "ActivationPolicy.md"), "utf8");
    match(reference, /^# ActivationPolicy\n\nWhether databases may become active on a server by themselves\.\n/);
    match(reference, /^\| `state` \| `normal`, `blocked` \| required \|/m);
    const plugin = path.join(tree, "plugin", "pulumi-resource-exchange");
    const { code, output } = await pulumi(tree, tree, ["package", "get-schema", plugin]);
    equal(code, 0, output);
    const { inputProperties, properties } = JSON.parse(output).resources["exchange:index:ActivationPolicy"];
    deepEqual(Object.keys(inputProperties).sort(), [
      "abandon",
      "after",
      "maxWaitSeconds",
      "place",
      "server",
      "state",
      "stuckAfterSeconds",
      "turnsAt",
    ]);
    deepEqual(
      Object.keys(properties)
        .filter((name) => !(name in inputProperties))
        .sort(),
      ["journal", "policy", "recorded"],
    );
  });

  it("is taken over as it is, previewed, carried out, and given back through the CLI", async () => {
    const policyOf = () => lab.world.site.server("ex01")?.policy;
    const { code, output } = await stack.up("online");
    equal(code, 0, output);
    const before = policyOf();
    stack.set("site:state", "offline");
    const preview = await stack.preview();
    deepEqual(saidOf(preview.events, "ActivationPolicy ex01"), [
      "Databases on ex01: Unrestricted -> Blocked\n  1. set DatabaseCopyAutoActivationPolicy of ex01 from Unrestricted to Blocked",
    ]);
    equal((await stack.up()).code, 0);
    equal(policyOf(), "Blocked");
    equal((await stack.up("online")).code, 0);
    equal(policyOf(), before);
  });
});
