// A realm of its own around the tests of one describe: a real MIT KDC, listened to, known to this process; and after each test the question
// whether the library got back all that it had handed out.
import { deepEqual } from "node:assert/strict";
import { type GssTally, tallyGss } from "./gss-tally.ts";
import { requireJudge } from "./judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "./kdc.ts";
import { type KdcTap, tapKdc } from "./kdc-tap.ts";

/** There while a test runs. */
export interface GssRealm {
  readonly kdc: RunningKdc;
  readonly tap: KdcTap;
  readonly tally: GssTally;
}

/** For `pauser` with that password. `endTest` gives back what a test used and has not given back itself. To be called in a describe. */
export function gssRealm(password: string, endTest: () => void = () => {}): GssRealm {
  let kdc: RunningKdc | undefined;
  let tap: KdcTap | undefined;
  let tally: GssTally | undefined;
  let leave = () => {};
  before(async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    kdc = await startKdc({ principals: [{ name: "pauser", password }] });
    tap = await tapKdc(kdc);
    leave = useEnvironment(tap.environment);
  });
  beforeEach(async () => {
    tap?.firstTickets();
    tap?.serviceTickets();
    tally = await tallyGss();
  });
  afterEach(async () => {
    endTest();
    await new Promise(setImmediate);
    tally?.stop();
    deepEqual([tally?.held(), tally?.strays], [[], []], "all is given back, once");
  });
  after(async () => {
    leave();
    await tap?.stop();
    await kdc?.stop();
  });
  return {
    get kdc() {
      return there(kdc);
    },
    get tap() {
      return there(tap);
    },
    get tally() {
      return there(tally);
    },
  };
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("the realm is there while a test runs");
  return thing;
}
