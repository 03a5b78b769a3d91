// What a program may write, and the sentence that answers what it may not: expected and found, at the property that is wrong.
import assert from "node:assert/strict";
import type { z } from "zod";
import { check } from "../../provider/host/check.ts";
import { mailboxDatabaseState } from "../../provider/resources/mailbox-database-state/shape.ts";
import { mxRecord } from "../../provider/resources/mx-record/shape.ts";
import { transportState } from "../../provider/resources/transport-state/shape.ts";

const patience = { maxWaitSeconds: 900, stuckAfterSeconds: 900 };
const mail = { preference: 10, exchange: "mail.contoso.com" };

type Input = Readonly<Record<string, unknown>>;
/** What is written, which property is wrong, and the sentence. */
type Wrong = readonly [Input, string, string];

function describeSchema(
  name: string,
  schema: z.ZodObject,
  least: Input,
  good: readonly (readonly [string, Input, Input])[],
  wrong: readonly Wrong[],
): void {
  describe(`the arguments of ${name}`, () => {
    for (const [what, input, output] of good) {
      it(`may be ${what}`, () => assert.deepEqual(check(schema, { ...least, ...input }), { inputs: output, failures: [] }));
    }
    for (const [input, property, reason] of wrong) {
      it(`${JSON.stringify(input)}: ${property}: ${reason}`, () => {
        assert.deepEqual(check(schema, { ...least, ...input }).failures, [{ property, reason }]);
      });
    }
  });
}

const noServer = `a server's short name of 1 to 15 letters, digits and hyphens, such as "ex01"`;
const once = "expected each once, in whatever case";
const times: readonly Wrong[] = [
  [{ maxWaitSeconds: -1 }, "maxWaitSeconds", "expected 0 or more seconds, found -1"],
  [{ maxWaitSeconds: 86_401 }, "maxWaitSeconds", "expected at most 86400 seconds, found 86401"],
  [{ maxWaitSeconds: "15m" }, "maxWaitSeconds", 'expected a whole number of seconds, found "15m"'],
  [{ stuckAfterSeconds: 59 }, "stuckAfterSeconds", "expected 60 or more seconds, found 59"],
  [{ stuckAfterSeconds: 86_401 }, "stuckAfterSeconds", "expected at most 86400 seconds, found 86401"],
];

