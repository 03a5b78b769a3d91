// The account of a pause as a file: what it is called, and that it is written by a real run and by no preview.
import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { keepLedgerFile, type LedgerFile, ledgerFileName, writeLedgerFile } from "../../provider/components/ledger-file.ts";
import { inProject, rootFolder } from "../support/project-folder.ts";

const file: LedgerFile = { name: ledgerFileName("production", "berlin", "2026-12-05T20:00:31.000Z"), text: "Mail during the pause\n" };

describe("the file of a pause's account", () => {
  const here = process.cwd();
  const rootDirectory = rootFolder();
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-ledger-"));
    process.chdir(folder);
    inProject(folder);
  });

  afterEach(() => {
    process.chdir(here);
    inProject(rootDirectory);
    rmSync(folder, { recursive: true });
  });

  it("is named after stack, site and the minute in which the pause began", () => {
    equal(file.name, path.join("ledger", "production-berlin-2026-12-05T2000Z.txt"));
    equal(ledgerFileName("lab", "../1", "2026-12-05T20:00:31.000Z"), path.join("ledger", "lab-.._1-2026-12-05T2000Z.txt"));
  });

  it("is written, and not again while it says the same", () => {
    equal(writeLedgerFile(folder, file), undefined);
    const { mtimeNs } = statSync(file.name, { bigint: true });
    equal(writeLedgerFile(folder, file), undefined);
    equal(statSync(file.name, { bigint: true }).mtimeNs, mtimeNs);
    equal(writeLedgerFile(folder, { ...file, text: "more\n" }), undefined);
    equal(readFileSync(file.name, "utf8"), "more\n");
  });

  it("that cannot be written is a sentence, and no failure", () => {
    writeFileSync("ledger", "a file where the folder should be");
    match(
      String(writeLedgerFile(folder, file)),
      /^The account of the last pause could not be written to ledger.*: E.*\. Nothing else is missing: /,
    );
    equal(existsSync(file.name), false);
  });

  it("is not written where the program has no project", async () => {
    inProject("rootDirectory");
    const mocks: pulumi.runtime.Mocks = { call: () => ({}), newResource: ({ name, inputs }) => ({ id: name, state: inputs }) };
    await pulumi.runtime.setMocks(mocks, "site", "berlin", false);
    keepLedgerFile(pulumi.output(file), new pulumi.ComponentResource("test:index:Site", "berlin"));
    await pulumi.runtime.disconnect(false);
    deepEqual(readdirSync(folder, { recursive: true }), []);
  });

  for (const [what, preview, found, written] of [
    ["a real run", false, file, [path.basename(file.name)]],
    ["a preview", true, file, []],
    ["a real run without a pause", false, undefined, []],
  ] as const) {
    it(`after ${what}: ${written.length === 0 ? "is not written" : "stands in the project's folder"}`, async () => {
      const mocks: pulumi.runtime.Mocks = { call: () => ({}), newResource: ({ name, inputs }) => ({ id: name, state: inputs }) };
      await pulumi.runtime.setMocks(mocks, "site", "berlin", preview);
      keepLedgerFile(pulumi.output(found), new pulumi.ComponentResource("test:index:Site", "berlin"));
      await pulumi.runtime.disconnect(false);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
      deepEqual(
        files.flatMap((name) => (name.endsWith(".txt") ? [path.basename(name)] : [])),
        written,
      );
    });
  }
});
