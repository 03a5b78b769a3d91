// Versions as the Pulumi CLI, Go and go.mod write them.
import { deepEqual, equal } from "node:assert/strict";
import { isAtLeast, versionIn, versionText } from "../../setup/version.ts";

describe("a version in what a program prints", () => {
  it("is found behind a letter or a word", () => {
    deepEqual(versionIn("v3.259.0\n"), [3, 259, 0]);
    deepEqual(versionIn("go version go1.26.8 linux/amd64"), [1, 26, 8]);
  });

  it("has the patch 0 where none is written", () => {
    deepEqual(versionIn("go1.25"), [1, 25, 0]);
  });

  it("is not found where there is none", () => {
    equal(versionIn("command not found"), undefined);
  });

  it("reads as it was written", () => {
    equal(versionText([3, 259, 0]), "3.259.0");
  });
});

describe("comparing versions", () => {
  for (const [version, oldest, will] of [
    ["3.200.0", "3.200.0", true],
    ["3.199.9", "3.200.0", false],
    ["3.200.1", "3.200.0", true],
    ["4.0.0", "3.200.5", true],
    ["2.999.9", "3.200.0", false],
    ["3.1000.0", "3.200.0", true],
  ] as const) {
    it(`${version} is ${will ? "" : "not "}at least ${oldest}`, () => {
      const [one, other] = [versionIn(version), versionIn(oldest)];
      equal(one && other && isAtLeast(one, other), will);
    });
  }
});
