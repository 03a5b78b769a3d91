// A pause of sites as they are: Exchange without recipient filtering behind a firewall that hides STARTTLS, a server left Draining, transport that
// takes its time, a buffer that puts callers off. Mail comes home to all of them, or stays safe and says why.
import { deepEqual, equal, match } from "node:assert/strict";
import { hour, MemoryRehearsal, minute, smallSite } from "../support/memory-rehearsal.ts";

const small = { servers: 2, zones: { secondaryLagMs: 2_000, perRecordLagMs: 500 } };

describe("an ordinary Exchange", function () {
  this.timeout(60_000);

  it("that accepts what nobody has and offers no TLS goes out and comes home", async () => {
    const site = new MemoryRehearsal({ ...small, switches: { recipientFiltering: false, hidesStartTls: true } });
    await site.bringTo("offline");
    site.pass(30 * minute);
    const { ended, sentences, changes } = await site.up("online");
    deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
    const tests = changes.flatMap(({ what }) => (what.startsWith("test message") ? [what] : []));
    deepEqual(tests.toSorted(), ["test message through ex01.contoso.local", "test message through ex02.contoso.local"]);
    deepEqual(await site.notAsBefore(), []);
  });

  it("with a server left Draining keeps the mail at the buffer, says what to do, and comes home once that is done", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const { events, site: exchange, zones } = site.world;
    const ex02 = exchange.server("ex02");
    const drain = (state: "Draining" | "Active") => {
      ex02?.components.set("HubTransport", "Functional", state, events.now());
      ex02?.services.stop("MSExchangeTransport", false);
      ex02?.services.start("MSExchangeTransport");
    };
    drain("Draining");
    const stopped = await site.up("online");
    equal(stopped.ended, "failed");
    match(
      stopped.sentences.join("\n"),
      /ex02\.contoso\.local did not answer on port 25 for 15 minutes: .*421 4\.3\.2 Service not active\.\nThe MX was not changed back\..*HubTransport be Active/,
    );
    const exchanges = zones
      .zones()
      .flatMap((zone) => [...zone.records.values()].flatMap(({ type, content }) => (type === "MX" ? [content] : [])));
    deepEqual(new Set(exchanges), new Set(["buffer.contoso-mail.net"]));
    drain("Active");
    const home = await site.up("online");
    deepEqual([home.ended, home.sentences], ["done", []]);
    equal(site.world.ledger.totals().lost, 0);
  });

  it("with a buffer that greylists goes out by waiting, for probes and the test message alike, and comes home", async () => {
    const site = new MemoryRehearsal({ ...small, greylistMs: 5 * minute });
    await site.bringTo("offline");
    equal(site.world.buffer.queue().filter(({ message }) => message.from === "postmaster@contoso.com").length, 1);
    const { ended, sentences } = await site.up("online");
    deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
    deepEqual(await site.notAsBefore(), []);
  });

  it("whose front ends start late is waited for on the way home", async () => {
    const site = smallSite();
    await site.bringTo("offline");
    const { events, site: exchange } = site.world;
    for (const { services } of exchange.servers) services.stop("MSExchangeFrontEndTransport", false);
    events.at(events.now() + 10 * minute, () => {
      for (const { services } of exchange.servers) services.start("MSExchangeFrontEndTransport");
    });
    const { ended, sentences } = await site.up("online");
    deepEqual({ ended, sentences }, { ended: "done", sentences: [] });
    site.pass(hour);
    deepEqual(await site.notAsBefore(), []);
  });
});
