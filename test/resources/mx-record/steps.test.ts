// The steps of an MX set in words, and a step that cannot be done.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { mail, markedNotes, prepared } from "../../support/builders.ts";
import { HandClock } from "../../support/hand-clock.ts";
import { emptySite } from "../../support/lamp-host.ts";

describe("a step in words", () => {
  it("that changes no TTL speaks of remarks", () => {
    const before = { exchanges: [mail], ttlSeconds: 300, notes: {} };
    const step = { kind: "rewrite", name: "contoso.com", fromSeconds: 300, toSeconds: 300, notes: {}, before } as const;
    assert.equal(resource.say(step), "restore the remarks on the MX records of contoso.com");
    assert.equal(
      resource.say({ ...step, toSeconds: 1, notes: markedNotes(mail) }),
      "set the TTL of the MX of contoso.com from 300 s to automatic",
    );
  });
});

describe("a step on a set that is not there", () => {
  it("fails, and nothing is asked of the DNS host", async () => {
    const before = { exchanges: [], ttlSeconds: 1, notes: {} };
    const step = { kind: "rewrite", name: "contoso.com", fromSeconds: 1, toSeconds: 300, notes: {}, before } as const;
    const mayAct = () => Promise.reject(new Error("nothing is to be sent"));
    await assert.rejects(resource.apply(emptySite(new HandClock()), prepared, step, mayAct), {
      reason: "notFound",
      message: "contoso.com has no MX whose TTL or notes could be set",
    });
  });
});
