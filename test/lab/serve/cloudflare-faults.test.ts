// What the lab's Cloudflare does when a script says that a call goes wrong.
import assert from "node:assert/strict";
import { type RunningCloudflare, startCloudflare } from "../../../lab/serve/cloudflare.ts";
import { FaultScript } from "../../../lab/serve/faults.ts";
import { bufferMx, type DnsWorld, dnsWorld, labToken } from "../../support/dns-lab.ts";

describe("the lab's Cloudflare meets a scripted fault:", () => {
  let world: DnsWorld;
  let running: RunningCloudflare;
  let faults: FaultScript;

  beforeEach(async () => {
    world = dnsWorld();
    faults = new FaultScript();
    running = await startCloudflare({ zones: world.zones, token: labToken, faults });
  });

  afterEach(() => running.stop());

  const headers = { authorization: `Bearer ${labToken}` };
  const post = (signal?: AbortSignal) =>
    fetch(`${running.baseUrl}/zones/${world.zone.id}/dns_records`, {
      method: "POST",
      headers,
      body: JSON.stringify(bufferMx),
      ...(signal === undefined ? {} : { signal }),
    });
  /** A whole exchange with the server, so that whatever it had to do before is done. */
  const turn = async () => (await fetch(`${running.baseUrl}/zones`, { headers })).arrayBuffer();
  const add = (what: "timeOut" | "cutBefore" | "cutAfter" | "refused" | "wrongAnswer" | "slow") =>
    faults.add({ when: { edge: "cloudflare", server: "api.cloudflare.com", call: "POST dns_records" }, what });
  const size = () => world.zone.records.size;

  it("cutBefore does nothing and breaks off", async () => {
    add("cutBefore");
    await assert.rejects(post(), TypeError);
    assert.equal(size(), 1);
  });

  it("cutAfter does it and breaks off", async () => {
    add("cutAfter");
    await assert.rejects(post(), TypeError);
    assert.equal(size(), 2);
  });

  it("refused does nothing and answers 503 in HTML", async () => {
    add("refused");
    const response = await post();
    assert.deepEqual([response.status, response.headers.get("content-type"), size()], [503, "text/html", 1]);
  });

  it("wrongAnswer does it and answers with no result", async () => {
    add("wrongAnswer");
    assert.deepEqual(await (await post()).json(), { success: true, errors: [], messages: [], result: null });
    assert.equal(size(), 2);
  });

  it("slow does it and answers after 25 seconds of lab time", async () => {
    add("slow");
    let answered = false;
    const answer = post().then((reply) => {
      answered = true;
      return reply.status;
    });
    while (size() === 1) await turn();
    world.events.advanceTo(world.events.now() + 24_999);
    await turn();
    assert.equal(answered, false);
    world.events.advanceTo(world.events.now() + 1);
    assert.equal(await answer, 200);
  });

  it("timeOut does nothing and never answers", async () => {
    add("timeOut");
    const controller = new AbortController();
    const never = post(controller.signal);
    while (faults.pending.length > 0) await turn();
    world.events.advanceTo(world.events.now() + 3_600_000);
    await turn();
    controller.abort();
    await assert.rejects(never, { name: "AbortError" });
    assert.equal(size(), 1);
  });
});
