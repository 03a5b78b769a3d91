// The steps of an MX set in words.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { mail, markedNotes } from "../../support/builders.ts";

describe("a step in words", () => {
  it("that changes no TTL speaks of remarks", () => {
    const step = { kind: "rewrite", name: "contoso.com", fromSeconds: 300, toSeconds: 300, notes: {} } as const;
    assert.equal(resource.say(step), "restore the remarks on the MX records of contoso.com");
    assert.equal(
      resource.say({ ...step, toSeconds: 1, notes: markedNotes(mail) }),
      "set the TTL of the MX of contoso.com from 300 s to automatic",
    );
  });
});
