// Which Debian packages are still to be installed, and that no service starts meanwhile.
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { notInstalled, PYTHON_KERBEROS, PYTHON_PACKAGES, pythonPackages } from "../../setup/judges.ts";
import { withoutServiceStarts } from "../../setup/service-starts.ts";

describe("the Debian packages to install", () => {
  it("are those that dpkg does not know or does not call installed", () => {
    deepEqual(notInstalled(["bind9", "postfix", "swaks"], "bind9 installed\npostfix config-files\n"), ["postfix", "swaks"]);
  });

  it("are none where all are installed", () => {
    deepEqual(notInstalled(["bind9", "swaks"], "bind9 installed\nswaks installed\n"), []);
  });

  it("are not taken for another whose name begins alike", () => {
    deepEqual(notInstalled(["bind9"], "bind9-dnsutils installed\n"), ["bind9"]);
  });
});

describe("the Python packages to install", () => {
  it("are those that judge without Kerberos where it cannot be built, and with it where it can", () => {
    deepEqual(pythonPackages(false), PYTHON_PACKAGES);
    deepEqual(pythonPackages(true), [...PYTHON_PACKAGES, ...PYTHON_KERBEROS]);
  });

  it("each have one version, so that a set-up is the same next year", () => {
    for (const name of pythonPackages(true)) match(name, /^[a-z0-9-]+(\[[a-z]+\])?==\d+\.\d+\.\d+$/);
  });
});

describe("while packages are installed", () => {
  let folder = "";
  let policy = "";

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-policy-"));
    policy = path.join(folder, "policy-rc.d");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("the policy forbids each start, as a program that exits with 101", () => {
    let text = "";
    let mode = 0;
    withoutServiceStarts(() => {
      text = readFileSync(policy, "utf8");
      mode = statSync(policy).mode & 0o777;
    }, policy);
    match(text, /^#!\/bin\/sh\n# .*\nexit 101\n$/);
    equal(mode, 0o755);
  });

  it("no policy was there before: none is there afterwards, also when the installation fails", () => {
    const failing = (): never => {
      throw new Error("no room");
    };
    throws(() => withoutServiceStarts(failing, policy), { message: "no room" });
    deepEqual(readdirSync(folder), []);
  });

  it("a policy was there before: the same is there afterwards", () => {
    writeFileSync(policy, "#!/bin/sh\nexit 104\n");
    withoutServiceStarts(() => undefined, policy);
    equal(readFileSync(policy, "utf8"), "#!/bin/sh\nexit 104\n");
    deepEqual(readdirSync(folder), ["policy-rc.d"]);
  });

  it("a run was killed half-way: the next one still puts back what was there before the first", () => {
    writeFileSync(policy, "#!/bin/sh\nexit 104\n");
    const leftBehind = new Map<string, string>();
    withoutServiceStarts(() => {
      for (const name of readdirSync(folder)) leftBehind.set(name, readFileSync(path.join(folder, name), "utf8"));
    }, policy);
    for (const [name, text] of leftBehind) writeFileSync(path.join(folder, name), text);
    withoutServiceStarts(() => undefined, policy);
    equal(readFileSync(policy, "utf8"), "#!/bin/sh\nexit 104\n");
    deepEqual(readdirSync(folder), ["policy-rc.d"]);
  });
});
