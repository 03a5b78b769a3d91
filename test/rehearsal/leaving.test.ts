// A server, a zone, the buffer or all of a site taken out of the program in the middle of a pause: refused, with what would stay and what was normal, in
// words that can be typed; obeyed to the letter, they end with the site as it was.
import { deepEqual, equal } from "node:assert/strict";
import { differences } from "../../lab/picture.ts";
import type { MemoryRehearsal, Options } from "../support/memory-rehearsal.ts";
import { smallSite } from "../support/memory-rehearsal.ts";

const remedy = (title: string) =>
  `Bring it back first: what the program said before, \`pulumi up\`, then take it out. If it is to stay as it is, say \`abandon: true\` (in a SitePause \`abandon: ["${title}"]\`), \`pulumi up\`, then take it out.`;

describe("taking something out of the program during a pause", function () {
  this.timeout(60_000);
  let offline: MemoryRehearsal;
  let site: MemoryRehearsal;
  let without: Readonly<Record<"a server" | "a zone" | "everything", Options>>;

  before(async () => {
    offline = smallSite();
    await offline.bringTo("offline");
    const { domains, servers } = offline.world.cast;
    without = {
      "a server": { args: { servers: servers.slice(0, 1).map(({ name }) => name) } },
      "a zone": { args: { mail: domains.slice(0, 2).map((zone) => ({ zone })) } },
      everything: { amend: () => undefined },
    };
  });

  beforeEach(async () => {
    site = await offline.copy();
  });

  const zone =
    "Not done yet: add 10 mail.contoso.com to the MX of contoso.org; remove 10 buffer.contoso-mail.net from the MX of contoso.org; set the TTL of the MX of contoso.org from 60 s to automatic. " +
    'Normal there: `normal: { exchanges: [{ preference: 10, exchange: "mail.contoso.com" }], ttlSeconds: 1 }` (in a SitePause `normal: { "contoso.org": { exchanges: [{ preference: 10, exchange: "mail.contoso.com" }], ttlSeconds: 1 } }`).';
  for (const [what, name, words] of [
    [
      "a server",
      "TransportState ex02",
      'Not done yet: resume MSExchangeTransport on ex02. Normal there: `normal: { service: "Running" }` (in a SitePause `normal: { ex02: { service: "Running" } }`).',
    ],
    ["a zone", "MxRecord contoso.org", zone],
    // What came into the state last goes first, and the first that cannot go keeps all others.
    ["everything", "MxRecord contoso.org", zone],
  ] as const) {
    it(`${what}: refused with what would stay, and the site is brought back as it was`, async () => {
      const paused = site.portrait();
      const { ended, sentences } = await site.up("offline", without[what]);
      const title = name.split(" ")[1] ?? "";
      deepEqual(
        [ended, sentences],
        [
          "failed",
          [
            `${name}: ${title} is not as it normally is; taken out of the program it would stay so, and nothing would remember what is normal. ${words}\n${remedy(title)}`,
          ],
        ],
      );
      deepEqual(differences(paused, site.portrait()), []);
      const back = await site.up("online");
      equal(back.ended, "done", back.sentences.join("; "));
      deepEqual(await site.notAsBefore(), []);
    });
  }

  it("is possible where the program says so before, and what was normal can be given back by it", async () => {
    equal((await site.up("offline", { args: { abandon: ["ex02"] } })).ended, "done");
    const { ended, warnings } = await site.up("offline", without["a server"]);
    deepEqual(
      [ended, warnings],
      [
        "done",
        [
          'ex02 is taken out of the program and stays as it is, as `abandon` says. Not done yet: resume MSExchangeTransport on ex02. Normal there: `normal: { service: "Running" }` (in a SitePause `normal: { ex02: { service: "Running" } }`).',
        ],
      ],
    );
    const back = await site.up("online", { args: { normal: { ex02: { service: "Running" } } } });
    equal(back.ended, "done", back.sentences.join("; "));
    deepEqual(await site.notAsBefore(), []);
  });
});

describe("taking all of a site out of the program", () => {
  it("changes nothing at a site that is as it normally is, but takes the program's own claim off the buffer", async () => {
    const site = smallSite();
    equal((await site.up("online")).ended, "done");
    const { ended, changes } = await site.up("online", { amend: () => undefined });
    deepEqual([ended, changes.map(({ what }) => what)], ["done", ["SSH to buffer.contoso-mail.net: rm"]]);
    deepEqual(differences(site.normal, site.portrait()), []);
  });
});