const mxDefaults = { zone: "contoso.com", name: "@", provider: "cloudflare", ...patience };
const notNull = 'MX "." (null MX) tells senders that the domain takes no mail at all: they bounce it at once (RFC 7505).';
describeSchema(
  "MxRecord",
  mxRecord.args,
  { zone: "contoso.com" },
  [
    ["the zone alone", {}, mxDefaults],
    [
      "all that there is",
      {
        name: "sales",
        exchanges: [mail],
        ttlSeconds: 300,
        probe: { accepted: "postmaster@contoso.com", refused: "nobody@contoso.com" },
        normal: { exchanges: [mail], ttlSeconds: 1 },
        maxWaitSeconds: 0,
        stuckAfterSeconds: 60,
      },
      {
        ...mxDefaults,
        name: "sales",
        exchanges: [mail],
        ttlSeconds: 300,
        probe: { accepted: "postmaster@contoso.com", refused: "nobody@contoso.com" },
        normal: { exchanges: [mail], ttlSeconds: 1 },
        maxWaitSeconds: 0,
        stuckAfterSeconds: 60,
      },
    ],
    ["a zone in any case", { zone: "Contoso.COM" }, mxDefaults],
    ["the least TTL", { ttlSeconds: 30 }, { ...mxDefaults, ttlSeconds: 30 }],
    ["the greatest TTL", { ttlSeconds: 86_400 }, { ...mxDefaults, ttlSeconds: 86_400 }],
    ["a wildcard", { name: "*.sales" }, { ...mxDefaults, name: "*.sales" }],
  ],
  [
    [{ zone: undefined }, "zone", "expected a DNS name, found nothing"],
    [{ zone: "contoso" }, "zone", 'expected a DNS name, such as "contoso.com", found "contoso"'],
    [{ zone: "contoso.com.." }, "zone", 'expected a DNS name, such as "contoso.com", found "contoso.com."'],
    [{ name: "" }, "name", 'expected "@" or a name relative to the zone, found ""'],
    [{ name: "a b" }, "name", 'expected "@" or a name relative to the zone, found "a b"'],
    [{ provider: "cloudfare" }, "provider", 'expected one of cloudflare, found "cloudfare"'],
    [{ exchanges: [] }, "exchanges", "expected at least one mail host: a domain without MX sends its mail to its web server, found []"],
    [{ exchanges: "10 mail.contoso.com" }, "exchanges", 'expected a list of { preference, exchange }, found "10 mail.contoso.com"'],
    [{ exchanges: ["10 mail.contoso.com"] }, "exchanges[0]", 'expected { preference, exchange }, found "10 mail.contoso.com"'],
    [
      { exchanges: [mail, { preference: 10, exchange: "192.0.2.1" }] },
      "exchanges[1].exchange",
      '"192.0.2.1" is an IP address; an MX record names a host, whose A or AAAA record has the address.',
    ],
    [
      { exchanges: [{ preference: 10, exchange: "[2001:db8::1]" }] },
      "exchanges[0].exchange",
      '"[2001:db8::1]" is an IP address; an MX record names a host, whose A or AAAA record has the address.',
    ],
    [{ exchanges: [{ preference: 0, exchange: "." }] }, "exchanges[0].exchange", notNull],
    [{ exchanges: [{ preference: 10 }] }, "exchanges[0].exchange", "expected a host name, found nothing"],
    [{ exchanges: [{ ...mail, preference: "10" }] }, "exchanges[0].preference", 'expected a whole number from 0 to 65535, found "10"'],
    [{ exchanges: [{ ...mail, preference: 65_536 }] }, "exchanges[0].preference", "expected 0 to 65535, found 65536"],
    [{ exchanges: [{ ...mail, preference: -1 }] }, "exchanges[0].preference", "expected 0 to 65535, found -1"],
    [{ exchanges: [{ ...mail, priority: 10 }] }, "exchanges[0].priority", "there is no such property; found 10"],
    [{ ttlSeconds: 29 }, "ttlSeconds", "expected 30 to 86400 seconds, found 29"],
    [{ ttlSeconds: 86_401 }, "ttlSeconds", "expected 30 to 86400 seconds, found 86401"],
    [{ ttlSeconds: 300.5 }, "ttlSeconds", "expected a whole number of seconds from 30 to 86400, found 300.5"],
    [{ ttlSeconds: "300" }, "ttlSeconds", 'expected a whole number of seconds from 30 to 86400, found "300"'],
    [{ ttl: 300 }, "ttl", "there is no such property; found 300"],
    [{ probe: { refused: "nobody@contoso.com" } }, "probe.accepted", "expected a mail address, found nothing"],
    [
      { probe: { accepted: "postmaster" } },
      "probe.accepted",
      'expected a mail address, such as "postmaster@contoso.com", found "postmaster"',
    ],
    [
      { normal: { exchanges: [mail], ttlSeconds: 0 } },
      "normal.ttlSeconds",
      "expected 30 to 86400 seconds, or 1 for Cloudflare's automatic, found 0",
    ],
    [
      { normal: { exchanges: [], ttlSeconds: 300 } },
      "normal.exchanges",
      "expected at least one mail host: a domain without MX sends its mail to its web server, found []",
    ],
    ...times,
  ],
);

