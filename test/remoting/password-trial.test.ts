// Who may send the password when: nobody at the same time before a server has accepted it, and nobody after one has refused it.
import { deepEqual, equal } from "node:assert/strict";
import { mock } from "node:test";
import { PasswordTrial } from "../../provider/remoting/password-trial.ts";

const BY = "ex01 does not accept the password of pauser";
const REFUSED = `not asked, because ${BY}: a few wrong attempts lock an account`;

describe("the trial of a password", () => {
  const [first, second, third] = [{}, {}, {}];
  let trial: PasswordTrial;
  let said: string[];

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    trial = new PasswordTrial(3_000);
    said = [];
  });
  afterEach(() => mock.timers.reset());

  /** Asks for a turn, and notes what comes of it. */
  async function asks(name: string, connection: object): Promise<void> {
    said.push((await trial.admit(connection)) ?? `${name} may`);
  }

  async function threeAsk(): Promise<void> {
    void asks("first", first);
    void asks("second", second);
    void asks("third", third);
    await settled();
    deepEqual(said, ["first may"]);
  }

  it("lets one connection send it, again if need be, and the others once that was accepted", async () => {
    await threeAsk();
    await asks("first", first);
    equal(trial.isAccepted, false);
    trial.accepted();
    await settled();
    await asks("a later one", {});
    deepEqual(said, ["first may", "first may", "second may", "third may", "a later one may"]);
    equal(trial.isAccepted, true);
  });

  it("lets no other one send it once it was refused, not even who has sent it", async () => {
    await threeAsk();
    trial.refused(BY);
    await settled();
    await asks("first", first);
    trial.refused("ex02 says so too");
    deepEqual([...said, trial.refusal], ["first may", REFUSED, REFUSED, REFUSED, REFUSED]);
  });

  it("is over with the first server that accepts it", async () => {
    trial.accepted();
    trial.refused(BY);
    await asks("first", first);
    deepEqual([...said, trial.refusal], ["first may", undefined]);
  });

  it("goes on with the next one, one at a time, where the first has learned nothing", async () => {
    await threeAsk();
    trial.leave(second);
    await settled();
    deepEqual(said, ["first may"]);
    trial.leave(first);
    await settled();
    deepEqual(said, ["first may", "second may"]);
  });

  it("goes on with the next one where a server says nothing for three seconds", async () => {
    await threeAsk();
    mock.timers.tick(2_999);
    await settled();
    deepEqual(said, ["first may"]);
    mock.timers.tick(1);
    await settled();
    deepEqual(said, ["first may", "second may"]);
  });
});

/** When all promises have gone as far as they can. */
function settled(): Promise<void> {
  return new Promise(setImmediate);
}
