// One password for several local PowerShells, each with a session at another server.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { textOf } from "../../../provider/remoting/clixml/read.ts";
import { PasswordTrial } from "../../../provider/remoting/password-trial.ts";
import { RemotingError, Secret } from "../../../provider/remoting/transport.ts";
import { remoteSession, StandInFixture, USER } from "../../support/stand-in-shell-fixture.ts";

const SERVERS = ["ex01", "ex02", "ex03"];

describe("a password that several local PowerShells log on with", () => {
  const fixture = new StandInFixture();
  let trial: PasswordTrial;

  beforeEach(() => {
    trial = new PasswordTrial(60_000);
  });

  /** What comes of a call at each of the servers, all at the same time. */
  function calls(session = remoteSession()): Promise<readonly string[]> {
    const said = async (server: string) => {
      const calling = fixture.transport({ endpoint: server, session, trial });
      return calling.invoke("Write-Output", { InputObject: server }).then(
        ({ objects }) => objects.map(textOf).join(),
        (error: unknown) => (error instanceof RemotingError ? `${error.reason}: ${error.message}` : String(error)),
      );
    };
    return Promise.all(SERVERS.map(said));
  }

  it("is wrong for all of them once it was wrong for one, which is said; no PowerShell is started for it again", async () => {
    const session = remoteSession({ credential: { user: USER, password: new Secret("not this one") } });
    const answers = await calls(session);
    const tried = answers.findIndex((answer) => /: PowerShell could not open a session: .*Access is denied\.$/.test(answer));
    const because = `not asked, because ${SERVERS[tried]} did not let ${USER} in: a few wrong attempts lock an account`;
    const expected = (server: string) => `denied: Write-Output on ${server}: ${because}`;
    deepEqual(
      answers.filter((_, index) => index !== tried),
      SERVERS.filter((_, index) => index !== tried).map(expected),
    );
    const started = fixture.standIn.processes.length;
    deepEqual(await calls(session), SERVERS.map(expected));
    equal(fixture.standIn.processes.length, started);
  });

  it("is right for all of them once it was right for one", async () => {
    deepEqual(await calls(), SERVERS);
    equal(trial.isAccepted, true);
  });

  it("is tried by the next one where the first has learned nothing of it", async () => {
    const { behaviour } = fixture.standIn;
    fixture.standIn.behaviour = { openingFails: { id: "CannotConnect,PSSessionOpenFailed", message: "The client cannot connect." } };
    await rejects(fixture.transport({ trial }).invoke("Write-Output", { InputObject: 1 }), { reason: "unreachable" });
    fixture.standIn.behaviour = behaviour;
    deepEqual(await calls(), SERVERS);
  }).timeout(20_000);
});
