// How much longer a preview with nothing to do takes with our plugin, which reads the whole site, than with one that does nothing at all.
import path from "node:path";
import { type Figure, median } from "./figures.ts";
import { startLabSite } from "./lab-site.ts";
import { previewMs, settledStack } from "./stacks.ts";

const rounds = 5;
/** 4 servers, DAG, buffer, gate, and 33 MX names: three of them the zones' own. */
const resources = 40;
const extraNames = 30;

/** The medians of alternating runs, one against the other. */
export async function comparePreviews(folder: string, say: (line: string) => void): Promise<Figure> {
  const site = await startLabSite(4, extraNames);
  try {
    const ours = await settledStack(site.lab, path.join(folder, "ours"), "ours");
    const noop = await settledStack(site.lab, path.join(folder, "noop"), "noop");
    const times: { ours: number; noop: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push({ noop: await previewMs(noop, resources), ours: await previewMs(ours, resources) });
    }
    const [our, other] = [median(times.map((time) => time.ours)), median(times.map((time) => time.noop))];
    say(`Preview of ${resources} resources with nothing to do, medians of ${rounds} alternating runs (milliseconds):`);
    say(`  our plugin        ${Math.round(our)}   (${times.map((time) => Math.round(time.ours)).join(", ")})`);
    say(`  one without work  ${Math.round(other)}   (${times.map((time) => Math.round(time.noop)).join(", ")})`);
    return { what: "our preview, in those without work", value: our / other, target: 1.25, unit: " times" };
  } finally {
    await site.stop();
  }
}
