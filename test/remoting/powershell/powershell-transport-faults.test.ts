import { deepEqual, equal, match } from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { type RemotingReason, Secret } from "../../../provider/remoting/transport.ts";
import type { StandInFault } from "../../support/stand-in-shell-faults.ts";
import { fails, remoteSession, StandInFixture, USER } from "../../support/stand-in-shell-fixture.ts";

const CALL = "Write-Output on ex01 (Microsoft.Exchange): ";

describe("the transport through a local PowerShell that misbehaves", () => {
  const fixture = new StandInFixture();

  const survived: readonly StandInFault[] = ["junkOnStdout", "junkOnStderr", "escapeSequences", "drips"];
  for (const fault of survived)
    for (const eol of ["\n", "\r\n"] as const)
      it(`answers all the same: ${fault}, lines that end in ${JSON.stringify(eol)}, all in one chunk`, async () => {
        fixture.standIn.behaviour = { eol, oneChunk: true, faults: [fault] };
        const calling = fixture.transport();
        const { objects } = await calling.invoke("Write-Output", { InputObject: ["ü", "b"] });
        deepEqual(objects.map(textOf), ["ü", "b"]);
        await calling.invoke("Write-Output", { InputObject: 2 });
        equal(fixture.standIn.processes.length, 1);
      });

  it("answers with ten megabytes as with one byte", async () => {
    const text = "x".repeat(10_000_000);
    const calling = fixture.transport();
    for (const sent of [text, "x"]) {
      const { objects } = await calling.invoke("Write-Output", { InputObject: sent });
      deepEqual(
        objects.map((object) => textOf(object) === sent),
        [true],
      );
    }
  });

  const discarded: readonly { readonly fault: StandInFault; readonly reason: RemotingReason; readonly says: string }[] = [
    {
      fault: "exit",
      reason: "sessionLost",
      says: "the local PowerShell ended with exit code 0 while the cmdlet ran; it may have finished",
    },
    {
      fault: "exitWithCode",
      reason: "sessionLost",
      says: "the local PowerShell ended with exit code 3 while the cmdlet ran; it may have finished",
    },
    {
      fault: "halfFrame",
      reason: "sessionLost",
      says: "the local PowerShell ended with exit code 0 while the cmdlet ran; it may have finished",
    },
    { fault: "gigabyte", reason: "invalidAnswer", says: "a frame of 1000000000 characters; 104857600 at most" },
    { fault: "printsTheMark", reason: "invalidAnswer", says: "a frame begins with something else than kind and length" },
    { fault: "notBase64", reason: "invalidAnswer", says: "a frame holds something else than base64" },
    { fault: "notClixml", reason: "invalidAnswer", says: "CLIXML line 1, column 7: <nope> is not an element of CLIXML here" },
  ];
  for (const { fault, reason, says } of discarded)
    it(`says what it met, does not ask again, and starts another PowerShell for the next call: ${fault}`, async () => {
      fixture.standIn.behaviour = { faults: [fault] };
      const calling = fixture.transport();
      const words = reason === "invalidAnswer" ? `the local PowerShell answered something else than expected: ${says}` : says;
      const error = await fails(calling.invoke("Write-Output", { InputObject: 1 }), reason, CALL + words);
      equal(error.mayHaveRun, true);
      await calling.invoke("Write-Output", { InputObject: 2 });
      await fixture.gone(1);
      equal(fixture.standIn.processes.length, 2);
      deepEqual(
        fixture.requests.map(({ parameters }) => parameters.get("InputObject")),
        [1, 2],
      );
    });

  for (const fault of ["tooLong", "tooShort"] as const)
    it(`takes a wrong length for no answer: ${fault}`, async () => {
      fixture.standIn.behaviour = { faults: [fault] };
      const running = fixture.transport().invoke("Write-Output", { InputObject: 1 });
      const length = await running.then(
        () => "answered",
        (error: Error) => error.message.replace(/\d+ characters/, "N characters"),
      );
      equal(
        length,
        `${CALL}the local PowerShell answered something else than expected: a frame does not end after the N characters that it announces`,
      );
      await fixture.gone(1);
    });

  it("replaces a PowerShell that ended between two calls, which nobody notices", async () => {
    const calling = fixture.transport();
    await calling.invoke("Write-Output", { InputObject: 1 });
    fixture.standIn.processes[0]?.order({ exit: 0 });
    while (calling.description !== undefined) await new Promise(setImmediate);
    const { objects } = await calling.invoke("Write-Output", { InputObject: 2 });
    deepEqual(
      objects.map(({ value }) => value),
      [2],
    );
    equal(fixture.standIn.processes.length, 2);
  });

  describe("from the beginning", () => {
    it("says which program there is not", async () => {
      const error = await fails(
        fixture.transport({ executable: "no-such-powershell" }).invoke("Write-Output", {}),
        "rejected",
        `${CALL}the local PowerShell could not be started: no-such-powershell: spawn no-such-powershell ENOENT; install PowerShell, or name its program in NODE_POWERSHELL`,
      );
      equal(error.mayHaveRun, false);
    });

    it("says of a name that no program can have that it was not started", async () => {
      const running = fixture.transport({ executable: "power\0shell" }).invoke("Write-Output", {});
      const words = await running.then(() => "", String);
      match(
        words,
        /^RemotingError: Write-Output on .* the local PowerShell could not be started: power\0shell: .*null bytes.*; install PowerShell/,
      );
    });

    it("says what a program wrote that ended at once", async () => {
      const program = path.join(path.dirname(fixture.standIn.executable), "broken");
      writeFileSync(program, "#!/bin/sh\necho 'The shell cannot be started.' >&2\nexit 9\n");
      chmodSync(program, 0o755);
      const error = await fails(
        fixture.transport({ executable: program }).invoke("Write-Output", {}),
        "unreachable",
        `${CALL}the local PowerShell ended with exit code 9 before it was ready; it said: The shell cannot be started.`,
      );
      equal(error.mayHaveRun, false);
    });

    it("says what PowerShell wrote that does not load the agent", async () => {
      fixture.standIn.behaviour = { noAgent: true };
      await fails(
        fixture.transport({}, { startTimeoutMs: 2_000 }).invoke("Write-Output", {}),
        "unreachable",
        `${CALL}the local PowerShell was not ready within 2 s; it said: agent.ps1 cannot be loaded because running scripts is disabled on this system.`,
      );
      await fixture.gone(1);
    });

    it("does not speak to an agent of another version", async () => {
      fixture.standIn.behaviour = { protocol: 2 };
      await fails(
        fixture.transport().invoke("Write-Output", {}),
        "rejected",
        `${CALL}agent.ps1 answers with protocol 2, expected 1; install this package again, so that its files belong together`,
      );
      await fixture.gone(1);
      deepEqual(fixture.requests, []);
    });
  });

  const shells =
    "This user is allowed a maximum number of 18 concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user.";
  const openings: readonly {
    readonly id: string;
    readonly message: string;
    readonly reason: RemotingReason;
    readonly says: string;
  }[] = [
    { id: "AccessDenied,PSSessionOpenFailed", message: "Access is denied.", reason: "denied", says: "Access is denied." },
    { id: "LogonFailure,PSSessionOpenFailed", message: "Wrong.", reason: "denied", says: "Wrong." },
    {
      id: "CannotConnect,PSSessionOpenFailed",
      message: "The client cannot connect\r\nto the destination. For more information, see the about_Remote_Troubleshooting Help topic.",
      reason: "unreachable",
      says: "The client cannot connect to the destination.",
    },
    { id: "WinRMOperationTimeout,PSSessionOpenFailed", message: "Too late.", reason: "unreachable", says: "Too late." },
    { id: "-2144108526,PSSessionOpenFailed", message: "Something.", reason: "rejected", says: "Something." },
    {
      id: "PSSessionOpenFailed",
      message: shells,
      reason: "throttled",
      says: `${shells}; all 18 sessions of this user are taken: close some, or raise PowerShellMaxConcurrency of the user's throttling policy`,
    },
  ];
  for (const { id, message, reason, says } of openings)
    it(`says ${reason} when New-PSSession fails with ${id}`, async () => {
      fixture.standIn.behaviour = { openingFails: { id, message } };
      const words = `${CALL}PowerShell could not open a session: ${says}`;
      const error = await fails(fixture.transport().invoke("Write-Output", {}), reason, words);
      equal(error.mayHaveRun, false);
      await fixture.gone(1);
    });

  it("does not let in who has the wrong password, and says where that stands", async () => {
    fixture.standIn.behaviour = { accounts: new Map() };
    const session = remoteSession({ credential: { user: USER, password: new Secret("wrong", "EXCHANGE_PASSWORD in the environment") } });
    await fails(
      fixture.transport({ session }).invoke("Write-Output", {}),
      "denied",
      `${CALL}PowerShell could not open a session: [ex01.contoso.local] Connecting to remote server ex01.contoso.local failed with the following error message : Access is denied. (the password is EXCHANGE_PASSWORD in the environment: mend it before the next run)`,
    );
    deepEqual(fixture.requests, []);
  });
});
