// A cmdlet that would ask and cannot: both ways in which it may fail, and that it does nothing either way.
import { deepEqual } from "node:assert/strict";
import { bindingHost } from "../../../lab/serve/binding-host.ts";
import type { CmdletRequest } from "../../../lab/serve/cmdlet-host.ts";
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";

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
