import { deepEqual, equal, ok } from "node:assert/strict";
import { FaultScript } from "../../../../lab/serve/faults.ts";
import { Endpoint, type Outcome } from "../../../../lab/serve/wsman/endpoint.ts";
import { readRequest } from "../../../../lab/serve/wsman/request.ts";
import { toyHost } from "../../../support/cmdlet-host.ts";
import { RawWsman } from "../../../support/raw-wsman.ts";
import { COMMAND_ID, SHELL_ID } from "../../../support/wsman-lab.ts";

const SHELL = '<sh:Shell><creationXml xmlns="http://schemas.microsoft.com/powershell"></creationXml></sh:Shell>';

describe("an endpoint without HTTP", () => {
  it("gives an answer that was lost again, and after a delivered one forgets the command", async () => {
    const ask = await endpointWithCommand();
    const receive = {
      action: "Receive",
      body: `<sh:Receive><sh:DesiredStream CommandId="${COMMAND_ID}">stdout</sh:DesiredStream></sh:Receive>`,
    };
    const lost = await ask(receive);
    ok(lost.kind === "answer");
    lost.onLost?.();
    const again = await ask(receive);
    deepEqual(again.kind === "answer" && again.body, lost.body);
    equal((await ask(receive)).kind, "fault");
  });
});

/** An open shell with a command of which nothing is known but that it was stopped: its answer is its end. */
async function endpointWithCommand(): Promise<(asked: { action: string; body: string; shellId?: string }) => Promise<Outcome>> {
  const server = { name: "ex01", fqdn: "ex01.contoso.local" };
  const configuration = "Microsoft.Exchange";
  const endpoint = new Endpoint({ server, configuration, host: toyHost().host, faults: new FaultScript(), nowMs: () => 0 });
  const writer = new RawWsman({ host: "127.0.0.1", port: 0 }, "", "");
  const asker = { user: "CONTOSO\\pauser", address: "http://ex01.contoso.local/PowerShell/", signal: new AbortController().signal };
  const ask = (asked: { action: string; body: string; shellId?: string }) =>
    endpoint.handle(readRequest(writer.envelope({ shellId: SHELL_ID, ...asked })), asker);
  await ask({ action: "Create", body: SHELL.replace("<sh:Shell>", `<sh:Shell ShellId="${SHELL_ID}">`) });
  await ask({ action: "Command", body: `<sh:CommandLine CommandId="${COMMAND_ID}"/>` });
  await ask({ action: "Signal", body: `<sh:Signal CommandId="${COMMAND_ID}"><sh:Code>powershell/signal/ctrl_c</sh:Code></sh:Signal>` });
  return ask;
}
