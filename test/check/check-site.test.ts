// The check of a site, against one lab by real protocols: where all is well, and at last with a fault of every kind at the same time. That it changes nothing
// is told by the lab, which notes every call and every command.
import { deepEqual, equal, match } from "node:assert/strict";
import path from "node:path";
import { type Lab, startLab } from "../../lab/lab.ts";
import type { AccountOptions } from "../../lab/world/accounts.ts";
import { checkSite } from "../../provider/check/check-site.ts";
import type { Stack } from "../../provider/check/stack.ts";
import { checkout } from "../../setup/places.ts";
import { NotingFaults } from "../support/noting-faults.ts";
import { tracesOf } from "../support/rehearsal.ts";

describe("the check of a site", function () {
  this.timeout(60_000);
  const accounts: Record<string, AccountOptions> = {};
  let faults: NotingFaults;
  let lab: Lab;
  let atFirst: Readonly<Record<string, string>>;

  before(async () => {
    faults = new NotingFaults();
    // As fast as the world: a slow machine then does not look like a wrong clock.
    lab = await startLab({ rate: 1, faults, accounts, senders: { count: 0 }, internal: { outsideShare: 0 } });
    atFirst = tracesOf(lab);
    faults.watch(lab);
  });

  after(() => lab?.stop());

  const stack = (more: Readonly<Record<string, unknown>> = {}, program = path.join("stacks", "index.ts")): Stack => {
    const texts = Object.entries({ ...lab.config, ...more }).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return { project: "site", name: "lab", program: path.join(checkout, program), values: Object.fromEntries(texts), secretKeys: [] };
  };

  const checked = async (of: Stack, environment: Readonly<Record<string, string>> = {}) => {
    const lines: string[] = [];
    const code = await checkSite(of, { ...process.env, ...lab.environment, ...environment }, (line) => lines.push(line.trimEnd()));
    const text = lines.join("\n");
    for (const secret of lab.secrets) equal(text.includes(secret), false, "a secret was said");
    return { code, lines, text };
  };

  it("says one line for everything that will be needed, and the way in, where all is well", async () => {
    const { code, lines } = await checked(stack());
    const servers = lab.world.cast.servers.map(({ name }) => name);
    const buffer = "buffer.contoso-mail.net";
    deepEqual(
      lines.map((line) =>
        line
          .replace(/\(serial \d+\)/, "(serial N)")
          .replace(/\d+ GB/, "N GB")
          .replace(/inline:.*/, "…"),
      ),
      [
        ...servers.flatMap((server) => [
          `  ok      ${server} (Microsoft.Exchange) lets us in by Basic`,
          `  ok      ${server} (Microsoft.PowerShell) lets us in by Basic; MSExchangeTransport is Running`,
        ]),
        '  ok      Rights: Set-DatabaseAvailabilityGroup (role "Database Availability Groups")',
        '  ok      Rights: Get-MailboxDatabaseCopyStatus (role "Database Copies")',
        '  ok      Rights: Dismount-Database, Mount-Database (role "Databases")',
        '  ok      Rights: Get-ServerComponentState (role "Exchange Servers")',
        '  ok      Rights: Get-Queue (role "Transport Queues")',
        '  ok      Rights: Get-DatabaseAvailabilityGroup, Get-ExchangeServer, Get-MailboxDatabase (role "View-Only Configuration")',
        ...["contoso.com", "contoso.de", "contoso.org"].flatMap((zone) => [
          `  ok      ${zone}, DNS API: MX 10 mail.contoso.com, TTL 3,600 s`,
          `  ok      ${zone}, name server ns1.contoso-dns.net answers the same (serial N)`,
          `  ok      ${zone}, name server ns2.contoso-dns.net answers the same (serial N)`,
        ]),
        "  note    That the DNS API's token may also write is seen at the first change only; see that it has DNS:Edit.",
        `  ok      ${buffer} lets mailops in by SSH, with the host key of the program`,
        `  ok      ${buffer}: Postfix keeps mail 30 days, N GB free, next hop …`,
        `  ok      ${buffer}: the mail log is read from the journal`,
        `  ok      ${buffer}, port 25: offers TLS, takes postmaster@contoso.com and refuses nobody-here-4711@contoso.com, likewise in 2 more`,
        ...[...servers, buffer].map((host) => `  ok      Clock of ${host} agrees with this machine's`),
        "site/lab: 33 lines, nothing failed. Nothing was changed.",
      ],
    );
    equal(code, 0);
  });

  it("has changed nothing: it asked with two cmdlets, read the DNS API, and ran on the buffer host what only reads", () => {
    deepEqual(faults.askedAt("wsman"), ["Get-Command", "Get-Service"]);
    deepEqual(faults.askedAt("cloudflare"), ["GET dns_records", "GET zones"]);
    deepEqual(
      faults.askedAt("smtp").filter((command) => /^(DATA|BDAT)/i.test(command)),
      [],
    );
    const programs = faults.commands.map((command) => command.replace(/^sudo -n /, "").split(" ")[0]);
    deepEqual([...new Set(programs)].sort(), ["/usr/sbin/postconf", "/usr/sbin/postqueue", "date", "df", "find", "journalctl", "test"]);
    deepEqual(
      faults.commands.filter((command) => /postconf .*-e|-delete|-exec' (?!'cat')|--(rotate|vacuum|flush)/.test(command)),
      [],
    );
    deepEqual(tracesOf(lab), atFirst);
  });

  it("ends with one sentence where the program or its settings cannot be read", async () => {
    const asked = faults.calls.length;
    const ofProgram = await checked(stack({ "site:state": "of line" }));
    match(ofProgram.text, /FAILED {2}The program of site\/lab fails: site:state is "of line"; expected online, prepared or offline\.$/m);
    const ofSettings = await checked(stack({ "exchange:timeZone": "Berlin" }));
    match(ofSettings.text, /FAILED {2}exchange:timeZone: expected an IANA time zone, such as Europe\/Berlin, found "Berlin"\.$/m);
    deepEqual([ofProgram.code, ofSettings.code], [1, 1]);
    equal(faults.calls.length, asked);
  });

  it("tries a wrong password once at each kind of endpoint, and says so of all others; a credential that is missing says where it goes", async () => {
    const { code, text } = await checked(stack(), {
      EXCHANGE_PASSWORD: "not this one",
      CLOUDFLARE_API_TOKEN: "",
      EXCHANGE_BUFFER_KEY: "",
    });
    equal(code, 1);
    equal(
      text.match(/does not accept the name or password of pauser@contoso\.local \(HTTP 401\): mend EXCHANGE_PASSWORD/g)?.length,
      2,
      text,
    );
    equal(text.match(/not asked, because ex01/g)?.length, 6);
    equal(text.match(/exchange:cloudflareToken is missing: .* CLOUDFLARE_API_TOKEN\./g)?.length, 3);
    match(text, /exchange:bufferKey is missing: .* EXCHANGE_BUFFER_KEY\.$/m);
    match(text, /^ {2}ok {6}buffer\.contoso-mail\.net, port 25: /m);
  });

  it("says each fault in a sentence with what to do, all at once, and ends with exit code 1", async () => {
    const { cast, site, buffer } = lab.world;
    accounts["pauser"] = {
      roleGroups: ["Server Management", "View-Only Organization Management"],
      administratorOf: ["ex01", "ex03", "ex04"],
    };
    const [, , third, fourth] = site.servers;
    third?.setPower("off");
    if (fourth !== undefined) fourth.clockAheadMs = 400_000;
    faults.add({ when: { edge: "dns", server: "ns2.contoso-dns.net", call: "MX contoso.de" }, what: "refused" });
    buffer.settings.write("relay_domains", "contoso.com, contoso.de");
    buffer.settings.write("enable_long_queue_ids", "no");
    buffer.settings.reload();
    const { code, text } = await checked(
      stack(
        {
          "exchange:connectTo": { ...(lab.config["exchange:connectTo"] as object), "dc1.contoso.local:389": "127.0.0.1:1" },
          "site:resource": {
            kind: "SitePause",
            args: {
              state: "online",
              dag: cast.dag,
              servers: cast.servers.map(({ name }) => name),
              mail: cast.domains.map((zone) => ({ zone })),
              buffer: { host: cast.bufferHost, user: "mailops", hostKey: lab.config["site:bufferHostKey"] },
              readyWhen: ["dc1.contoso.local:389"],
            },
          },
        },
        path.join("test", "support", "one-resource-program.ts"),
      ),
    );
    equal(code, 1, text);
    const wrong = text.split("\n").filter((line) => line.startsWith("  FAILED  "));
    const expected = [
      /ex02 \(Microsoft\.PowerShell\): ex02\.contoso\.local:5985 refuses pauser@contoso\.local: .* must be a member of that server's local group Administrators\.$/,
      /ex03 \(Microsoft\.Exchange\): no connection to ex03\.contoso\.local: .*\. See that ex03 is on, and that this machine may reach that port there/,
      /ex03 \(Microsoft\.PowerShell\): no connection to ex03\.contoso\.local:5985: .*\. See that ex03 is on/,
      /Rights: Set-DatabaseAvailabilityGroup would be refused: .*Add-RoleGroupMember "Organization Management" -Member <account>, then run this check again/,
      /contoso\.de, name server ns2\.contoso-dns\.net: .* mend ns2\.contoso-dns\.net, let this machine reach its port 53 \(UDP and TCP\), or take it out of the delegation\.$/,
      /would lose mail: enable_long_queue_ids is no: .* Correct it on the host: docs\/site-pause\.md, The buffer host\.$/,
      /does not take mail for contoso\.org: it is not in relay_domains .* Correct it on the host/,
      /buffer\.contoso-mail\.net refuses postmaster@contoso\.org: expected 250, found "554 .* Correct it on the host/,
      /dc1\.contoso\.local:389 refuses a connection\. It stands in `readyWhen`/,
      /Clock of ex04 is \d+ min ahead of this machine's; expected at most 60 s\. Set both by the same time source/,
    ];
    equal(wrong.length, expected.length, text);
    for (const [index, pattern] of expected.entries()) match(wrong[index] ?? "", pattern);
    match(text, /^ {2}note {4}Clock of ex03: not read/m);
    match(text, /site\/lab: 10 of \d+ lines FAILED\. Nothing was changed\. Mend them and run this check again\.$/);
  });
});
