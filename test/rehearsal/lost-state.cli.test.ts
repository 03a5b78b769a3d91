// A stack that has lost its state in the middle of maintenance, through the real CLI: what is normal is refused to be guessed, and given back from the
// file that stands beside Pulumi.yaml.
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { textOf } from "../../provider/components/normal-file.ts";
import { checkout } from "../../setup/places.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { type Ran, Rehearsal, rehearsalLab, siteOf } from "../support/rehearsal.ts";

describe("a stack whose state is lost, through the Pulumi CLI", function () {
  this.timeout(120_000);
  let lab: Lab;
  let stack: Rehearsal;
  let file: string;
  /** What an earlier run has left in the repository. */
  let kept: string;
  let atFirst: Readonly<Record<string, string>>;
  let paused: Readonly<Record<string, string>>;

  before(async function () {
    requirePulumi(this);
    lab = await rehearsalLab();
    atFirst = siteOf(lab);
    const { dag, servers, domains } = lab.world.cast;
    const mx = { exchanges: [{ preference: 10, exchange: "mail.contoso.com" }], ttlSeconds: 600 };
    kept = textOf("normal.lab.yaml", "lab", {
      [dag]: { mounted: [1, 2, 3, 4, 5, 6, 7].map((number) => `DB0${number}`), preferenceMoveFrequency: "01:00:00" },
      ...Object.fromEntries(domains.map((zone) => [zone, mx])),
      ...Object.fromEntries(servers.map(({ name }) => [name, { service: "Running" }])),
    });
    lab.world.site.server("ex02")?.services.pause("MSExchangeTransport");
    paused = siteOf(lab);
    stack = await new Rehearsal(lab, { main: path.join(checkout, "test", "support", "one-resource-program.ts") }).init();
    file = path.join(stack.folder, "normal.lab.yaml");
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
  });

  /** `up` of the site's program, as `online`. */
  function online(more: object = {}): Promise<Ran> {
    const { dag, servers, domains, bufferHost } = lab.world.cast;
    const args = {
      state: "online",
      dag,
      servers: servers.map(({ name }) => name),
      mail: domains.map((zone) => ({ zone })),
      buffer: { host: bufferHost, user: "mailops", hostKey: lab.config["site:bufferHostKey"] },
      ...more,
    };
    stack.set("site:resource", `'${JSON.stringify({ kind: "SitePause", args })}'`);
    return stack.up();
  }

  function isRefused({ code, output }: Ran, sentence: string): void {
    notEqual(code, 0, output);
    equal(output.includes(sentence), true, output);
    deepEqual(siteOf(lab), paused);
  }

  it("is refused without the file, in a sentence that names it; nothing is written", async () => {
    isRefused(
      await online(),
      'If this stack has lost its state, normal.lab.yaml beside Pulumi.yaml has kept what was normal: give `normal: exchange.normalFrom("normal.lab.yaml")` in the SitePause.',
    );
    equal(existsSync(file), false);
  });

  it("is told of a mistake in the file by its line", async () => {
    writeFileSync(file, kept.replace("service: Running", "service: Runing"));
    isRefused(
      await online({ normal: "normal.lab.yaml" }),
      'normal.lab.yaml, line 31: ex01, service: expected Running or Stopped, found "Runing".',
    );
  });

  it("comes home by the file, and writes the same again", async () => {
    writeFileSync(file, kept.replace("# What", "# A remark of ours. What"));
    const { code, output } = await online({ normal: "normal.lab.yaml" });
    equal(code, 0, output);
    deepEqual(siteOf(lab), atFirst);
    equal(readFileSync(file, "utf8"), kept);
  });
});
