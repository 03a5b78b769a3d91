// Spoilt requests against an endpoint: each ends in a fault or a refusal, nothing escapes, nothing is kept. A share of what
// `npm run bench -- fuzz` does; the seed of a failure is in its message.
import { deepEqual, equal, ok } from "node:assert/strict";
import { fuzzEndpoint, spoiltRequests } from "../../support/wsman-fuzz.ts";
import { type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

const SEED = 20_261_121;

describe("a WSMan endpoint under spoilt requests", () => {
  it("ends each in a fault, a refusal or a right answer, and keeps nothing when its shells are gone", async function () {
    this.timeout(120_000);
    const report = await fuzzEndpoint({ seed: SEED, count: 3_000 });
    const kinds = Object.keys(report.ends).map((end) => end.split(" ")[0]);
    deepEqual([...new Set(kinds)].sort(), ["400", "answer", "fault"]);
    // Without these, the requests would have been spoilt so badly that nothing but the XML parser saw them.
    for (const end of ["fault w:InvalidParameter", "fault w:InvalidSelectors", "answer"]) ok((report.ends[end] ?? 0) > 50, end);
    ok(report.mostHeldBytes > 0 && report.mostHeldBytes <= 16 * 1_048_576, `${report.mostHeldBytes}`);
    equal(report.heldBytesAtEnd, 0);
  });

  it("makes the same of the same seed", async () => {
    const [one, other] = [await fuzzEndpoint({ seed: SEED, count: 200 }), await fuzzEndpoint({ seed: SEED, count: 200 })];
    deepEqual(one.ends, other.ends);
  });

  describe("over HTTP", () => {
    let lab: WsmanLab;

    beforeEach(async () => {
      lab = await wsmanLab();
    });

    afterEach(async () => {
      await lab.servers.stop();
    });

    it("answers each, and is well afterwards", async () => {
      const { client } = lab;
      client.keepAlive();
      const statuses = new Set<number>();
      for (const bytes of spoiltRequests(SEED, 300)) statuses.add((await client.post(bytes)).status);
      deepEqual(
        [...statuses].filter((status) => ![200, 400, 413, 500].includes(status)),
        [],
      );
      deepEqual(
        [...statuses]
          .filter((status) => status >= 400)
          .sort()
          .slice(0, 1),
        [400],
      );
      equal((await client.open()).status, 200);
    });
  });
});
