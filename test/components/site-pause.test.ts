// SitePause as Pulumi is asked to make it: who waits for whom follows from the word, and from nothing else.
import { deepEqual, equal, rejects } from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import type { SitePauseArgs } from "../../provider/components/site-parts.ts";
import { SitePause } from "../../provider/components/site-pause.ts";
import { type Word, words } from "../../provider/components/word.ts";
import type { Pause } from "../../provider/resources/pause-shape.ts";

interface Registered {
  /** `MxRecord contoso.com` */
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly waitsFor: readonly string[];
  /** Names under which it may have been kept until now. */
  readonly aliases: readonly string[];
}

/** Pulumi's own mock of its engine, which also notes who waits for whom. */
class NotingMonitor extends MockMonitor {
  readonly #registered: Registered[];

  constructor(mocks: pulumi.runtime.Mocks, registered: Registered[]) {
    super(mocks);
    this.#registered = registered;
  }

  override async registerResource(
    request: RegisterResourceRequest,
    reply: (error: unknown, response: RegisterResourceResponse) => void,
  ): Promise<void> {
    await super.registerResource(request, (error: unknown, response: RegisterResourceResponse) => {
      this.#registered.push({
        name: `${request.getType().split(":").at(-1)} ${request.getName()}`,
        urn: response.getUrn(),
        parent: request.getParent(),
        waitsFor: request.getDependenciesList(),
        aliases: request.getAliasurnsList().map((urn) => urn.split("::").at(-1) ?? ""),
      });
      reply(error, response);
    });
  }
}

/** What each resource is made with, by its name. */
const given = new Map<string, { readonly after?: readonly { readonly recorded: string }[] }>();
const mocks: pulumi.runtime.Mocks = {
  call: () => ({}),
  newResource: ({ type, name, inputs }) => {
    given.set(name, inputs);
    return { id: name, state: { ...inputs, ...outputsOf(type, name) } };
  },
};

const pauses: readonly Pause[] = [
  {
    ...{ from: "2026-12-05T20:00:00.000Z", to: "2026-12-06T06:40:00.000Z", over: false },
    ...{ accepted: 3, recipients: 2, delivered: 0, stillHere: 3, bounced: 0, discarded: 0, refused: 0, duplicated: 0, lost: 0 },
  },
];

/** One zone's TTL has not been lowered yet. */
function outputsOf(type: string, name: string): Readonly<Record<string, unknown>> {
  if (type.endsWith(":BackupMxQueue"))
    return { ledger: "lost 0", pauses, recorded: { program: "site/berlin", ledger: { accepted: 3 }, earlier: [] } };
  if (type.endsWith(":TransportState")) return { normally: `${name} runs` };
  if (!type.endsWith(":MxRecord")) return {};
  return name === "contoso.org" ? { normal: { ttlSeconds: 3600 } } : { earliestFlipAt: "2026-12-05T20:00:30.000Z" };
}

