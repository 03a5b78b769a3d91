// Which tests `npm test -- <path>` runs, and what is made ready for them.
import { deepEqual, throws } from "node:assert/strict";
import { needsOf, wishesOf } from "../../setup/chosen-tests.ts";

const cloudflare = wishesOf(["test/dns/cloudflare"]).files ?? [];

describe("the tests that somebody names", () => {
  it("are none where there are only options", () => {
    deepEqual(wishesOf(["--grep", "DNS"]), { options: ["--grep", "DNS"], files: undefined });
  });

  it("are all of a folder, and the options go to mocha", () => {
    deepEqual([cloudflare.length > 1, cloudflare.every((file) => /^test\/dns\/cloudflare\/.*\.test\.ts$/.test(file))], [true, true]);
    deepEqual(wishesOf(["--bail", "test/dns/cloudflare/"]), { options: ["--bail"], files: cloudflare });
  });

  for (const place of ["provider/dns/cloudflare", "./test/dns/cloudflare/*.test.ts"]) {
    it(`are the same for ${place}`, () => {
      deepEqual(wishesOf([place]).files, cloudflare);
    });
  }

  for (const [place, test] of [
    ["test/setup/places.test.ts", "test/setup/places.test.ts"],
    ["setup/places.ts", "test/setup/places.test.ts"],
    ["provider/dns/authoritative.ts", "test/dns/authoritative.test.ts"],
    ["lab/world/zones.ts", "test/lab/world/zones.test.ts"],
  ] as const) {
    it(`is one for ${place}`, () => {
      deepEqual(wishesOf([place]).files, [test]);
    });
  }

  it("are each run once, however often they are named", () => {
    deepEqual(wishesOf(["setup/places.ts", "test/setup/places.test.ts"]).files, ["test/setup/places.test.ts"]);
  });

  it("are asked for again where there are none", () => {
    throws(() => wishesOf(["test/dnss"]), { message: 'There is no test at "test/dnss".' });
  });
});

describe("what is made ready", () => {
  for (const [file, judges, pulumi] of [
    ["test/setup/places.test.ts", false, false],
    ["test/contract/dns-bind.test.ts", true, false],
    ["test/rehearsal/cli.test.ts", true, true],
    ["test/rehearsal/kills.test.ts", false, false],
  ] as const) {
    it(`for ${file}: ${judges ? "" : "no "}judges, ${pulumi ? "" : "no "}Pulumi CLI`, () => {
      deepEqual(needsOf([file]), { judges, pulumi });
    });
  }

  it("is what any of them asks for", () => {
    deepEqual(needsOf(["test/setup/places.test.ts", "test/contract/dns-bind.test.ts"]), { judges: true, pulumi: false });
  });
});
