// What is not known of Exchange must not decide over mail: a whole pause with a power cut in it, once for each position of each open switch.
import { deepEqual } from "node:assert/strict";
import type { Switches } from "../../lab/world/switches.ts";
import { MemoryRehearsal, minute } from "../support/memory-rehearsal.ts";

const positions: readonly Partial<Switches>[] = [
  { mountsAfterColdStart: false },
  { mountsAfterColdStart: true },
  { unknownIdentity: "notFound" },
  { unknownIdentity: "returnsAll" },
  { whileQueuesLoad: "omits" },
  { whileQueuesLoad: "fails" },
  { enums: "names" },
  { enums: "objects" },
  { drainingNumber: 1 },
  { drainingNumber: 2 },
  { blockedNumber: 1 },
  { blockedNumber: 2 },
  { missingConfirm: "terminates" },
  { missingConfirm: "isWritten" },
  { datacenterActivationMode: "Off" },
  { datacenterActivationMode: "DagOnly" },
  { witnessUp: false },
  { recipientFiltering: true },
  { hidesStartTls: true },
];

describe("a pause whatever Exchange turns out to do", function () {
  this.timeout(60_000);

  for (const switches of positions) {
    const [[name, position] = []] = Object.entries(switches);
    it(`${name} ${position}: all servers lose their power while offline, and the site ends as it was`, async () => {
      const site = new MemoryRehearsal({ switches });
      await site.bringTo("offline");
      power(site, "off");
      site.pass(30 * minute);
      const { events } = site.world;
      events.at(events.now() + 3 * minute, () => power(site, "on"));
      const { ended, sentences } = await site.up("online");
      deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
      deepEqual(await site.notAsBefore(), []);
    });

    it(`${name} ${position}: the servers are on again before anybody asks, and offline is still offline`, async () => {
      const site = new MemoryRehearsal({ switches });
      await site.bringTo("offline");
      power(site, "off");
      site.pass(30 * minute);
      power(site, "on");
      site.pass(10 * minute);
      const again = await site.up("offline");
      deepEqual({ ended: again.ended, sentences: again.sentences }, { ended: "done", sentences: [] });
      deepEqual((await site.preview("offline")).did, []);
      site.pass(30 * minute);
      const { ended, sentences } = await site.up("online");
      deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
      deepEqual(await site.notAsBefore(), []);
    });
  }
});

function power({ world }: MemoryRehearsal, to: "on" | "off"): void {
  for (const { name } of world.cast.servers) world.site.power(name, to);
}
