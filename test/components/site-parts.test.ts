// What a site consists of for a word: the same resources each time, and only what is asked of them differs.
import { deepEqual } from "node:assert/strict";
import { partsOf, problemsOf, type SitePauseArgs } from "../../provider/components/site-parts.ts";
import { type Word, words } from "../../provider/components/word.ts";
import { check } from "../../provider/host/check.ts";

const hostKey = `SHA256:${"A".repeat(43)}`;
const site: Omit<SitePauseArgs, "state"> = {
  dag: "DAG1",
  servers: ["ex01", "ex03"],
  mail: [{ zone: "contoso.com" }, { zone: "contoso.de", provider: "cloudflare" }],
  buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey },
};

/** Who receives test messages, unless the program says otherwise. */
const token = "postmaster@contoso.com";
/** Where the runs take turns: every resource that changes something is told. */
const turnsAt = site.buffer;

function argsOf(state: Word, more: Partial<SitePauseArgs> = {}): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const resources = Object.values(partsOf({ ...site, ...more, state })).flat();
  return Object.fromEntries(resources.map(({ class: { shape }, name, args }) => [`${shape.name} ${name}`, { ...args }]));
}

describe("the parts of a site", () => {
  it("are the same resources whatever the word", () => {
    const expected = [
      "BackupMxQueue buffer.contoso-mail.net",
      "MailboxDatabaseState DAG1",
      "MxRecord contoso.com",
      "MxRecord contoso.de",
      "ReadinessGate ready",
      "TransportState ex01",
      "TransportState ex03",
    ];
    for (const word of words) deepEqual(Object.keys(argsOf(word)).sort(), expected, word);
  });

  it("are the same resources however a name is typed", () => {
    const named = (zone: string, host: string) =>
      Object.keys(argsOf("online", { mail: [{ zone }], buffer: { ...site.buffer, host } })).sort();
    const typed = named("München.Example", "Buffer.contoso-mail.net");
    deepEqual(typed, named("xn--mnchen-3ya.example", "buffer.contoso-mail.net"));
    deepEqual(typed.includes("MxRecord münchen.example"), true);
  });

  it("name the same things whatever the word: nothing is ever replaced", () => {
    const identities = words.map((word) =>
      Object.values(partsOf({ ...site, state: word }))
        .flat()
        .map((resource) => {
          return resource.class.shape.identity.map((key: string) => new Map(Object.entries(resource.args)).get(String(key)));
        }),
    );
    deepEqual([identities[1], identities[2]], [identities[0], identities[0]]);
  });

  for (const word of words) {
    it(`are what each resource accepts: ${word}`, () => {
      const everything: Partial<SitePauseArgs> = {
        pausedTtlSeconds: 60,
        readyWhen: ["dc1.contoso.local:389"],
        allowStuck: ["ex03\\partner.example"],
        allowBehind: ["DB01\\ex03"],
        leaveDismounted: ["DB02"],
        maxWaitSeconds: 0,
        stuckAfterSeconds: 60,
      };
      for (const {
        class: { shape },
        args,
      } of Object.values(partsOf({ ...site, ...everything, state: word })).flat())
        deepEqual(check(shape.args, { ...args }).failures, [], shape.name);
    });
  }

  it("online: everything as it normally is, and nothing is said of the MX", () => {
    deepEqual(argsOf("online"), {
      "ReadinessGate ready": { name: "ready", state: "open", servers: ["ex01", "ex03"], ports: [], turnsAt },
      "BackupMxQueue buffer.contoso-mail.net": {
        host: "buffer.contoso-mail.net",
        user: "mailops",
        hostKey,
        domains: ["contoso.com", "contoso.de"],
        state: "released",
        token,
      },
      "MxRecord contoso.com": { zone: "contoso.com", turnsAt },
      "MxRecord contoso.de": { zone: "contoso.de", provider: "cloudflare", turnsAt },
      "TransportState ex01": { server: "ex01", state: "running", allowStuck: [], token, turnsAt },
      "TransportState ex03": { server: "ex03", state: "running", allowStuck: [], token, turnsAt },
      "MailboxDatabaseState DAG1": {
        dag: "DAG1",
        servers: ["ex01", "ex03"],
        state: "mounted",
        allowBehind: [],
        leaveDismounted: [],
        turnsAt,
      },
    });
  });

  it("the mailbox that mail hosts are asked for receives the test messages too", () => {
    const probe = { accepted: "mail-test@contoso.com" };
    const parts = Object.values(partsOf({ ...site, mail: [{ zone: "contoso.com", probe }], state: "online" })).flat();
    const tokens = parts.flatMap(({ args }) => ("token" in args ? [args.token] : []));
    deepEqual(
      tokens,
      Array.from({ length: 3 }, () => probe.accepted),
    );
    deepEqual(
      parts.flatMap(({ args }) => ("zone" in args && "probe" in args ? [args.probe] : [])),
      [probe],
    );
  });

  it("prepared: online with a low TTL, and nothing else", () => {
    deepEqual(argsOf("prepared"), {
      ...argsOf("online"),
      "MxRecord contoso.com": { zone: "contoso.com", ttlSeconds: 300, turnsAt },
      "MxRecord contoso.de": { zone: "contoso.de", provider: "cloudflare", ttlSeconds: 300, turnsAt },
    });
  });

  it("offline: the buffer holds mail and is the only MX, nothing runs and nothing is asked for readiness", () => {
    const prepared = argsOf("prepared");
    const exchanges = [{ preference: 10, exchange: "buffer.contoso-mail.net" }];
    const changed = (name: string, more: object) => [name, { ...prepared[name], ...more }];
    deepEqual(
      argsOf("offline"),
      Object.fromEntries([
        changed("ReadinessGate ready", { state: "closed" }),
        changed("BackupMxQueue buffer.contoso-mail.net", { state: "held" }),
        changed("MxRecord contoso.com", { exchanges }),
        changed("MxRecord contoso.de", { exchanges }),
        changed("TransportState ex01", { state: "drained" }),
        changed("TransportState ex03", { state: "drained" }),
        changed("MailboxDatabaseState DAG1", { state: "dismounted" }),
      ]),
    );
  });

  it("take the TTL of the program while the site is prepared or offline, and none while it is online", () => {
    const ttls = words.map((word) => argsOf(word, { pausedTtlSeconds: 60 })["MxRecord contoso.com"]);
    deepEqual(
      ttls.map((args) => args && "ttlSeconds" in args && args["ttlSeconds"]),
      [false, 60, 60],
    );
  });

  it("take the program's patience everywhere, 0 included, and otherwise leave it to each resource", () => {
    for (const args of Object.values(argsOf("offline", { maxWaitSeconds: 0, stuckAfterSeconds: 60 }))) {
      deepEqual([args["maxWaitSeconds"], args["stuckAfterSeconds"]], [0, 60]);
    }
    for (const args of Object.values(argsOf("offline"))) deepEqual(["maxWaitSeconds" in args, "stuckAfterSeconds" in args], [false, false]);
  });

  it("give what is accepted as stuck to the server that it names, in any case, and to no other", () => {
    const allowStuck = ["ex03\\partner.example", "EX03\\smarthost.contoso.net", "ex01\\partner.example", "partner.example"];
    const found = argsOf("offline", { allowStuck });
    deepEqual(
      ["ex01", "ex03"].map((server) => {
        const args = found[`TransportState ${server}`];
        return args && "allowStuck" in args && args["allowStuck"];
      }),
      [["partner.example"], ["partner.example", "smarthost.contoso.net"]],
    );
  });

  it("have the same names in whatever case the program writes them", () => {
    const shouted = {
      servers: ["EX01", "Ex03"],
      mail: [{ zone: "Contoso.COM" }, { zone: "CONTOSO.de", provider: "cloudflare" as const }],
      buffer: { ...site.buffer, host: "Buffer.Contoso-Mail.net" },
    };
    deepEqual(argsOf("offline", shouted), argsOf("offline"));
  });

  it("have no name twice, and accept queues of their own servers alone", () => {
    const found = (more: Partial<SitePauseArgs>) => problemsOf({ ...site, ...more, state: "offline" });
    deepEqual(found({ allowStuck: ["EX03\\partner.example"] }), []);
    deepEqual(found({ servers: ["ex01", "EX01"], mail: [{ zone: "contoso.com" }, { zone: "Contoso.com" }] }), [
      'servers: expected each once, in whatever case, found "EX01" again.',
      'mail: expected each once, in whatever case, found "contoso.com" again.',
    ]);
    deepEqual(found({ allowStuck: ["ex05\\partner.example", "partner.example"] }), [
      'allowStuck: expected a queue as "ex03\\\\partner.example", on one of ex01, ex03, found "ex05\\\\partner.example".',
      'allowStuck: expected a queue as "ex03\\\\partner.example", on one of ex01, ex03, found "partner.example".',
    ]);
  });

  it("are said to be abandoned, and what is normal of them, one by one", () => {
    const ttl = { exchanges: [{ preference: 10, exchange: "mail.contoso.com" }], ttlSeconds: 3600 };
    const parts = argsOf("offline", { abandon: ["EX03"], normal: { ex01: { service: "Running" }, "Contoso.com": ttl } });
    deepEqual(
      Object.entries(parts).flatMap(([name, { normal, abandon }]) => ((normal ?? abandon) && [[name, normal, abandon]]) || []),
      [
        ["MxRecord contoso.com", ttl, undefined],
        ["TransportState ex01", { service: "Running" }, undefined],
        ["TransportState ex03", undefined, true],
      ],
    );
    const names = "ready, buffer.contoso-mail.net, contoso.com, contoso.de, ex01, ex03, DAG1";
    const nobody: object = { abandon: ["ex04"], normal: { ex05: { service: "Running" } }, patience: 3 };
    deepEqual(problemsOf({ ...site, ...nobody, state: "offline" }), [
      "patience: a SitePause has no such argument; it has state, dag, servers, mail, buffer, pausedTtlSeconds, readyWhen, allowStuck, allowBehind, leaveDismounted, normal, abandon, maxWaitSeconds, stuckAfterSeconds.",
      `abandon: expected the name of a part (${names}), found "ex04".`,
      `normal: expected the name of a part (${names}), found "ex05".`,
    ]);
  });

  it("give the gate what else must answer, and the databases what is accepted of them", () => {
    const found = argsOf("online", {
      readyWhen: ["dc1.contoso.local:389"],
      allowBehind: ["DB01\\ex03"],
      leaveDismounted: ["DB02"],
    });
    const [gate, databases] = [found["ReadinessGate ready"], found["MailboxDatabaseState DAG1"]];
    deepEqual(gate && "ports" in gate && gate["ports"], ["dc1.contoso.local:389"]);
    deepEqual(databases && "allowBehind" in databases && [databases["allowBehind"], databases["leaveDismounted"]], [
      ["DB01\\ex03"],
      ["DB02"],
    ]);
  });
});
