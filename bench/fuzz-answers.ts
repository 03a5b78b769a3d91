// 100,000 spoilt answers to the client, in-process: a figure for each thing that must not grow. The first that does not hold ends it, with the
// seed with which it can be had again (test/support/answer-fuzz.ts).
import { fuzzAnswers } from "../test/support/answer-fuzz.ts";
import type { Figure } from "./figures.ts";

const RUNS = 10;
const ANSWERS_EACH = 10_000;
const SEEDS_EACH = 1_000_000;
const MEBIBYTE = 1_048_576;

/** Some four minutes. @throws {Error} naming the seed after which an error had no kind, a wrong value passed for a right one, or there was no end */
export async function fuzzClient(say: (line: string) => void): Promise<Figure[]> {
  let slowestMs = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const report = await fuzzAnswers({ seed: run * SEEDS_EACH, count: ANSWERS_EACH });
    const ends = Object.entries(report.ends).sort(([, one], [, other]) => other - one);
    say(`seeds from ${run * SEEDS_EACH}, ${report.answers} spoilt answers: ${ends.map(([end, count]) => `${count} ${end}`).join(", ")}`);
    slowestMs = Math.max(slowestMs, report.slowestMs);
  }
  const what = (name: string) => `${RUNS * ANSWERS_EACH} spoilt answers to the client: ${name}`;
  return [
    { what: what("slowest conversation"), value: Math.round(slowestMs), target: 5_000, unit: " ms" },
    { what: what("memory of the process"), value: Math.round(process.memoryUsage().rss / MEBIBYTE), target: 1_024, unit: " MiB" },
  ];
}
