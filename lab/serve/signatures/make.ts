// Cuts cmdlets.json out of the cmdlet reference: of the lab's cmdlets, the parameters that the played versions have, and of a page what a signature
// knows. `npm run signatures` writes it anew, after a cmdlet was added to the list.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { checkout } from "../../../setup/places.ts";
import { cmdlets } from "../cmdlets/list.ts";
import { Page, Parameter, Reference } from "../signatures.ts";

const file = path.join(import.meta.dirname, "cmdlets.json");

/** The product version that the lab plays, as the reference names it. */
const playedVersions: Readonly<Record<z.infer<typeof Page>["module"], string>> = {
  Exchange: "2019",
  FailoverClusters: "2019",
  "Microsoft.PowerShell.Management": "5.1",
};

const Source = z.object({ repo: z.string(), commit: z.string(), paths: z.string(), attribution: z.string() });
const VersionedPage = Page.extend({ parameters: z.record(z.string(), Parameter.extend({ versions: z.array(z.string()) })) });
const Whole = z.object({
  source: z.object({ repositories: z.array(Source), licenceOfText: z.string() }),
  commonParameters: Reference.shape.commonParameters,
  cmdlets: z.record(z.string(), z.unknown()),
});

/** The text of cmdlets.json. */
export function cutOut(wholeReference: unknown): string {
  const { source, commonParameters, cmdlets: pages } = Whole.parse(wholeReference);
  const repositories = Object.fromEntries(source.repositories.map(({ repo, ...rest }) => [repo, rest]));
  const cut = cmdlets.map(({ name }) => [name, played(VersionedPage.parse(pages[name], { error: () => `of ${name}` }))] as const);
  const copy = { source: { licence: source.licenceOfText, repositories }, commonParameters, cmdlets: Object.fromEntries(cut) };
  return `${written(copy, "")}\n`;
}

function played(page: z.infer<typeof VersionedPage>): z.infer<typeof Page> {
  const version = playedVersions[page.module];
  const has = (name: string) => page.parameters[name]?.versions.includes(version) === true;
  const those = (sets: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(sets).map(([set, names]) => [set, names.filter(has)]));
  return Page.parse({
    ...page,
    parameterSets: those(page.parameterSets),
    required: those(page.required),
    positional: those(page.positional),
    parameters: Object.fromEntries(Object.entries(page.parameters).filter(([name]) => has(name))),
  });
}

/** JSON with a line for each entry of an object that holds objects. */
function written(value: unknown, indent: string): string {
  if (!isObject(value) || !Object.values(value).some(isObject)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(([name, entry]) => `${inner}${JSON.stringify(name)}: ${written(entry, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

if (process.argv[1] === import.meta.filename) {
  const reference = path.join(checkout, "..", "shared", "facts", "cmdlets.json");
  if (existsSync(reference)) writeFileSync(file, cutOut(JSON.parse(readFileSync(reference, "utf8"))));
  else {
    console.error(`The cmdlet reference is not here: expected ${reference}, found nothing. ${file} stays as it is.`);
    process.exitCode = 1;
  }
}
