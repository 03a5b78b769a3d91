// The plugin's schema before the real Pulumi CLI: fetched from the plugin as a user of `pulumi package` would, and judged by Pulumi's own metaschema and binder.
import { deepEqual, equal, match } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { schema } from "../../provider/host/schema.ts";
import { checkout } from "../../setup/places.ts";
import { pulumi, requirePulumi } from "../support/pulumi.ts";

const PLUGIN = path.join(checkout, "plugin", "pulumi-resource-exchange");
const version = JSON.parse(readFileSync(path.join(checkout, "package.json"), "utf8")).version;

describe("the plugin's schema, before the Pulumi CLI", function () {
  this.timeout(120_000);
  let folder = "";

  before(function () {
    requirePulumi(this);
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-schema-"));
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  const checkOf = (text: string) => {
    const file = path.join(folder, "schema.json");
    writeFileSync(file, text);
    return pulumi(folder, folder, ["schema", "check", file]);
  };

  it("is what the plugin answers when it is started by path", async () => {
    const { code, output } = await pulumi(folder, folder, ["package", "get-schema", PLUGIN]);
    equal(code, 0, output);
    deepEqual(JSON.parse(output), JSON.parse(JSON.stringify(schema(version))));
  });

  it("is valid", async () => {
    deepEqual(await checkOf(JSON.stringify(schema(version))), { code: 0, output: "" });
  });

  it("would not be with a type that Pulumi does not know", async () => {
    const { code, output } = await checkOf(JSON.stringify(schema(version)).replaceAll('"type":"integer"', '"type":"whole number"'));
    match(output, /unknown type kind whole number/);
    equal(code === 0, false);
  });
});
