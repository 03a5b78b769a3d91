// A cmdlet that would ask and cannot: both ways in which it may fail, and that it does nothing either way. And which cmdlets there are for a caller.
import { deepEqual } from "node:assert/strict";
import { bindingHost } from "../../../lab/serve/binding-host.ts";
import type { CmdletRequest } from "../../../lab/serve/cmdlet-host.ts";
import { signatureOf } from "../../../lab/serve/cmdlets/list.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";

describe("a cmdlet that would ask whether it may", () => {
  const dismount = (parameters: readonly (readonly [string, PsValue])[]): CmdletRequest => ({
    server: "ex01",
    configuration: "Microsoft.Exchange",
    user: "pauser",
    cmdlet: "Dismount-Database",
    parameters: new Map(parameters),
  });

  async function outcome(missingConfirm: "terminates" | "isWritten", request: CmdletRequest) {
    let runs = 0;
    const host = bindingHost(
      async () => {
        runs++;
        return { output: [], warnings: [], errors: [] };
      },
      undefined,
      missingConfirm,
    );
    const { failed, errors } = await host(request);
    return { runs, failed: failed?.fullyQualifiedErrorId, written: errors.map((error) => error.fullyQualifiedErrorId) };
  }

  it("ends the pipeline, where Exchange is taken to do that", async () => {
    deepEqual(await outcome("terminates", dismount([["Identity", "DB01"]])), { runs: 0, failed: "HostException", written: [] });
  });

  it("writes the error and does nothing, where Exchange is taken to do that", async () => {
    deepEqual(await outcome("isWritten", dismount([["Identity", "DB01"]])), { runs: 0, failed: undefined, written: ["HostException"] });
  });

  it("ends the pipeline for any other reason all the same", async () => {
    const { runs, failed, written } = await outcome("isWritten", dismount([["Nonsense", "DB01"]]));
    deepEqual({ runs, failed: failed?.split(",")[0], written }, { runs: 0, failed: "NamedParameterNotFound", written: [] });
  });

  it("runs when it was told Confirm false", async () => {
    const told = dismount([
      ["Identity", "DB01"],
      ["Confirm", false],
    ]);
    deepEqual(await outcome("isWritten", told), { runs: 1, failed: undefined, written: [] });
  });
});

describe("a caller that asks which cmdlets it has", () => {
  const host = bindingHost(
    async () => ({ output: [], warnings: [], errors: [] }),
    undefined,
    undefined,
    ({ configuration, cmdlet }) => (cmdlet === "Get-Queue" ? undefined : signatureOf(configuration, cmdlet)),
  );
  const ask = (parameter: string, configuration: CmdletRequest["configuration"] = "Microsoft.Exchange") =>
    host({ server: "ex01", configuration, user: "pauser", cmdlet: "get-command", parameters: new Map([[parameter, names]]) });
  const names = psObject({ typeNames: ["System.String[]"], items: ["Mount-Database", "Get-Queue", "Get-Service"] });

  it("hears of those that it has, and an error for each of the others", async () => {
    const { output, errors, failed } = await ask("Name");
    deepEqual(
      output.map((command) => isPsObject(command) && textOf(property(command, "Name"))),
      ["Mount-Database"],
    );
    deepEqual(
      errors.map(({ targetName, fullyQualifiedErrorId }) => `${targetName} ${fullyQualifiedErrorId}`),
      ["Get-Queue", "Get-Service"].map((name) => `${name} CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand`),
    );
    deepEqual(failed, undefined);
  });

  it("is refused any other parameter, and any other endpoint", async () => {
    deepEqual((await ask("Module")).failed?.fullyQualifiedErrorId.split(",")[0], "NamedParameterNotFound");
    deepEqual((await ask("Name", "Microsoft.PowerShell")).failed?.fullyQualifiedErrorId, "CommandNotFoundException");
  });
});
