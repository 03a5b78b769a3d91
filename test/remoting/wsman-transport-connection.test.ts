import { equal } from "node:assert/strict";
import { fails, HOST, TransportFixture } from "../support/transport-fixture.ts";

describe("the native transport on a bad connection", () => {
  const fixture = new TransportFixture();

  describe("a connection that breaks", () => {
    it("behind a gateway that gives up on a Command: the server is asked, and the cmdlet runs once or not at all", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.disturb("Command", { kind: "status", status: 504 });
      await fails(
        calling.invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke before the cmdlet started; it did not run",
      );
      equal(fixture.server.count("Command"), 2);
    });

    it("at a Command to an old server, which cannot be asked about ids of ours: the call is lost, perhaps with effect", async () => {
      fixture.server.conversation.protocol = "2.1";
      fixture.server.conversation.choosesIds = true;
      fixture.server.disturb("Command", { kind: "cutAfter" });
      await fails(
        fixture.transport().invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke while the cmdlet was sent; it may have run",
      );
      equal(fixture.server.count("Command"), 1);
    });

    it("at a Command and at the question after it: the call is lost, perhaps with effect", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.disturb("Command", { kind: "cutAfter" });
      fixture.server.disturb("Receive", { kind: "cutBefore" });
      await fails(
        calling.invoke("Dismount-Database", {}),
        "sessionLost",
        "Dismount-Database on ex01 (Microsoft.Exchange): the connection broke while the cmdlet was sent and the server could not be asked about it; it may have run",
      );
    });

    it("at every Receive: the session is given up, and the next call opens another", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.disturb("Receive", { kind: "cutBefore" }, { kind: "cutBefore" }, { kind: "cutBefore" });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the connection broke again and again while the cmdlet ran; it may have finished",
      );
      await calling.invoke("Get-Queue", {});
      equal(fixture.server.count("Create"), 2);
    });

    it("for good while the cmdlet runs: it may have finished, so the server is not merely unreachable", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.disturb("Receive", { kind: "goAway" });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the connection broke again and again while the cmdlet ran; it may have finished",
      );
      await fixture.server.start();
    });

    it("because nobody listens: the server is unreachable", async () => {
      const calling = fixture.transport();
      const { port } = fixture.server;
      await fixture.server.stop();
      await fails(
        calling.invoke("Get-Queue", {}),
        "unreachable",
        `Get-Queue on ex01 (Microsoft.Exchange): no connection to ${HOST}: connect ECONNREFUSED 127.0.0.1:${port}`,
      );
      await fixture.server.start();
    });
  });

  describe("an answer that is none", () => {
    for (const { status, reason, words } of [
      {
        status: 503,
        reason: "unreachable",
        words: "is not available (HTTP 503): the web server runs, and the application pool behind it is stopped or still starts",
      },
      {
        status: 403,
        reason: "denied",
        words:
          "does not let CONTOSO\\pauser in (HTTP 403); if IIS requires SSL there, exchange:exchangeUrl is to begin with https://, or IIS must not require SSL for that application",
      },
      { status: 200, reason: "invalidAnswer", words: "answered HTTP 200 without a WS-Management message" },
      {
        status: 404,
        reason: "invalidAnswer",
        words: "has nothing at /PowerShell/ (HTTP 404): correct exchange:exchangeUrl, or start what answers there",
      },
    ] as const) {
      it(`but HTML with status ${status} is ${reason}`, async () => {
        fixture.server.disturb("Create", { kind: "status", status });
        await fails(fixture.transport().invoke("Get-Queue", {}), reason, `Get-Queue on ex01 (Microsoft.Exchange): ${HOST} ${words}`);
      });
    }

    it("but HTML while the cmdlet runs leaves open whether it finished", async () => {
      const calling = fixture.transport();
      await calling.invoke("Get-Queue", {});
      fixture.server.disturb("Receive", { kind: "status", status: 503 });
      await fails(
        calling.invoke("Get-Queue", {}),
        "sessionLost",
        "Get-Queue on ex01 (Microsoft.Exchange): the server answered HTTP 503 while the cmdlet ran; it may have finished",
      );
    });
  });
});
