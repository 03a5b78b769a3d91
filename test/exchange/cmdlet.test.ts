// What is refused before a cmdlet is sent, because it was not declared so.
import assert from "node:assert/strict";
import { checkParameters } from "../../provider/exchange/cmdlet.ts";
import { DismountDatabase, MountDatabase } from "../../provider/exchange/databases.ts";
import type { CmdletParameters } from "../../provider/remoting/transport.ts";

describe("a cmdlet that is about to be sent", () => {
  it("with a value of the wrong type is refused: what, where, expected, found", () => {
    assert.throws(() => checkParameters("ex01", DismountDatabase, { Identity: "DB01", Confirm: "false" }), {
      name: "CmdletError",
      reason: "rejected",
      message: 'Dismount-Database on ex01: -Confirm: expected true or false, found "false"; nothing was sent',
    });
  });

  it("with values of the right types is not", () => {
    assert.doesNotThrow(() => checkParameters("ex01", DismountDatabase, { Identity: "DB01", Confirm: false }));
  });

  for (const parameters of [{ Force: true }, { DomainController: "dc01.contoso.local" }] as readonly CmdletParameters[]) {
    it(`with -${Object.keys(parameters).join()}, which it is not declared with, is a defect of ours`, () => {
      assert.throws(() => checkParameters("ex01", MountDatabase, parameters), {
        name: "TypeError",
        message: `Mount-Database is asked of ex01 with -${Object.keys(parameters).join()}, which it is not declared with`,
      });
    });
  }
});
