// What a program may say of an MX set whose zone is not ASCII: any spelling goes in, one is kept, and people read their own script.
import assert from "node:assert/strict";
import { check } from "../../../provider/host/check.ts";
import { resource } from "../../../provider/resources/mx-record/index.ts";
import { plan } from "../../../provider/resources/mx-record/plan.ts";
import { mxRecord } from "../../../provider/resources/mx-record/shape.ts";
import { actualMx, mxArgs, mxRecorded } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { said } from "../../support/replay.ts";

describe("the arguments of an MX set of a zone that is not ASCII", () => {
  const typed = {
    zone: "München.Example.",
    name: "Grüße",
    exchanges: [{ preference: 10, exchange: "Mail.Müller.example." }],
    probe: { accepted: "Max@Müller.example" },
  };
  const inside = {
    zone: "xn--mnchen-3ya.example",
    name: "xn--gre-6ka8l",
    exchanges: [{ preference: 10, exchange: "mail.xn--mller-kva.example" }],
  };

  it("are one spelling inside, however they were typed", () => {
    for (const args of [typed, inside]) {
      const { inputs, failures } = check(mxRecord.args, args);
      assert.deepEqual(failures, []);
      assert.deepEqual({ zone: inputs["zone"], name: inputs["name"], exchanges: inputs["exchanges"] }, inside);
    }
    assert.deepEqual(check(mxRecord.args, typed).inputs["probe"], { accepted: "Max@xn--mller-kva.example" });
  });

  it("are read in their own script", () => {
    const args = mxArgs(inside);
    const actual = actualMx({ exchanges: [{ preference: 10, exchange: "mx.xn--mnchen-3ya.example" }] });
    const recorded = mxRecorded({ exchanges: actual.exchanges });
    const planned = plan(args, actual, recorded, eveningMs);
    const words = [
      mxRecord.titleOf(args),
      ...resource.headline(args, actual, recorded, { nowMs: eveningMs, sayInstant: String }),
      ...said(resource, planned),
      ...plan(args, { ...actual, answers: [] }, recorded, eveningMs).refusals.map(({ sentence }) => sentence),
    ].join("\n");
    assert.match(words, /^grüße\.münchen\.example\nMX of grüße\.münchen\.example: 10 mx\.münchen\.example -> 10 mail\.müller\.example /);
    assert.doesNotMatch(words, /xn--/);
  });
});
