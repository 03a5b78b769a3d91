// The contract of remote cmdlets, put to the native transport and the lab's endpoint.

import { FaultScript } from "../../lab/serve/faults.ts";
import { startWsman } from "../../lab/serve/wsman.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { basic } from "../support/basic.ts";
import { cmdletTransportSuite } from "./cmdlet-transport-suite.ts";

const USER = "CONTOSO\\pauser";

cmdletTransportSuite("PSRP over WSMan", async (host) => {
  const password = `p:${Math.random()}`;
  const servers = await startWsman({
    host,
    servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
    accounts: new Map([[USER, password]]),
    faults: new FaultScript(),
  });
  const { host: address, port } = servers.address("ex01", "Microsoft.Exchange");
  const transport = wsmanTransport({
    url: "http://ex01.contoso.local/PowerShell/",
    configurationName: "Microsoft.Exchange",
    endpoint: "ex01 (Microsoft.Exchange)",
    authentication: basic(USER, password),
    connectTo: { "ex01.contoso.local:80": `${address}:${port}` },
  });
  return { transport, stop: () => servers.stop() };
});
