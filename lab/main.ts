// `npm run lab`: the lab stays up, and `pulumi` is yours: preview, up, refresh and destroy by hand, in a second terminal, on the lab's site.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkout } from "../setup/places.ts";
import { pulumiEnvironment } from "../setup/pulumi-env.ts";
import { startLab } from "./lab.ts";
import { stackFile } from "./stack.ts";

const rate = Number(process.argv[2] ?? 60);
if (!(rate > 0))
  throw new Error(`npm run lab -- <rate>: the rate is "${process.argv[2]}"; expected lab seconds in a real second, such as 60`);
const lab = await startLab({ rate });
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-lab-"));
const stack = path.join(checkout, "stacks", "Pulumi.lab.yaml");
const environmentFile = path.join(folder, "env");
const bin = process.env["PULUMI_EXCHANGE_BIN"];
const variables = {
  ...pulumiEnvironment(folder),
  ...lab.environment,
  PULUMI_STACK: "lab",
  ...(bin === undefined ? {} : { PATH: `${bin}:$PATH` }),
};

writeFileSync(stack, stackFile(lab));
writeFileSync(environmentFile, Object.entries(variables).map(sayExport).join(""), { mode: 0o600 });
process.stdout.write(`The lab is up: 4 Exchange servers, 3 mail domains, 300 outside senders; ${rate} times as fast as the world.
Its site is described in stacks/Pulumi.lab.yaml. In a second terminal, in ${checkout}:

    . ${environmentFile}
    pulumi stack init lab                         # once
    pulumi up                                     # takes the site over as it is
    pulumi config set site:state prepared         # or edit site:state in stacks/Pulumi.lab.yaml
    pulumi preview                                # the steps, in words
    pulumi up
    pulumi config set site:state offline          # and back: online
    pulumi refresh
    pulumi destroy                                # changes nothing at the site

Ctrl-C ends the lab.
`);

const ledger = setInterval(showLedger, 10_000);
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
});
clearInterval(ledger);
await lab.stop();
for (const made of [stack, folder]) rmSync(made, { recursive: true, force: true });

function showLedger(): void {
  const { sent, delivered, lost, duplicated, bounced, onTheWay } = lab.world.ledger.totals();
  const held = lab.world.buffer.queue().length;
  process.stdout.write(
    `${new Date(lab.now()).toISOString().slice(0, 16).replace("T", " ")} UTC in the lab: sent ${sent}, delivered once ${delivered}, on the way ${onTheWay} (${held} at the buffer), lost ${lost}, duplicated ${duplicated}, bounced ${bounced}\n`,
  );
}

/** One `export` line for a shell: nothing in the value means anything to it but $PATH. */
function sayExport([name, value]: [string, string]): string {
  return name === "PATH" ? `export PATH="${value}"\n` : `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`;
}
