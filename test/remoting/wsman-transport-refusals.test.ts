import { equal, rejects } from "node:assert/strict";
import { RemotingError } from "../../provider/remoting/transport.ts";
import { basic } from "../support/basic.ts";
import { CREDENTIALS, fails, HOST, PASSWORD, TransportFixture, USER } from "../support/transport-fixture.ts";

describe("the native transport, refused", () => {
  const fixture = new TransportFixture();

  describe("a refusal", () => {
    it("of the password names user and server, and not the password", async () => {
      fixture.server.authorization = "Basic something-else";
      await fails(
        fixture.transport().invoke("Get-Queue", {}),
        "denied",
        `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} does not accept the name or password of CONTOSO\\pauser (HTTP 401): mend it before the next run, a few wrong attempts lock an account`,
      );
    });

    it("of the password by Windows' own endpoint says whose accounts that takes by Basic", async () => {
      fixture.server.authorization = "Basic something-else";
      await fails(
        fixture.transport({ configurationName: "Microsoft.PowerShell", endpoint: "ex01 (Microsoft.PowerShell)" }).invoke("Get-Service", {}),
        "denied",
        `Get-Service on ex01 (Microsoft.PowerShell): ${HOST} does not accept the name or password of CONTOSO\\pauser (HTTP 401): mend it before the next run, a few wrong attempts lock an account; by Basic, this endpoint takes accounts of the server itself and none of a domain: use Kerberos for those`,
      );
    });

    it("does not come when name and password are right", async () => {
      fixture.server.authorization = `Basic ${CREDENTIALS}`;
      await fixture.transport().invoke("Get-Queue", {});
      equal(fixture.server.calls.length, 1);
    });

    it("of Basic over plain http to another machine is ours, before anything is sent", async () => {
      await fails(
        fixture.transport({ connectTo: {} }).invoke("Get-Queue", {}),
        "denied",
        `Get-Queue on ex01 (Microsoft.Exchange): Basic authentication over http would show the password of CONTOSO\\pauser to anyone on the way to ${HOST}; use https, or Kerberos, which seals`,
      );
    });

    it("of Basic over plain http does not come when it was allowed", async () => {
      const calling = fixture.transport({
        url: `http://localhost.invalid:${fixture.server.port}/PowerShell/`,
        connectTo: {},
        authentication: basic(USER, PASSWORD, { allowUnencrypted: true }),
      });
      await rejects(calling.invoke("Get-Queue", {}), (error: unknown) => error instanceof RemotingError && error.reason === "unreachable");
    });

    for (const { title, text, code, subcode, reason, words, advice } of [
      {
        title: "an account without a role, in Exchange's own words",
        code: 2150858819,
        subcode: "w:InternalError",
        text: `[FailureCategory=AuthZ-CmdletAccessDeniedException] The user "contoso.local/Users/pauser" isn't assigned to any management roles.`,
        reason: "denied",
        words: "refuses CONTOSO\\pauser",
        advice: "; the account needs remote PowerShell (Set-User -RemotePowerShellEnabled $true) and a management role",
      },
      {
        title: "a bad request",
        code: 87,
        subcode: "w:InvalidParameter",
        text: "The parameter is incorrect.",
        reason: "rejected",
        words: "rejected the request",
        advice: "",
      },
    ] as const) {
      it(`of a session because of ${title} is ${reason}, in the server's words`, async () => {
        fixture.server.disturb("Create", { kind: "fault", subcode, text, code });
        const said = `"${text}" (${subcode.slice(2)} ${code})`;
        await fails(
          fixture.transport().invoke("Get-Queue", {}),
          reason,
          `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} ${words}: ${said}${advice}`,
        );
      });
    }
  });
});
