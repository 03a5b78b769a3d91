// The contract of CmdletTransport, put to one way of making it: the cases that any PowerShell can answer, and those for which a scripted host stands
// behind the transport. Which endpoint it is, and how it fails for itself, is left to the tests beside its sources.
import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import type { CmdletHost, CmdletRequest } from "../../lab/serve/cmdlet-host.ts";
import { textOf } from "../../provider/remoting/clixml/read.ts";
import type { CmdletTransport } from "../../provider/remoting/transport.ts";
import { everydayCmdlets } from "../support/stand-in-shell-cmdlets.ts";
import { fails, TRANSPORT_CASES } from "./cmdlet-transport-cases.ts";
import { anyText, anyValue, BAD_NAMES } from "./support/bad-values.ts";
import { saidInClixml, saidOf } from "./support/said.ts";

export interface Subject {
  /** A transport that has not been used, to cmdlets answered by the host. */
  readonly transport: CmdletTransport;
  /** Ends what stands behind the transport, which is closed by then. */
  stop(): Promise<void>;
}

/** Declares the suite for `name`; `make` is called for each test. */
export function cmdletTransportSuite(name: string, make: (host: CmdletHost) => Promise<Subject>): void {
  describe(`the contract of remote cmdlets: ${name}`, () => {
    let subject: Subject;
    let transport: CmdletTransport;
    const requests: CmdletRequest[] = [];

    beforeEach(async () => {
      requests.splice(0);
      subject = await make(everydayCmdlets(requests));
      transport = subject.transport;
    });
    afterEach(async () => {
      await transport.close();
      await subject.stop();
    });

    for (const { title, run } of TRANSPORT_CASES) it(title, () => run(transport));

    it("brings back everything of a call that ended in an error after it had written output, a warning and another error", async () => {
      const { objects, warnings, errors } = await transport.invoke("Get-Broken", {});
      deepEqual([objects.map(textOf), warnings], [["still here"], ["slow"]]);
      const id = (request: string) =>
        `[Server=EX01,RequestId=${request},TimeStamp=2] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Get-Broken`;
      const common = { fullyQualifiedErrorId: id("1"), failureCategory: "Cmdlet-ManagementObjectNotFoundException", targetName: "ex01\\7" };
      deepEqual(errors, [
        { ...common, message: "no queue", category: "ObjectNotFound", terminating: false },
        { ...common, message: "the end", category: "NotSpecified", terminating: true },
      ]);
    });

    it("takes output of $null alone for no object", async () => {
      deepEqual(await transport.invoke("Get-Nothing", {}), { objects: [], warnings: [], errors: [] });
    });

    it("sends each parameter under its name, with its type", async () => {
      const parameters = { Identity: "ex01\\7", Confirm: false, Force: true, Size: 7, Recipients: ["a", "b"], Filter: null };
      await transport.invoke("Set-Queue", parameters);
      const [request] = requests;
      const arrived = [...(request?.parameters ?? [])].map(([name, value]) => [name, saidInClixml(value)]);
      deepEqual([request?.cmdlet, arrived], ["Set-Queue", Object.entries(parameters).map(([name, value]) => [name, saidOf(value)])]);
    });

    it("carries values of any kind, code units and nesting there and back unchanged", async () => {
      const travels = fc.asyncProperty(anyValue(anyText()), async (value) => {
        const { objects } = await transport.invoke("Write-Output", { InputObject: { Value: value } });
        deepEqual(objects.map(saidInClixml), [saidOf({ Value: value })]);
        deepEqual(saidInClixml(requests.pop()?.parameters.get("InputObject") ?? null), saidOf({ Value: value }));
      });
      await fc.assert(travels, { numRuns: 100 });
    });

    for (const bad of BAD_NAMES)
      it(`sends no cmdlet of the name ${JSON.stringify(bad)}`, async () => {
        await fails(transport.invoke(bad, {}), "rejected", /is no name of a cmdlet/);
        deepEqual(requests, []);
      });

    it("sends a call that got no answer once, and not again", async () => {
      await fails(transport.invoke("Start-Sleep", { Seconds: 60 }, { timeoutMs: 300 }), "timedOut", /no answer within 0\.3 s/);
      await transport.invoke("Write-Output", { InputObject: 1 });
      deepEqual(
        requests.map(({ cmdlet }) => cmdlet),
        ["Start-Sleep", "Write-Output"],
      );
    });
  });
}
