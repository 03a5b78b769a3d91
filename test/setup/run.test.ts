// When packages count as installed, and what setup/run.mjs hands on to what it starts.
import { deepEqual, equal } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nodeTooOld, packagesInstalled, pinnedNode, stampInstalled } from "../../setup/run.mjs";

const BEFORE = new Date("2026-01-01T10:00:00Z");
const AFTER = new Date("2026-01-01T11:00:00Z");

describe("the Node.js that somebody has", () => {
  it("is too old below 20, and is told what is wanted", () => {
    equal(nodeTooOld("18.19.1"), "Node.js 18.19.1 is too old to start with; install Node.js 20 or newer, then run the command again.");
  });

  it("will do from 20 on", () => {
    deepEqual([nodeTooOld("20.0.0"), nodeTooOld("24.21.0"), nodeTooOld("100.0.0")], [undefined, undefined, undefined]);
  });
});

describe("the packages of a checkout", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-run-"));
    write("package-lock.json", "one", AFTER);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string, at: Date): void {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, at, at);
  }

  it("are not installed where there is no node_modules", () => {
    equal(packagesInstalled(folder), false);
  });

  it("are not installed where the lock is newer than what npm did and nothing was stamped", () => {
    write("node_modules/.package-lock.json", "", BEFORE);
    equal(packagesInstalled(folder), false);
  });

  it("are installed where somebody ran npm by hand after the lock was written", () => {
    write("node_modules/.package-lock.json", "", AFTER);
    equal(packagesInstalled(folder), true);
  });

  it("are still installed when a lock of the same contents is written anew", () => {
    write("node_modules/.package-lock.json", "", BEFORE);
    stampInstalled(folder);
    write("package-lock.json", "one", new Date("2026-01-02T10:00:00Z"));
    equal(packagesInstalled(folder), true);
  });

  it("are not installed any more when the lock has other contents", () => {
    write("node_modules/.package-lock.json", "", BEFORE);
    stampInstalled(folder);
    write("package-lock.json", "two", AFTER);
    equal(packagesInstalled(folder), false);
  });

  it("bring no Node.js where the npm package has left a mere note in its place", () => {
    write("node_modules/node/bin/node", "This file intentionally left blank", AFTER);
    equal(pinnedNode(folder), undefined);
  });

  it("bring the Node.js that is a real file", () => {
    write("node_modules/node/bin/node", "x".repeat(2_000), AFTER);
    equal(pinnedNode(folder), path.join(folder, "node_modules/node/bin/node"));
  });
});
