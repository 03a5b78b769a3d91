import { deepEqual, equal, match, ok } from "node:assert/strict";
import path from "node:path";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { Secret } from "../../../provider/remoting/transport.ts";
import { fails, PASSWORD, remoteSession, StandInFixture, USER } from "../../support/stand-in-shell-fixture.ts";

describe("the transport through a local PowerShell", () => {
  const fixture = new StandInFixture();

  describe("its PowerShell", () => {
    it("is not started before the first call", async () => {
      await fixture.transport().close();
      deepEqual(fixture.standIn.processes, []);
    });

    it("is started once for many calls, asks nothing of a person, and is described", async () => {
      const calling = fixture.transport();
      equal(calling.description, undefined);
      for (let call = 0; call < 5; call += 1) await calling.invoke("Write-Output", { InputObject: call });
      deepEqual(
        fixture.standIn.processes.map(({ argv }) => argv),
        [["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-NoExit", "-Command", "-"]],
      );
      deepEqual(calling.description, { version: "0.0 (stand-in)", system: "nowhere" });
    });

    it("is started with a dumb terminal and without the module path of another PowerShell", async () => {
      const before = process.env.PSModulePath;
      process.env.PSModulePath = "/of/another";
      try {
        await fixture.transport().invoke("Write-Output", { InputObject: 1 });
        deepEqual(fixture.standIn.processes[0]?.environment, { TERM: "dumb" });
      } finally {
        if (before === undefined) delete process.env.PSModulePath;
        else process.env.PSModulePath = before;
      }
    });

    it("loads agent.ps1 by its path", async () => {
      await fixture.transport().invoke("Write-Output", { InputObject: 1 });
      const expected = path.resolve(import.meta.dirname, "../../../provider/remoting/powershell/agent.ps1");
      equal(fixture.standIn.processes[0]?.agent.loaded, expected);
    });

    it("is fed lines of ASCII, each with one argument in base64, whatever a call holds", async () => {
      await fixture.transport().invoke("Write-Output", { InputObject: "ü'; Remove-Mailbox *; '\n$(calc)\u0000" });
      const lines = fixture.standIn.processes[0]?.lines.filter((line) => line !== "") ?? [];
      equal(lines.length, 3);
      match(lines[0] ?? "", /^\. \(\[System\.Text\.Encoding\]::UTF8\.GetString\(\[System\.Convert\]::FromBase64String\('[\w+/=]+'\)\)\); /);
      for (const line of lines.slice(1)) match(line, /^Invoke-AgentRequest '[A-Za-z0-9+/=]+'$/);
    });

    it("is the one that NODE_POWERSHELL names, before any other", async () => {
      process.env.NODE_POWERSHELL = fixture.standIn.executable;
      try {
        await fixture.transport({ executable: "no-such-program" }).invoke("Write-Output", { InputObject: 1 });
        equal(fixture.standIn.processes.length, 1);
      } finally {
        delete process.env.NODE_POWERSHELL;
      }
    });
  });

  describe("its session", () => {
    it("is opened as New-PSSession is told, with a password that nobody can read on the way", async () => {
      await fixture.transport().invoke("Write-Output", { InputObject: 1 });
      const [started] = fixture.standIn.processes;
      deepEqual(started?.agent.opening, {
        connectionUri: "http://ex01.contoso.local/PowerShell/",
        configurationName: "Microsoft.Exchange",
        authentication: "kerberos",
        user: USER,
        password: PASSWORD,
      });
      const text = [...(started?.lines ?? []), ...(started?.argv ?? [])].join("\n");
      const decoded = [...text.matchAll(/'([A-Za-z0-9+/=]+)'/g)].map(([, argument = ""]) => Buffer.from(argument, "base64"));
      const readable = [text, ...decoded.flatMap((bytes) => [bytes.toString("utf8"), bytes.toString("utf16le")])].join("\n");
      ok(readable.includes(USER), "the test looks at the right place");
      const inner = [...readable.matchAll(/<BA[^>]*>([^<]+)</g)].map(([, bytes = ""]) => Buffer.from(bytes, "base64").toString("utf16le"));
      for (const part of ["not-for-anyone", "x".repeat(20)]) ok(![readable, ...inner].join("\n").includes(part), part);
      ok(inner.length >= 2, "there are blocks to look into");
    });

    it("is that of the account that runs the program when no other is given", async () => {
      const { connectionUri, configurationName, authentication } = remoteSession();
      fixture.standIn.behaviour = {};
      await fixture.transport({ session: { connectionUri, configurationName, authentication } }).invoke("Write-Output", { InputObject: 1 });
      const { user, password } = fixture.standIn.processes[0]?.agent.opening ?? {};
      deepEqual([user, password], [undefined, undefined]);
    });

    it("is given back on close, and the PowerShell ends by itself", async () => {
      const calling = fixture.transport();
      await calling.invoke("Write-Output", { InputObject: 1 });
      await calling.close();
      await calling.close();
      equal(fixture.standIn.processes[0]?.agent.runspace, "Closed");
      await fixture.gone(1);
      await fails(
        calling.invoke("Write-Output", {}),
        "stopped",
        "Write-Output on ex01 (Microsoft.Exchange): the connection has been closed",
      );
    });

    it("that is lost is said so, and the next call opens another", async () => {
      const calling = fixture.transport();
      await calling.invoke("Write-Output", { InputObject: 1 });
      const [first] = fixture.standIn.processes;
      if (first !== undefined) first.agent.runspace = "Broken";
      const error = await fails(
        calling.invoke("Write-Output", { InputObject: 2 }),
        "sessionLost",
        "Write-Output on ex01 (Microsoft.Exchange): the session is broken: Starting a command on the remote server failed with the following error message : The session is broken.",
      );
      equal(error.mayHaveRun, true);
      await calling.invoke("Write-Output", { InputObject: 3 });
      equal(fixture.standIn.processes.length, 2);
      deepEqual(
        fixture.requests.map(({ parameters }) => parameters.get("InputObject")),
        [1, 3],
      );
    });
  });

  describe("a secret", () => {
    it("reaches the cmdlet, and its text stands in no line", async () => {
      await fixture.transport().invoke("Set-Password", { Identity: "anna", Password: new Secret("Geheim-4711") });
      const { lines = [] } = fixture.standIn.processes[0] ?? {};
      equal(textOf(fixture.requests[0]?.parameters.get("Password")), "Geheim-4711");
      const [, argument = ""] = /'([^']+)'$/.exec(lines.findLast((line) => line !== "") ?? "") ?? [];
      const sent = Buffer.from(argument, "base64").toString("utf8");
      ok(sent.includes("anna") && !sent.includes("Geheim"), sent);
    });

    it("inside a list is refused, by the parameter's name, before anything is sent", async () => {
      await fails(
        fixture.transport().invoke("Set-Password", { Password: [new Secret("Geheim-4711")] }),
        "rejected",
        "Set-Password on ex01 (Microsoft.Exchange): a parameter cannot be sent: -Password: a secret inside a list or a hashtable cannot be sent",
      );
      deepEqual(fixture.requests, []);
    });
  });

  describe("giving up", () => {
    it("after timeoutMs has the cmdlet stopped, gives the session back, and starts another PowerShell for the next call", async () => {
      const calling = fixture.transport();
      await calling.invoke("Write-Output", { InputObject: 1 });
      await fails(
        calling.invoke("Start-Sleep", { Seconds: 60 }, { timeoutMs: 100 }),
        "timedOut",
        "Start-Sleep on ex01 (Microsoft.Exchange): no answer within 0.1 s",
      );
      await calling.invoke("Write-Output", { InputObject: 2 });
      await fixture.gone(1);
      const [first, second] = fixture.standIn.processes;
      deepEqual([first?.agent.runspace, second?.agent.runspace], ["Closed", "Opened"]);
    });

    it("on request does the same", async () => {
      const calling = fixture.transport();
      const stop = new AbortController();
      const running = calling.invoke("Start-Sleep", { Seconds: 60 }, { signal: stop.signal });
      running.catch(() => {});
      await fixture.standIn.until(() => fixture.requests.length === 1);
      stop.abort();
      await fails(running, "stopped", "Start-Sleep on ex01 (Microsoft.Exchange): stopped on request");
      await calling.invoke("Write-Output", { InputObject: 2 });
      await fixture.gone(1);
    });

    it("on what does not stop kills the PowerShell and what it has started", async () => {
      const calling = fixture.transport({}, { graceMs: 50 });
      await calling.invoke("Write-Output", { InputObject: 1 });
      const [first] = fixture.standIn.processes;
      first?.order({ spawn: true });
      await fixture.standIn.until(() => first?.children.length === 1);
      fixture.standIn.behaviour = { faults: ["hang"] };
      await fails(
        calling.invoke("Write-Output", { InputObject: 2 }, { timeoutMs: 100 }),
        "timedOut",
        "Write-Output on ex01 (Microsoft.Exchange): no answer within 0.1 s; the local PowerShell did not stop the cmdlet and was ended; the cmdlet may still run",
      );
      await fixture.gone(1);
      await calling.invoke("Write-Output", { InputObject: 3 });
      equal(fixture.standIn.processes.length, 2);
    });

    it("while PowerShell starts leaves none behind, and says that nothing was sent", async () => {
      fixture.standIn.behaviour = { noAgent: true };
      const stop = new AbortController();
      const running = fixture.transport().invoke("Write-Output", { InputObject: 1 }, { signal: stop.signal });
      running.catch(() => {});
      await fixture.standIn.until(() => fixture.standIn.processes.length === 1);
      stop.abort();
      const error = await fails(running, "stopped", "Write-Output on ex01 (Microsoft.Exchange): stopped on request; it was not sent");
      equal(error.mayHaveRun, false);
      await fixture.gone(1);
    });

    it("while others run sends nothing and leaves them alone", async () => {
      const calling = fixture.transport();
      const stop = new AbortController();
      const running = calling.invoke("Start-Sleep", { Seconds: 60 }, { signal: stop.signal });
      running.catch(() => {});
      await fixture.standIn.until(() => fixture.requests.length === 1);
      await fails(
        calling.invoke("Write-Output", { InputObject: 1 }, { timeoutMs: 1 }),
        "timedOut",
        "Write-Output on ex01 (Microsoft.Exchange): no answer within 0.001 s; it was not sent",
      );
      equal(fixture.requests.length, 1);
      stop.abort();
      await fails(running, "stopped", "Start-Sleep on ex01 (Microsoft.Exchange): stopped on request");
    });
  });
});