describe("SitePause", () => {
  let registered: Registered[] = [];

  async function made(state: Word, more: Partial<SitePauseArgs> = {}): Promise<SitePause> {
    registered = [];
    await pulumi.runtime.setMocks(mocks);
    pulumi.runtime.setMockOptions(new NotingMonitor(mocks, registered), "site", "berlin");
    const site = new SitePause("berlin", {
      state,
      dag: "DAG1",
      servers: ["ex01", "ex03"],
      mail: [{ zone: "contoso.com" }, { zone: "contoso.de" }, { zone: "contoso.org" }],
      buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey: `SHA256:${"A".repeat(43)}` },
      ...more,
    });
    await pulumi.runtime.disconnect(false);
    return site;
  }

  /** Each part's kind, and the kinds that its resources wait for. */
  function edges(): Readonly<Record<string, readonly string[]>> {
    const found = registered.slice(1).map(({ name, waitsFor }): [string, readonly string[]] => {
      const kinds = waitsFor.map((urn) => urn.split("::")[2]?.split(":").at(-1) ?? "");
      return [name.split(" ")[0] ?? "", [...new Set(kinds)].sort()];
    });
    return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  it("offline: databases wait for transport, transport for the MX, the MX for the buffer", async () => {
    await made("offline");
    deepEqual(edges(), {
      BackupMxQueue: ["ReadinessGate"],
      MailboxDatabaseState: ["TransportState"],
      MxRecord: ["BackupMxQueue"],
      ReadinessGate: [],
      TransportState: ["MxRecord"],
    });
  });

  for (const word of ["online", "prepared"] as const) {
    it(`${word}: the MX waits for what the buffer holds, that for transport, transport for the databases, they for the gate`, async () => {
      await made(word);
      deepEqual(edges(), {
        BackupMxQueue: ["TransportState"],
        MailboxDatabaseState: ["ReadinessGate"],
        MxRecord: ["BackupMxQueue"],
        ReadinessGate: [],
        TransportState: ["MailboxDatabaseState"],
      });
    });
  }

  it("tells each part what is recorded of those before it, but for the ledgers of pauses, of which there would be a copy in every part", async () => {
    await made("offline");
    deepEqual(
      given.get("contoso.com")?.after?.map(({ recorded }) => recorded),
      ['{"program":"site/berlin"}'],
    );
  });

  it("waits for every resource of the part before", async () => {
    await made("offline");
    const zones = registered.filter(({ name }) => name.startsWith("MxRecord ")).map(({ urn }) => urn);
    equal(zones.length, 3);
    for (const { name, waitsFor } of registered) if (name.startsWith("TransportState ")) deepEqual([...waitsFor].sort(), zones.sort());
  });

  it("keeps its resources when the program writes a name in another case", async () => {
    const named = (pattern: RegExp) => registered.filter(({ name }) => pattern.test(name)).map(({ name, aliases }) => [name, aliases]);
    await made("online", { dag: "dag1", servers: ["EX01", "ex03"] });
    deepEqual(named(/^MailboxDatabaseState/), [["MailboxDatabaseState dag1", ["DAG1"]]]);
    deepEqual(named(/^TransportState/), [
      ["TransportState ex01", ["EX01"]],
      ["TransportState ex03", ["EX03"]],
    ]);
  });

  it("is not made of a name that is given twice, nor of a queue of nobody's", async () => {
    const message = 'servers: expected each once, in whatever case, found "EX01" again.';
    await rejects(made("online", { servers: ["ex01", "EX01"] }), (error) => pulumi.RunError.isInstance(error) && error.message === message);
  });

  it("has the same resources whatever the word, all below the component", async () => {
    const names: (readonly string[])[] = [];
    for (const word of words) {
      await made(word);
      names.push(registered.map(({ name }) => name).sort());
      const [component, ...parts] = registered;
      equal(component?.name, "SitePause berlin");
      deepEqual([...new Set(parts.map(({ parent }) => parent))], [component?.urn]);
    }
    equal(names[0]?.length, 9);
    deepEqual([names[1], names[2]], [names[0], names[0]]);
  });

  it("hands out each pause of the mail, and the last one as a page under the site's name", async () => {
    const site = await made("offline");
    const { promise, resolve } = Promise.withResolvers<unknown>();
    pulumi.all([site.pauses, site.account]).apply(resolve);
    const [found, account] = (await promise) as readonly [unknown, string];
    deepEqual(found, pauses);
    equal(account.split("\n")[0], "Mail during the pause of berlin, Sat 5 Dec 20:00 UTC to Sun 6 Dec 06:40 UTC: 10 h 40 min");
  });

  it("hands out the ledger of the mail, what is normal, and when each zone may change, or how long after its TTL is lowered", async () => {
    pulumi.runtime.setConfig("exchange:timeZone", "Europe/Berlin");
    const { ledger, earliestFlipAt, normally } = await made("prepared");
    const { promise, resolve } = Promise.withResolvers<unknown>();
    pulumi.all([ledger, earliestFlipAt, normally]).apply(resolve);
    deepEqual(await promise, [
      "lost 0",
      {
        "contoso.com": "Sat 5 Dec 20:00 UTC (21:00 in Berlin)",
        "contoso.de": "Sat 5 Dec 20:00 UTC (21:00 in Berlin)",
        "contoso.org": "3,600 s after `prepared` has lowered the TTL",
      },
      { ex01: "ex01 runs", ex03: "ex03 runs" },
    ]);
  });
});
