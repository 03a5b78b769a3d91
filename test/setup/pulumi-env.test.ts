// The CLI's environment: nothing of the user's own Pulumi is named in it.
import { deepEqual, equal } from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withPulumi } from "../../setup/pulumi-cli.ts";
import { pulumiEnvironment } from "../../setup/pulumi-env.ts";

describe("the environment of the Pulumi CLI", () => {
  it("keeps home and state below the given folder, made ready, and neither downloads nor borrows plugins", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange env-"));
    try {
      const { PULUMI_CONFIG_PASSPHRASE, ...rest } = pulumiEnvironment(folder);
      deepEqual(rest, {
        PULUMI_HOME: path.join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${folder.replaceAll(" ", "%20")}/state?metadata=skip`,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      });
      equal((PULUMI_CONFIG_PASSPHRASE ?? "").length > 0, true);
      deepEqual([existsSync(path.join(folder, "home")), existsSync(path.join(folder, "state"))], [true, true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has the CLI's folder first on PATH, once", () => {
    const environment = withPulumi({ PATH: ["/usr/bin", "/cli", "/bin"].join(path.delimiter), LANG: "C" }, "/cli");
    deepEqual(environment, { PATH: ["/cli", "/usr/bin", "/bin"].join(path.delimiter), LANG: "C", PULUMI_EXCHANGE_BIN: "/cli" });
  });
});
