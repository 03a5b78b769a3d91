// `npm run bench`: previews against a plugin that does nothing, and what one preview asks of the site. `npm run bench -- start`: how long `npm start` takes.
// `npm run bench -- endings`: how soon nothing acts any more when the engine has been killed, fifty times, and what turns add to a whole pause.
// `npm run bench -- remoting`: our remote cmdlets against pypsrp's. `npm run bench -- fuzz`: 100,000 spoilt requests to the lab, and as many answers to the client.
// Each figure is printed with its target; the exit code is 0 when all are kept.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { countTurns, timeEndings } from "./endings.ts";
import { type Figure, keeps, sayFigure } from "./figures.ts";
import { fuzzServer } from "./fuzz.ts";
import { fuzzClient } from "./fuzz-answers.ts";
import { comparePreviews } from "./previews.ts";
import { compareRemoting } from "./remoting.ts";
import { countRoundTrips } from "./round-trips.ts";
import { timeStart } from "./start-time.ts";

const parts = ["previews", "round-trips", "endings", "start", "remoting", "fuzz"] as const;
const asked = process.argv.slice(2);
const unknown = asked.find((word) => !parts.some((part) => part === word));
if (unknown !== undefined)
  throw new Error(`npm run bench -- ${unknown}: expected some of ${parts.join(", ")}, or nothing for the first two`);
const wanted = new Set(asked.length === 0 ? ["previews", "round-trips"] : asked);

const folder = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-bench-"));
const figures: Figure[] = [];
try {
  if (wanted.has("previews")) figures.push(await comparePreviews(path.join(folder, "previews"), say));
  if (wanted.has("round-trips")) figures.push(...(await countRoundTrips(path.join(folder, "round-trips"), say)));
  if (wanted.has("endings")) figures.push(...(await countTurns(say)), ...(await timeEndings(say)));
  if (wanted.has("remoting")) figures.push(...(await compareRemoting(path.join(folder, "remoting"), say)));
  if (wanted.has("fuzz")) figures.push(...(await fuzzServer(say)), ...(await fuzzClient(say)));
  if (wanted.has("start")) figures.push(...(await timeStart(say)));
  say("");
  for (const figure of figures) say(sayFigure(figure));
  process.exitCode = figures.every(keeps) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