describeSchema(
  "TransportState",
  transportState.args,
  { server: "ex01", state: "drained" },
  [
    ["a server in any case", { server: "EX01" }, { server: "ex01", state: "drained", allowStuck: [], ...patience }],
    ["a server and a state", {}, { server: "ex01", state: "drained", allowStuck: [], ...patience }],
    [
      "all that there is",
      { state: "running", allowStuck: ["partner.example", "ex01\\other.example"], normal: { service: "Stopped" } },
      {
        server: "ex01",
        state: "running",
        allowStuck: ["partner.example", "ex01\\other.example"],
        normal: { service: "Stopped" },
        ...patience,
      },
    ],
  ],
  [
    [{ server: "ex01.contoso.local" }, "server", `expected ${noServer}, found "ex01.contoso.local"`],
    [{ server: "a-server-of-16-ch" }, "server", `expected ${noServer}, found "a-server-of-16-ch"`],
    [{ server: undefined }, "server", "expected a server's short name, found nothing"],
    [{ state: "draind" }, "state", 'expected running or drained, found "draind"'],
    [{ state: undefined }, "state", "expected running or drained, found nothing"],
    [{ state: ["drained"] }, "state", 'expected running or drained, found ["drained"]'],
    [{ allowStuck: "partner.example" }, "allowStuck", 'expected a list of next hops, found "partner.example"'],
    [{ allowStuck: ["partner.example", "Partner.Example"] }, "allowStuck", `${once}, found "Partner.Example" again`],
    [{ allowStuck: [17] }, "allowStuck[0]", "expected a next hop, such as partner.example, found 17"],
    [{ normal: { service: "Paused" } }, "normal.service", 'expected Running or Stopped, found "Paused"'],
    [{ normal: { service: "Running", start: "Automatic" } }, "normal.start", 'there is no such property; found "Automatic"'],
    [{ normal: "Running" }, "normal", 'expected { service }, found "Running"'],
    [{ allowstuck: [] }, "allowstuck", "there is no such property; found []"],
    ...times,
  ],
);

describeSchema(
  "MailboxDatabaseState",
  mailboxDatabaseState.args,
  { dag: "DAG1", servers: ["ex01"], state: "dismounted" },
  [
    [
      "a DAG, a server and a state",
      {},
      { dag: "DAG1", servers: ["ex01"], state: "dismounted", leaveDismounted: [], allowBehind: [], ...patience },
    ],
    [
      "all that there is",
      {
        state: "mounted",
        leaveDismounted: ["DB05"],
        allowBehind: ["DB01\\ex03"],
        normal: { mounted: ["DB01"], preferenceMoveFrequency: "never" },
      },
      {
        dag: "DAG1",
        servers: ["ex01"],
        state: "mounted",
        leaveDismounted: ["DB05"],
        allowBehind: ["DB01\\ex03"],
        normal: { mounted: ["DB01"], preferenceMoveFrequency: "never" },
        ...patience,
      },
    ],
  ],
  [
    [{ dag: "DAG 1" }, "dag", 'expected the name of a DAG, of 1 to 15 characters, found "DAG 1"'],
    [{ dag: undefined }, "dag", "expected the name of a DAG, found nothing"],
    [{ servers: [] }, "servers", "expected at least one server, found []"],
    [{ servers: "ex01" }, "servers", 'expected a list of servers, found "ex01"'],
    [{ servers: ["ex01", "ex 2"] }, "servers[1]", `expected ${noServer}, found "ex 2"`],
    [{ servers: ["ex01", "EX01"] }, "servers", `${once}, found "ex01" again`],
    [{ leaveDismounted: ["DB05", "DB06", "db05"] }, "leaveDismounted", `${once}, found "db05" again`],
    [{ allowBehind: ["DB01\\ex03", "DB01\\EX03"] }, "allowBehind", `${once}, found "DB01\\\\EX03" again`],
    [{ normal: { mounted: ["DB01", "db01"], preferenceMoveFrequency: "never" } }, "normal.mounted", `${once}, found "db01" again`],
    [{ state: "offline" }, "state", 'expected mounted or dismounted, found "offline"'],
    [{ leaveDismounted: "DB05" }, "leaveDismounted", 'expected a list of databases, found "DB05"'],
    [{ leaveDismounted: [5] }, "leaveDismounted[0]", "expected a database, found 5"],
    [{ allowBehind: ["DB01"] }, "allowBehind[0]", 'expected a copy, such as DB01\\ex03, found "DB01"'],
    [{ normal: { mounted: ["DB01"] } }, "normal.preferenceMoveFrequency", "expected a time span such as 01:00:00, or never, found nothing"],
    [
      { normal: { mounted: ["DB01"], preferenceMoveFrequency: "hourly" } },
      "normal.preferenceMoveFrequency",
      'expected a time span such as 01:00:00, or never, found "hourly"',
    ],
    [{ site: "Berlin" }, "site", 'there is no such property; found "Berlin"'],
    ...times,
  ],
);
