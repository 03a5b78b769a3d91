// The rest of the contract of MxRecord.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { offline } from "../../support/builders.ts";

describe("the rest of the contract of MxRecord", () => {
  it("always expects an answer", () => assert.equal(resource.expectsSilence?.(offline) ?? false, false));
});
