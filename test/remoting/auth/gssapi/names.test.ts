import { equal } from "node:assert/strict";
import { principalOf } from "../../../../provider/remoting/auth/gssapi/names.ts";

describe("a user's name in Kerberos", () => {
  const names: Readonly<Record<string, string>> = {
    "pauser@contoso.local": "pauser@CONTOSO.LOCAL",
    "pauser@CONTOSO.LOCAL": "pauser@CONTOSO.LOCAL",
    "a@b@contoso.local": "a@b@CONTOSO.LOCAL",
    "CONTOSO\\pauser": "pauser",
    pauser: "pauser",
  };
  for (const [user, principal] of Object.entries(names)) {
    it(`of ${user} is ${principal}`, () => equal(principalOf(user), principal));
  }
});
