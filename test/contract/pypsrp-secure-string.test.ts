// The lab's side of the key exchange judged by pypsrp, a client that nobody here wrote: its SecureString reaches the cmdlet as the text that it
// was, and the one that comes back is read by it. Over Basic, so that no KDC is needed.
import { deepEqual } from "node:assert/strict";
import { z } from "zod";
import { FaultScript } from "../../lab/serve/faults.ts";
import { startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { PsTagged } from "../../provider/remoting/clixml/values.ts";
import { type ToyHost, toyHost } from "../support/cmdlet-host.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";
import { factsFrom } from "./support/pypsrp.ts";

const USER = "CONTOSO\\pauser";
const SECRET = "naïve “secret” 𝄞";

describe("a SecureString between pypsrp and the lab", () => {
  let servers: WsmanServers | undefined;
  let toy: ToyHost;
  let secret: unknown;

  before(async function () {
    const python = pythonJudge();
    requireJudge(this, "pypsrp", python !== undefined);
    if (python === undefined) return;
    toy = toyHost();
    const password = `p:${Math.random()}`;
    servers = await startWsman({
      host: toy.host,
      servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
      accounts: new Map([[USER, password]]),
      faults: new FaultScript(),
    });
    const { port } = servers.address("ex01", "Microsoft.Exchange");
    const connection = { ssl: false, auth: "basic", encryption: "never", username: USER, password };
    ({ secret } = await factsFrom(python, {
      port,
      configuration: "Microsoft.Exchange",
      path: "PowerShell/",
      connection,
      scenarios: ["secret"],
    }));
  });

  after(async () => {
    await servers?.stop();
  });

  it("arrives at the cmdlet as a SecureString with its text", () => {
    deepEqual(
      toy.requests.map(({ cmdlet, parameters }) => [cmdlet, [...parameters]]),
      [["Get-Number", [["Value", new PsTagged("SS", SECRET)]]]],
    );
  });

  it("comes back as one that pypsrp reads", () => {
    const { output, state } = z.object({ output: z.array(z.string()), state: z.number() }).parse(secret);
    deepEqual([output, state], [[SECRET], 4]);
  });
});
