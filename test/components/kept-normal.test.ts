// The file that keeps what is normal: written by a SitePause after a run, in the folder of Pulumi.yaml, and given back to a program.
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { normalFrom } from "../../provider/components/kept-normal.ts";
import { SitePause } from "../../provider/components/site-pause.ts";
import { inProject, rootFolder } from "../support/project-folder.ts";

const normals = {
  "contoso.com": { ttlSeconds: 600, exchanges: [{ preference: 10, exchange: "mail.contoso.com" }] },
  DAG1: { mounted: ["DB01"], preferenceMoveFrequency: "01:00:00" },
  ex01: { service: "Running" },
};

describe("the file that keeps what is normal", () => {
  let folder = "";
  let file = "";
  const rootDirectory = rootFolder();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-normal-"));
    file = path.join(folder, "normal.berlin.yaml");
    inProject(folder);
  });

  afterEach(() => rmSync(folder, { recursive: true }));
  after(() => inProject(rootDirectory));

  /** Warnings of a run whose parts have these for normal. */
  async function ran(found: Readonly<Record<string, unknown>> = normals, isPreview = false, stack = "berlin"): Promise<readonly string[]> {
    const warnings: string[] = [];
    const mocks: pulumi.runtime.Mocks = {
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, normal: found[name] } }),
    };
    await pulumi.runtime.setMocks(mocks, "site", stack, isPreview);
    const { warn } = pulumi.log;
    Object.assign(pulumi.log, { warn: async (message: string) => void warnings.push(message) });
    try {
      new SitePause("berlin", {
        state: "online",
        dag: "DAG1",
        servers: ["ex01"],
        mail: [{ zone: "contoso.com" }],
        buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey: `SHA256:${"A".repeat(43)}` },
      });
      await pulumi.runtime.disconnect(false);
    } finally {
      Object.assign(pulumi.log, { warn });
    }
    return warnings;
  }

  it("is written by a run, one for each stack, and gives back what it kept", async () => {
    deepEqual([await ran(), await ran({ ...normals, ex01: { service: "Stopped" } }, false, "bonn")], [[], []]);
    deepEqual(readdirSync(folder), ["normal.berlin.yaml", "normal.bonn.yaml"]);
    deepEqual(normalFrom("normal.berlin.yaml"), normals);
    deepEqual(normalFrom(path.join(folder, "normal.bonn.yaml"))["ex01"], { service: "Stopped" });
  });

  it("is not written by a preview", async () => {
    await ran(normals, true);
    deepEqual(readdirSync(folder), []);
  });

  it("is written again only when what is normal has changed", async () => {
    await ran();
    utimesSync(file, 1, 1);
    await ran();
    equal(statSync(file).mtimeMs, 1_000);
    await ran({ ...normals, ex01: { service: "Stopped" } });
    match(readFileSync(file, "utf8"), /service: Stopped/);
  });

  it("stays as it is where what is normal is not known of every part", async () => {
    await ran();
    const before = readFileSync(file, "utf8");
    deepEqual(await ran({ ...normals, ex01: undefined, DAG1: { mounted: [], preferenceMoveFrequency: "never" } }), []);
    equal(readFileSync(file, "utf8"), before);
  });

  it("has nothing that was given as a secret, which is said", async () => {
    const [warning = ""] = await ran({ ...normals, ex01: pulumi.secret({ service: "Running" }) });
    equal(existsSync(file), false);
    match(warning, /^normal\.berlin\.yaml could not be written: what is normal was given to the program as a secret\./);
  });

  it("that cannot be written is a warning, and no failure", async () => {
    mkdirSync(file);
    const [warning = ""] = await ran();
    match(warning, /^normal\.berlin\.yaml could not be written: EISDIR: .*\. What is normal now is kept in Pulumi's state alone\.$/);
  });

  it("is written nowhere in a unit test, which has no Pulumi.yaml", async () => {
    inProject(rootDirectory);
    deepEqual(await ran(), []);
    equal(existsSync(path.resolve("normal.berlin.yaml")), false);
  });

  it("is a program's error where it is not there, or is wrong, in one sentence", () => {
    const sentence = `normal.berlin.yaml: expected the file that a SitePause has written, found none at ${file}. Take it from the repository's history.`;
    throws(() => normalFrom("normal.berlin.yaml"), { message: sentence });
    writeFileSync(file, "ex01:\n  service: Runing\n");
    throws(
      () => normalFrom("normal.berlin.yaml"),
      (error) =>
        pulumi.RunError.isInstance(error) &&
        error.message === 'normal.berlin.yaml, line 2: ex01, service: expected Running or Stopped, found "Runing".',
    );
  });
});
