// What becomes of our side of Kerberos when clocks, tickets or the domain controller are not as they should be. Judged by a real MIT KDC.
import { openAuthentication } from "../../provider/remoting/auth/authentication.ts";
import { Secret } from "../../provider/remoting/transport.ts";
import { requireJudge } from "../support/judges.ts";
import { kdcAvailable, startKdc, useEnvironment } from "../support/kdc.ts";
import { until } from "./processes.ts";
import { HOST, PASSWORD, refused, USER } from "./support/kerberos-refusals.ts";

describe("Kerberos with clocks that differ, judged by an MIT KDC", () => {
  it("says that the clock is off", async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    const skewed = await startKdc({
      principals: [{ name: "pauser", password: PASSWORD }],
      clockOffsetSeconds: 1_200,
      libdefaults: { kdc_timesync: "0" },
    });
    const restore = useEnvironment(skewed.environment);
    try {
      const authentication = openAuthentication({ method: "kerberos", user: USER, password: new Secret(PASSWORD) });
      await refused(
        begun(authentication),
        "denied",
        /^the clock of this machine and that of the domain controller or the server differ by more than/,
      );
    } finally {
      restore();
      await skewed.stop();
    }
  });

  it("says that a ticket has expired", async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    const strict = await startKdc({ principals: [{ name: "pauser", password: PASSWORD }], libdefaults: { clockskew: "1" } });
    const restore = useEnvironment(strict.environment);
    try {
      const ticketCache = await strict.kinit("pauser", { password: PASSWORD }, "1s");
      const authentication = openAuthentication({ method: "kerberos", user: "", ticketCache });
      const begin = () => begun(authentication);
      let refusal: unknown;
      await until("the ticket has expired", () =>
        begin().then(
          () => false,
          (error: unknown) => {
            refusal = error;
            return true;
          },
        ),
      );
      await refused(Promise.reject(refusal), "denied", /expired: fetch a new one with kinit, or give a password or a keytab/);
    } finally {
      restore();
      await strict.stop();
    }
  });

  it("says that no domain controller answers", async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    const gone = await startKdc();
    const restore = useEnvironment(gone.environment);
    try {
      await gone.silence();
      const authentication = openAuthentication({ method: "kerberos", user: USER, password: new Secret(PASSWORD) });
      await refused(
        begun(authentication),
        "unreachable",
        /^no domain controller answers for the realm of pauser@contoso\.local \(port 88, TCP\)/,
      );
    } finally {
      restore();
      await gone.stop();
    }
  });
});

/** The first leg, with a server that only says that it wants Kerberos; resolves when a token would be sent. */
async function begun(authentication: ReturnType<typeof openAuthentication>): Promise<void> {
  const authenticator = authentication.authenticator(new URL(`http://${HOST}/PowerShell/`), "127.0.0.1");
  const sent = new Error("a token was sent");
  const begin = authenticator.begin(async ({ Authorization }) => {
    if (Authorization !== undefined) throw sent;
    return { status: 401, challenges: ["Kerberos"] };
  });
  await begin.catch((error: unknown) => {
    if (error !== sent) throw error;
  });
}
