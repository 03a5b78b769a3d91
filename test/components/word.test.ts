// The word of a site, from the stack's configuration: one of three, or a sentence that says so.
import { equal, throws } from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { wordOf, words } from "../../provider/components/word.ts";

describe("the word of a site", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  for (const word of words) {
    it(`is read from the stack's configuration: ${word}`, () => {
      pulumi.runtime.setAllConfig({ "site:state": word });
      equal(wordOf("site:state"), word);
    });
  }

  const wrong = [
    { found: "of line", says: 'site:state is "of line"; expected online, prepared or offline.' },
    { found: "Offline", says: 'site:state is "Offline"; expected online, prepared or offline.' },
    { found: "", says: 'site:state is ""; expected online, prepared or offline.' },
  ];
  for (const { found, says } of wrong) {
    it(`is refused with what was expected and found: "${found}"`, () => {
      pulumi.runtime.setAllConfig({ "site:state": found });
      throws(() => wordOf("site:state"), { message: says });
    });
  }

  it("is refused when it is missing", () => {
    pulumi.runtime.setAllConfig({ "other:state": "online" });
    throws(() => wordOf("site:state"), { message: "site:state is missing; expected online, prepared or offline." });
  });

  it("is refused as an error of the program's user, which Pulumi shows without a trace", () => {
    throws(
      () => wordOf("site:state"),
      (error: unknown) => pulumi.RunError.isInstance(error),
    );
  });
});
