// How the lab greylists.
import assert from "node:assert/strict";
import { Greylist } from "../../../lab/world/greylist.ts";

describe("greylisting", () => {
  it("puts off a sender and recipient that are new, and lets them through after a while", () => {
    let nowMs = 0;
    const greylist = new Greylist(300_000, () => nowMs);
    const codeOf = (from: string) => greylist.refusalOf("anna@contoso.com", { helo: "mx.partner.example", from })?.code;
    assert.equal(codeOf("a@partner.example"), 450);
    nowMs = 299_000;
    assert.deepEqual([codeOf("a@partner.example"), codeOf("")], [450, 450]);
    nowMs = 300_000;
    assert.deepEqual([codeOf("a@partner.example"), codeOf("")], [undefined, 450]);
  });

  it("of no length puts nobody off", () => {
    assert.equal(new Greylist(0, () => 0).refusalOf("anna@contoso.com", { helo: "x.example", from: "" }), undefined);
  });
});
