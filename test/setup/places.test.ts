// Where the set-up keeps what checkouts share, and how it looks for programs.
import { equal } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { findOnPath, userCache } from "../../setup/places.ts";

describe("the user's cache", () => {
  it("is below XDG_CACHE_HOME where that is set", () => {
    equal(userCache({ XDG_CACHE_HOME: "/var/cache/someone" }), "/var/cache/someone/pulumi-exchange");
  });

  it("is below ~/.cache where it is not, or is not absolute, as its specification says", () => {
    equal(userCache({}), path.join(homedir(), ".cache", "pulumi-exchange"));
    equal(userCache({ XDG_CACHE_HOME: "cache" }), path.join(homedir(), ".cache", "pulumi-exchange"));
  });
});

describe("looking for a program", () => {
  it("takes the first folder of PATH that has it", () => {
    const [one, other] = ["one", "other"].map((name) => mkdtempSync(path.join(tmpdir(), `pulumi-exchange-${name}-`)));
    if (one === undefined || other === undefined) throw new Error("no folders");
    try {
      writeFileSync(path.join(other, "judge"), "");
      equal(findOnPath("judge", [one, other].join(path.delimiter)), path.join(other, "judge"));
      writeFileSync(path.join(one, "judge"), "");
      equal(findOnPath("judge", [one, other].join(path.delimiter)), path.join(one, "judge"));
    } finally {
      for (const folder of [one, other]) rmSync(folder, { recursive: true });
    }
  });

  it("finds nothing in an empty PATH", () => {
    equal(findOnPath("sh", ""), undefined);
  });
});
