// What a person may get wrong: each is answered by one clear sentence before anything is changed. All stacks look at one site, which stays as it is.
// What the plugin alone says of one resource is asked of it directly; that the CLI shows such a sentence and fails is seen of all others.
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { checkout } from "../../setup/places.ts";
import { upOfOne, type Wishes } from "../support/one-resource.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { type Ran, Rehearsal, type RunOptions, rehearsalLab, siteOf, tracesOf } from "../support/rehearsal.ts";

const oneResource = path.join(checkout, "test", "support", "one-resource-program.ts");
const buffer = "buffer.contoso-mail.net";
const mail = [{ preference: 10, exchange: "mail.contoso.com" }];

describe("what a person gets wrong is said before anything is changed", function () {
  this.timeout(120_000);
  let lab: Lab;
  let traces: Readonly<Record<string, string>>;
  /** The checkout's own program, a program with one resource, and the own program under another project's name. */
  let own: Rehearsal;
  let single: Rehearsal;
  let another: Rehearsal;

  /** A whole `up`, its preview first, of the checkout's own program. */
  const site = (word: string, run: RunOptions = {}, stack = own): Promise<Ran> => {
    stack.set("site:state", word);
    return stack.run(["up", "--yes"], run);
  };
  /** The same of a program with one resource, without a preview. */
  const program = (kind: string, args: object): Promise<Ran> => {
    single.set("site:resource", `'${JSON.stringify({ kind, args })}'`);
    return single.up();
  };
  /** What the plugin makes of one resource. */
  const resource = (kind: Wishes["kind"], args: object, others: Partial<Wishes> = {}) => upOfOne(lab, { kind, args, ...others });
  const rightKey = () => String(lab.config["site:bufferHostKey"]);
  const turnsBy = (user: string) => ({ host: buffer, user, hostKey: rightKey() });
  const isRefused = ({ code, output }: Pick<Ran, "code" | "output">, ...sentences: readonly (string | RegExp)[]) => {
    notEqual(code, 0, output);
    for (const sentence of sentences) {
      const isSaid = typeof sentence === "string" ? said(output).includes(sentence) : sentence.test(said(output));
      equal(isSaid, true, `${sentence}\n\nis not in\n\n${output}`);
    }
    deepEqual(tracesOf(lab), traces);
  };

  before(async function () {
    requirePulumi(this);
    lab = await rehearsalLab();
    traces = tracesOf(lab);
    own = await new Rehearsal(lab).init();
    single = await new Rehearsal(lab, { main: oneResource }).init();
    another = await new Rehearsal(lab, { project: "another" }).init();
  });

  after(async () => {
    for (const stack of [own, single, another]) stack?.remove();
    await lab?.stop();
  });

  it("a word that the site cannot be in", async () => {
    isRefused(await site("of line"), 'site:state is "of line"; expected online, prepared or offline.');
  });

  it("a zone that the DNS API does not have", async () => {
    isRefused(
      await resource("MxRecord", { zone: "contoso.example" }),
      'Cloudflare: there is no zone "contoso.example" that this token may see',
    );
  });

  it("a password that would go over the wire in plain text", async () => {
    isRefused(
      await resource("TransportState", { server: "ex09", state: "running" }),
      /Basic authentication over http would show the password of pauser@contoso\.local to anyone on the way to ex09\.contoso\.local(:5985)?; use https, or Kerberos, which seals/,
    );
  });

  it("a server that no DNS knows, and one where nobody listens", async () => {
    // Its two endpoints are asked at the same time, and either answer may be the first.
    const notConnected = (why: string) =>
      new RegExp(
        `(Get-Service|Get-ServerComponentState) on ex09 \\(Microsoft\\.(PowerShell|Exchange)\\): no connection to ex09\\.contoso\\.local(:5985)?: ${why}`,
      );
    // Else plain http is refused before anybody is looked for.
    const settings = { "exchange:allowUnencrypted": true };
    const ex09 = (more: object = {}) =>
      resource("TransportState", { server: "ex09", state: "running" }, { settings: { ...settings, ...more } });
    isRefused(await ex09(), notConnected("getaddrinfo (ENOTFOUND|EAI_AGAIN) ex09\\.contoso\\.local"));
    const closed = Object.fromEntries([80, 5985].map((port) => [`ex09.contoso.local:${port}`, "127.0.0.1:1"]));
    const connectTo = { ...Object(lab.config["exchange:connectTo"]), ...closed };
    isRefused(await ex09({ "exchange:connectTo": connectTo }), notConnected("connect ECONNREFUSED 127\\.0\\.0\\.1:1"));
  });

  it("a wrong password", async () => {
    const ran = await site("online", { environment: { EXCHANGE_PASSWORD: "not-the-password" } });
    isRefused(ran, ".contoso.local:5985 does not accept the name or password of pauser@contoso.local (HTTP 401)");
    equal(ran.output.includes("not-the-password"), false);
  });

  it("an MX set without a host, and one that names an address", async () => {
    isRefused(
      await resource("MxRecord", { zone: "contoso.com", exchanges: [] }),
      "expected at least one mail host: a domain without MX sends its mail to its web server, found []",
    );
    isRefused(
      await resource("MxRecord", { zone: "contoso.com", exchanges: [{ preference: 10, exchange: "192.0.2.25" }] }),
      '"192.0.2.25" is an IP address; an MX record names a host, whose A or AAAA record has the address.',
    );
  });

  it("a TTL that nobody takes, and one that Cloudflare does not take", async () => {
    isRefused(await resource("MxRecord", { zone: "contoso.com", exchanges: mail, ttlSeconds: 5 }), "expected 30 to 86400 seconds, found 5");
    isRefused(
      await resource("MxRecord", { zone: "contoso.com", exchanges: mail, ttlSeconds: 30 }),
      "contoso.com: ttlSeconds is 30; expected 60 to 86400 there.",
      "Correct it in the program (in a SitePause `pausedTtlSeconds`), then run `pulumi up` again.",
    );
  });

  const running = { server: "ex01", state: "running" };
  for (const [variable, name, kind, args] of [
    ["EXCHANGE_PASSWORD", "password", "TransportState", () => running],
    ["CLOUDFLARE_API_TOKEN", "cloudflareToken", "MxRecord", () => ({ zone: "contoso.com", exchanges: mail })],
    ["EXCHANGE_BUFFER_KEY", "bufferKey", "TransportState", () => ({ ...running, turnsAt: turnsBy("mailops") })],
  ] as const) {
    it(`${variable} not set`, async () => {
      isRefused(
        await resource(kind, args(), { environment: { [variable]: undefined } }),
        `exchange:${name} is missing: set it with \`pulumi config set --secret exchange:${name}\`, or give it in the environment as ${variable}.`,
      );
    });
  }

  describe("on a site that the program keeps already", () => {
    before(async () => {
      const { code, output } = await own.up("online");
      equal(code, 0, output);
      const { claim } = tracesOf(lab);
      equal(claim, "site/lab");
      traces = { ...traces, claim };
    });

    after(async () => {
      await own.run(["destroy", "--yes", "--skip-preview"]);
      traces = { ...traces, claim: "" };
      deepEqual(tracesOf(lab), traces);
    });

    it("a wrong password, which is tried once at each endpoint and not once for each of their servers: that locks an account", async () => {
      const ran = await own.run(["preview"], { environment: { EXCHANGE_PASSWORD: "not-the-password" } });
      isRefused(
        ran,
        "does not accept the name or password of pauser@contoso.local (HTTP 401): mend EXCHANGE_PASSWORD in the environment before the next run",
      );
      const diagnostics = said(ran.output.slice(ran.output.indexOf("Diagnostics:")));
      const refusals = /on ex0\d \(Microsoft\.(Exchange|PowerShell)\): ex0\d\.contoso\.local(:5985)? does not accept/g;
      equal(new Set(diagnostics.match(refusals)).size, 2, ran.output);
      // Whoever did not try says what became of those who did, in their words or because of them: gate, DAG and four servers.
      // The reading of all, and then the update of the first: whatever waits for it is not begun.
      const errors = diagnostics.split(/(?:error: Preview failed|warning): /).slice(1);
      const told =
        /: (?:not asked, because )?ex0\d\.contoso\.local(?::5985)? does not accept the name or password of pauser@contoso\.local/;
      deepEqual([errors.length, errors.filter((error) => !told.test(error))], [7, []], ran.output);
    });

    describe("and the way to the buffer", () => {
      const otherKey = (letter: string) => `SHA256:${letter.repeat(43)}`;
      const shows = (expected: string) =>
        `${buffer} shows the SSH host key ${rightKey()} (ED25519); expected ${expected}. Nothing was sent.`;
      const goesOn = async (stack = own) => {
        const { code, output } = await stack.up();
        equal(code, 0, output);
      };

      it("a host key with a typo, which is in no state, so that the right one goes on", async () => {
        const typo = otherKey("X");
        own.set("site:bufferHostKey", typo);
        for (const flags of [[], ["--skip-preview"]]) {
          isRefused(await own.run(["up", "--yes", ...flags]), shows(typo));
          equal(own.state().includes(typo), false);
        }
        own.set("site:bufferHostKey", rightKey());
        await goesOn();
      });

      it("a user with a typo, likewise", async () => {
        const asUser = (user: string) => program("TransportState", { ...running, turnsAt: turnsBy(user) });
        const refused = `${buffer}: does not let mailopz in with the private key EXCHANGE_BUFFER_KEY in the environment`;
        isRefused(await asUser("mailopz"), refused);
        equal((await asUser("mailops")).code, 0);
        isRefused(await asUser("mailopz"), refused);
        equal(single.state().includes("mailopz"), false);
      });

      it("a host that was rebuilt, and has another key and no claim: the program says the new key, and goes on", async () => {
        const before = otherKey("B");
        const file = path.join(own.folder, "exported.json");
        await own.run(["stack", "export", "--file", file]);
        writeFileSync(file, readFileSync(file, "utf8").replaceAll(rightKey(), before));
        equal((await own.run(["stack", "import", "--file", file])).code, 0);
        lab.world.buffer.run("rm -f /var/lib/pulumi-exchange/claim", "", "root");
        traces = { ...traces, claim: "" };
        own.set("site:bufferHostKey", before);
        isRefused(await own.run(["preview"]), shows(before));
        own.set("site:bufferHostKey", rightKey());
        await goesOn();
        equal(own.state().includes(before), false);
        traces = { ...traces, claim: "site/lab" };
        deepEqual(tracesOf(lab), traces);
        const { code, output } = await own.run(["preview", "--expect-no-changes"]);
        equal(code, 0, output);
      });
    });

    it("a second program", async () => {
      isRefused(
        await site("online", {}, another),
        "buffer.contoso-mail.net is in use by another program, site/lab, since ",
        "this one is another/lab. Nothing was changed.",
        "Two programs must not pause one site. Use site/lab, or, if that program is gone or was this one before it was renamed, type: ssh -p 22 mailops@buffer.contoso-mail.net sudo rm /var/lib/pulumi-exchange/claim",
      );
    });
  });

  it("a site that is in maintenance already, entered as if it were normal", async () => {
    lab.world.site.server("ex02")?.services.pause("MSExchangeTransport");
    traces = { ...traces, ...siteOf(lab) };
    isRefused(
      await site("online"),
      "DAG1 is entered into this program for the first time, and it bears a mark of maintenance: MSExchangeTransport is paused on ex02.",
      'What is normal there cannot be read from it. Bring it back first, or give `normal: { mounted: ["DB01", "DB02", "DB03", "DB04", "DB05", "DB06", "DB07", "DB08"], preferenceMoveFrequency: "01:00:00" }` (in a SitePause `normal: { DAG1: { mounted: ["DB01", ',
      '"DB08"], preferenceMoveFrequency: "01:00:00" } }`), without databases that are normally dismounted, and with the PreferenceMoveFrequency that is normal.',
    );
    isRefused(
      await resource("TransportState", { server: "ex02", state: "running" }),
      "ex02 is entered into this program for the first time, and it bears a mark of maintenance: MSExchangeTransport is paused.",
      'What is normal there cannot be read from it. Bring ex02 back first, or give `normal: { service: "Running" }` (in a SitePause `normal: { ex02: { service: "Running" } }`).',
    );
    lab.world.site.server("ex02")?.services.resume("MSExchangeTransport");
    traces = { ...traces, ...siteOf(lab) };
  });
});

/** The output as one line: the CLI indents what stands below a row. */
function said(output: string): string {
  return output.replace(/\s+/g, " ");
}
