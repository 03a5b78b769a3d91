// What is said about building the Pulumi CLI; the building itself takes minutes and is seen in a set-up, not here.
import { equal, match, throws } from "node:assert/strict";
import { builtVersion, goProblem, progressLine, whyBuilt } from "../../setup/pulumi-build.ts";

describe("the version of the Pulumi CLI to build", () => {
  it("is the one that go.mod requires", () => {
    equal(builtVersion("module m\n\nrequire github.com/pulumi/pulumi/pkg/v3 v3.259.0\n"), "3.259.0");
  });

  it("is not that of another module", () => {
    throws(
      () => builtVersion("require github.com/pulumi/pulumi/sdk/v3 v3.200.0\n"),
      /names no version of github\.com\/pulumi\/pulumi\/pkg\/v3$/,
    );
  });

  it("is written in our own go.mod", () => {
    match(builtVersion(), /^3\.\d+\.\d+$/);
  });
});

describe("Go", () => {
  it("will do from 1.25 on", () => {
    equal(goProblem("go version go1.25.0 linux/amd64"), undefined);
  });

  it("is missing: what is lacking and what to install is said", () => {
    equal(
      goProblem(undefined),
      "The Pulumi CLI is missing: none on PATH, its releases cannot be downloaded from here, and there is no Go here to build it with.\n" +
        "Install the Pulumi CLI (3.200 or newer, with its Node.js language host) or Go 1.25 or newer, then run the command again.",
    );
  });

  it("is too old: the version found is named", () => {
    match(goProblem("go version go1.24.9 linux/amd64") ?? "", /and the Go here is 1\.24\.9 to build it with\.\n/);
  });
});

describe("a build", () => {
  it("says once why, from what, and how long it takes", () => {
    equal(
      whyBuilt(),
      "No Pulumi CLI is on PATH, and no release of it can be downloaded from here. So it is built with Go, from the Go module of its own\n" +
        `release ${builtVersion()} and the checksums in setup/pulumi-cli/go.sum: five to ten minutes on two cores, once for all checkouts.`,
    );
  });

  for (const [compiled, total, line] of [
    [1, 1_683, "building the Pulumi CLI: 1 of 1,683 packages"],
    [1_200, 1_683, "building the Pulumi CLI: 1,200 of 1,683 packages"],
    [1_683, 1_683, "building the Pulumi CLI: 1,683 of 1,683 packages, and links them"],
    [1_684, 1_683, "building the Pulumi CLI: 1,684 of 1,684 packages, and links them"],
  ] as const) {
    it(`shows package ${compiled} of ${total}`, () => {
      equal(progressLine(compiled, total), line);
    });
  }
});
