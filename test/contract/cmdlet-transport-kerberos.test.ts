// The contract of remote cmdlets, put to the native transport where every message is sealed: as Exchange takes it out of the box (Kerberos, its
// odd boundary) and as Windows does (Negotiate), with tickets of a real MIT KDC.
import { FaultScript } from "../../lab/serve/faults.ts";
import { kerberosAuthentication } from "../../lab/serve/wsman/kerberos.ts";
import { startWsman } from "../../lab/serve/wsman.ts";
import { openAuthentication } from "../../provider/remoting/auth/authentication.ts";
import { Secret } from "../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { requireJudge } from "../support/judges.ts";
import { kdcAvailable, type RunningKdc, startKdc, useEnvironment } from "../support/kdc.ts";
import { cmdletTransportSuite } from "./cmdlet-transport-suite.ts";

const USER = "pauser@contoso.local";
const FQDN = "ex01.contoso.local";

describe("with a ticket of an MIT KDC", () => {
  const password = `p:${Math.random()}`;
  let kdc: RunningKdc;
  let leave: () => void = () => {};

  before(async function () {
    requireJudge(this, "MIT KDC", kdcAvailable());
    kdc = await startKdc({ principals: [{ name: "pauser", password }], services: [`HTTP/${FQDN}`] });
    leave = useEnvironment(kdc.environment);
  });

  after(async () => {
    leave();
    await kdc?.stop();
  });

  for (const [name, schemes, hasOddDelimiter] of [
    ["PSRP over sealed WSMan, Kerberos as Exchange has it", ["Kerberos"], true],
    ["PSRP over sealed WSMan, Negotiate as Windows has it", ["Negotiate", "Kerberos"], false],
  ] as const)
    cmdletTransportSuite(name, async (host) => {
      const servers = await startWsman({
        host,
        servers: [{ name: "ex01", fqdn: FQDN }],
        accounts: new Map(),
        faults: new FaultScript(),
        authentication: () => kerberosAuthentication({ keytab: kdc.serviceKeytab, accounts: [USER], schemes, hasOddDelimiter }),
      });
      const { host: address, port } = servers.address("ex01", "Microsoft.Exchange");
      const authentication = openAuthentication({ method: "auto", user: USER, password: new Secret(password) });
      const transport = wsmanTransport({
        url: `http://${FQDN}/PowerShell/`,
        configurationName: "Microsoft.Exchange",
        endpoint: "ex01 (Microsoft.Exchange)",
        authentication,
        connectTo: { [`${FQDN}:80`]: `${address}:${port}` },
      });
      return { transport, stop: () => servers.stop().finally(() => authentication.end()) };
    });
});
