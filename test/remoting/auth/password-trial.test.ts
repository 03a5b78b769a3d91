// Who may send the password when: nobody at the same time before a server has accepted it, and nobody after one has refused it.
import { deepEqual, equal } from "node:assert/strict";
import { mock } from "node:test";
import { PasswordTrial } from "../../../provider/remoting/auth/password-trial.ts";
import { WsmanError } from "../../../provider/remoting/problem.ts";

const USER = "pauser@contoso.local";
const REFUSED = `not asked, because ex01.contoso.local does not accept the name or password of ${USER}`;

describe("the trial of a password", () => {
  const [first, second, third] = [{}, {}, {}];
  let trial: PasswordTrial;
  let said: string[];

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    trial = new PasswordTrial(USER);
    said = [];
  });
  afterEach(() => mock.timers.reset());

  /** Asks for a turn, and notes what comes of it. */
  async function asks(name: string, connection: object): Promise<void> {
    await trial.turn(connection).then(
      () => said.push(`${name} may`),
      (error: unknown) => said.push(error instanceof WsmanError && error.problem.kind === "ended" ? error.problem.what : String(error)),
    );
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
    trial.refused("ex01.contoso.local");
    await settled();
    await asks("first", first);
    deepEqual(said, ["first may", REFUSED, REFUSED, REFUSED]);
  });

  it("is over with the first server that accepts it", async () => {
    trial.accepted();
    trial.refused("ex01.contoso.local");
    await asks("first", first);
    deepEqual(said, ["first may"]);
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
