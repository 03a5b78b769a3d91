// 100,000 spoilt requests against an endpoint of the lab, in-process: a figure for each thing that must not grow. The first that does not hold
// ends it, with the seed with which it can be had again (test/support/wsman-fuzz.ts).
import { fuzzEndpoint } from "../test/support/wsman-fuzz.ts";
import type { Figure } from "./figures.ts";

const RUNS = 10;
const REQUESTS_EACH = 10_000;
const MEBIBYTE = 1_048_576;

/** Some two minutes. @throws {Error} naming the seed and the request after which something escaped or was not well-formed */
export async function fuzzServer(say: (line: string) => void): Promise<Figure[]> {
  let [held, kept, slowestMs] = [0, 0, 0];
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const report = await fuzzEndpoint({ seed, count: REQUESTS_EACH });
    const ends = Object.entries(report.ends).sort(([, one], [, other]) => other - one);
    say(`seed ${seed}, ${report.requests} spoilt requests: ${ends.map(([end, count]) => `${count} ${end}`).join(", ")}`);
    held = Math.max(held, report.mostHeldBytes);
    kept = Math.max(kept, report.heldBytesAtEnd);
    slowestMs = Math.max(slowestMs, report.slowestMs);
  }
  const what = (name: string) => `${RUNS * REQUESTS_EACH} spoilt requests to the lab's endpoint: ${name}`;
  return [
    { what: what("slowest"), value: Math.round(slowestMs), target: 5_000, unit: " ms" },
    { what: what("most held"), value: held, target: 16 * MEBIBYTE, unit: " bytes" },
    { what: what("held when all shells are gone"), value: kept, target: 0, unit: " bytes" },
    { what: what("memory of the process"), value: Math.round(process.memoryUsage().rss / MEBIBYTE), target: 1_024, unit: " MiB" },
  ];
}
