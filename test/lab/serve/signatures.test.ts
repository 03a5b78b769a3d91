import { equal } from "node:assert/strict";
import { signatureOf } from "../../../lab/serve/cmdlets/list.ts";
import { positionalParameter } from "../../../lab/serve/signatures.ts";
import { signatureFor } from "../../support/signature-for.ts";

describe("the cmdlets of an endpoint", () => {
  it("finds a cmdlet in any case at its own endpoint and not at the other", () => {
    equal(signatureOf("Microsoft.Exchange", "get-QUEUE")?.cmdlet, "Get-Queue");
    equal(signatureOf("Microsoft.PowerShell", "Get-Queue"), undefined);
    equal(signatureOf("Microsoft.PowerShell", "Get-Service")?.cmdlet, "Get-Service");
    equal(signatureOf("Microsoft.Exchange", "Get-Service"), undefined);
  });

  it("gives an unnamed argument the position that the page gives it", () => {
    const positions: readonly (readonly [string, number, string | undefined])[] = [
      ["Get-Queue", 0, "Identity"],
      ["Get-Queue", 1, undefined],
      ["Test-ServiceHealth", 0, "Server"],
      ["Redirect-Message", 0, undefined],
      ["Get-Service", 0, "Name"],
    ];
    for (const [cmdlet, index, name] of positions) equal(positionalParameter(signatureFor(cmdlet), index), name, `${cmdlet} ${index}`);
  });
});
