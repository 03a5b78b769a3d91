import assert from "node:assert/strict";
import { EdgeError, isBusy, isSilence, prospectOf, prospects, type Reason, reasonOf } from "../../provider/common/reason.ts";
import { TurnError } from "../../provider/engine/turn.ts";
import { CmdletError } from "../../provider/exchange/error.ts";
import { MailError } from "../../provider/mail/error.ts";
import { RemotingError } from "../../provider/remoting/transport.ts";

describe("what may be expected of a failure", () => {
  for (const error of [
    new RemotingError({ endpoint: "ex01", cmdlet: "Get-Queue", parameters: {} }, "sessionLost", "gone"),
    new CmdletError("notReady", "no consensus"),
    new MailError("buffer.contoso-mail.net", "invalidAnswer", "answered with nonsense"),
    new TurnError("another run acts"),
  ]) {
    it(`is known of ${error.name}`, () => {
      assert.equal(reasonOf(error), error.reason);
      assert.equal(prospectOf(error), prospects[error.reason]);
    });
  }

  it("is nothing for an error of another kind, whatever it calls its reason", () => {
    const stranger = Object.assign(new Error("stranger"), { reason: "timedOut" });
    for (const error of [stranger, "timedOut", undefined]) assert.deepEqual([reasonOf(error), prospectOf(error)], [undefined, "final"]);
  });

  it("is silence where nobody answered, busy where somebody has no time, and neither anywhere else", () => {
    const errors = (Object.keys(prospects) as Reason[]).map((reason) => new EdgeError(reason, "no"));
    const reasons = (of: (error: unknown) => boolean) => errors.filter(of).map(({ reason }) => reason);
    assert.deepEqual(
      [reasons(isSilence), reasons(isBusy)],
      [
        ["timedOut", "unreachable"],
        ["throttled", "serverError"],
      ],
    );
  });

  it("carries when to come back, where that was told", () => {
    assert.deepEqual(
      [new EdgeError("throttled", "later", { retryAfterMs: 30_000 }).retryAfterMs, new EdgeError("denied", "no").retryAfterMs],
      [30_000, undefined],
    );
  });
});
