// The contract of remote cmdlets, put to the transport through a local PowerShell, over the stand-in for one.
import type { CmdletHost } from "../../lab/serve/cmdlet-host.ts";
import { powerShellTransport } from "../../provider/remoting/powershell/powershell-transport.ts";
import { Secret } from "../../provider/remoting/transport.ts";
import { standInShell } from "../support/stand-in-shell.ts";
import { everydayCmdlets } from "../support/stand-in-shell-cmdlets.ts";
import { SECRET_CASE } from "./cmdlet-transport-cases.ts";
import { cmdletTransportSuite, type Subject } from "./cmdlet-transport-suite.ts";

const USER = "pauser@contoso.local";

async function localPowerShell(host: CmdletHost): Promise<Subject> {
  const password = `p:${Math.random()}`;
  const shell = await standInShell(host, { accounts: new Map([[USER, password]]) });
  const transport = powerShellTransport({
    endpoint: "ex01 (Microsoft.Exchange)",
    executable: shell.executable,
    session: {
      connectionUri: "http://ex01.contoso.local/PowerShell/",
      configurationName: "Microsoft.Exchange",
      authentication: "kerberos",
      credential: { user: USER, password: new Secret(password) },
    },
  });
  return { transport, stop: () => shell.stop() };
}

cmdletTransportSuite("a local PowerShell", localPowerShell);

describe("a local PowerShell, beside the contract", () => {
  it(SECRET_CASE.title, async () => {
    const { transport, stop } = await localPowerShell(everydayCmdlets());
    try {
      await SECRET_CASE.run(transport);
    } finally {
      await transport.close();
      await stop();
    }
  });
});
