// The lab's Cloudflare judged by octoDNS: it syncs an MX change into it, and then has nothing left to do.
// Its target needs `pagerules: false` and `min_ttl: 60`, and a zone without NS of its own at the root.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type RunningCloudflare, startCloudflare } from "../../lab/serve/cloudflare.ts";
import { type DnsWorld, dnsWorld, labToken, mailMx, mxSet, setsAt } from "../support/dns-lab.ts";
import { pythonJudge, requireJudge } from "../support/judges.ts";

const run = promisify(execFile);

describe("octoDNS, at the lab's Cloudflare", () => {
  let python = "";
  let folder = "";
  let world: DnsWorld;
  let running: RunningCloudflare | undefined;
  let changes: string[];

  before(function () {
    const found = pythonJudge();
    requireJudge(this, "octoDNS (octodns-cloudflare)", found !== undefined);
    python = found ?? "";
  });

  beforeEach(async () => {
    world = dnsWorld({ records: [mailMx, { name: "mail", type: "A", content: "192.0.2.25", ttl: 600 }] });
    changes = [];
    const take = (_edge: "cloudflare", _server: string, call: string) => {
      if (!call.startsWith("GET")) changes.push(call);
      return undefined;
    };
    running = await startCloudflare({ zones: world.zones, token: labToken, faults: { take } });
    folder = await mkdtemp(path.join(tmpdir(), "octodns-"));
    await mkdir(path.join(folder, "zones"));
    await writeFile(path.join(folder, "octodns.yaml"), configuration(folder, running.baseUrl));
  });

  afterEach(async () => {
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Plans; applies the plan too when told to. */
  async function sync(mx: readonly string[], ttl: number, comment = "", mode: "plan" | "apply" = "plan"): Promise<string> {
    await writeFile(path.join(folder, "zones", "contoso.com.yaml"), zoneFile(mx, ttl, comment));
    const tool = path.join(path.dirname(python), "octodns-sync");
    const flags = ["--config-file", path.join(folder, "octodns.yaml"), ...(mode === "apply" ? ["--doit"] : [])];
    const { stdout, stderr } = await run(tool, flags, {
      env: { ...process.env, CLOUDFLARE_TOKEN: labToken },
    });
    return stdout + stderr;
  }

  const kept = () =>
    [...world.zone.records.values()]
      .filter(({ type }) => type === "MX")
      .map(({ priority, content, ttl }) => `${priority} ${content} ${ttl}`);

  it("plans nothing for what is there, and sees a TTL that differs", async () => {
    assert.match(await sync(["10 mail.contoso.com."], 3600), /No changes were planned/);
    assert.match(await sync(["10 mail.contoso.com."], 300), /Summary: Creates=0, Updates=1, Deletes=0/);
    assert.deepEqual(changes, []);
  });

  it("brings an MX change in and then plans nothing, and our adapter reads the same", async () => {
    const wanted = ["10 buffer.contoso-mail.net.", "20 mail.contoso.com."];
    assert.match(await sync(wanted, 300, "", "apply"), /Updates=1/);
    assert.ok(changes.length > 0);
    assert.deepEqual(kept().sort(), ["10 buffer.contoso-mail.net 300", "20 mail.contoso.com 300"]);
    assert.match(await sync(wanted, 300, "", "apply"), /No changes were planned/);
    const set = await setsAt(running?.baseUrl ?? "").observe("contoso.com", "MX");
    assert.deepEqual([set?.records.length, set?.ttlSeconds], [2, 300]);
  });

  it("plans nothing after our adapter has brought the same change in, notes included", async () => {
    const sets = setsAt(running?.baseUrl ?? "");
    const [mail, buffer] = ["10 mail.contoso.com", "10 buffer.contoso-mail.net"];
    const [normal, low, both] = [mxSet(3600, mail), mxSet(300, mail), mxSet(300, mail, [buffer, "pause"])];
    const [alone, marked] = [mxSet(300, [buffer, "pause"]), mxSet(600, [buffer, "pause of berlin"])];
    await sets.replace(normal, low);
    await sets.replace(low, both);
    await sets.replace(both, alone);
    await sets.replace(alone, marked);
    // octoDNS wants to take away a comment that its own files do not have: a note of ours is drift to it.
    assert.match(await sync(["10 buffer.contoso-mail.net."], 600), /Summary: Creates=0, Updates=1, Deletes=0/);
    assert.match(await sync(["10 buffer.contoso-mail.net."], 600, "pause of berlin"), /No changes were planned/);
    await sets.replace(marked, mxSet(600, buffer));
    assert.match(await sync(["10 buffer.contoso-mail.net."], 600), /No changes were planned/);
  });
});

function configuration(folder: string, baseUrl: string): string {
  return `providers:
  files: { class: octodns.provider.yaml.YamlProvider, directory: ${path.join(folder, "zones")}, default_ttl: 3600, enforce_order: false }
  lab:
    class: octodns_cloudflare.CloudflareProvider
    token: env/CLOUDFLARE_TOKEN
    api_url: ${baseUrl}
    pagerules: false
    min_ttl: 60
zones:
  contoso.com.: { sources: [files], targets: [lab] }
`;
}

function zoneFile(mx: readonly string[], ttl: number, comment: string): string {
  const values = mx
    .map((record) => record.split(" "))
    .map(([preference, exchange]) => `{ preference: ${preference}, exchange: ${exchange} }`);
  const remark = comment === "" ? "" : `, octodns: { cloudflare: { comment: "${comment}" } }`;
  return `"": { type: MX, ttl: ${ttl}, values: [${values.join(", ")}]${remark} }
mail: { type: A, ttl: 600, value: 192.0.2.25 }
`;
}
