// The lab's copy of the cmdlet reference against the reference itself: the text, and once more field by field, so that neither drifts.
import { deepEqual, equal, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { cmdlets } from "../../lab/serve/cmdlets/list.ts";
import { cutOut } from "../../lab/serve/signatures/make.ts";
import { commonParameters, type ParameterSignature, type Signature } from "../../lab/serve/signatures.ts";
import { checkout } from "../../setup/places.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const Parameter = z.object({
  type: z.string(),
  required: z.boolean(),
  requiredIn: z.array(z.string()).optional(),
  position: z.number().nullable(),
  versions: z.array(z.string()).optional(),
  values: z.array(z.string()).optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
});
const Page = z.object({
  module: z.string(),
  parameterSets: z.record(z.string(), z.array(z.string())),
  defaultParameterSet: z.string().optional(),
  parameters: z.record(z.string(), Parameter),
});
const Pages = z.object({ commonParameters: z.record(z.string(), Parameter), cmdlets: z.record(z.string(), z.unknown()) });

/** The product version whose parameters the lab has. */
const VERSIONS: Readonly<Record<Signature["module"], string>> = {
  Exchange: "2019",
  FailoverClusters: "2019",
  "Microsoft.PowerShell.Management": "5.1",
};

describe("the lab's cmdlet signatures, compared with the reference pages", () => {
  let text = "";
  let pages: z.infer<typeof Pages>;

  before(function () {
    const folder = sharedFolder();
    requireJudge(this, "facts of the cmdlet reference", folder !== undefined);
    text = readFileSync(path.join(folder ?? "", "facts", "cmdlets.json"), "utf8");
    pages = Pages.parse(JSON.parse(text));
  });

  it("are what `npm run signatures` cuts out", () => {
    equal(readFileSync(path.join(checkout, "lab", "serve", "signatures", "cmdlets.json"), "utf8"), cutOut(JSON.parse(text)));
  });

  it("are of every cmdlet that is declared, each once", () => {
    const folder = path.join(checkout, "lab", "serve", "cmdlets");
    const sources = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
    const declared = sources.flatMap((source) => [...source.matchAll(/ name: "(\w+-\w+)"/g)].map(([, name]) => name));
    ok(cmdlets.length >= 24);
    deepEqual(cmdlets.map(({ name }) => name).sort(), declared.sort());
  });

  for (const { signature } of cmdlets) {
    it(`${signature.cmdlet} has the parameters, sets, types, positions and values of its page`, () => {
      const page = Page.parse(pages.cmdlets[signature.cmdlet]);
      deepEqual(ofSignature(signature), ofPage(page, VERSIONS[signature.module]));
    });
  }

  it("has the common parameters of Windows PowerShell 5.1", () => {
    const told = (all: Readonly<Record<string, ParameterSignature>>) =>
      Object.entries(all).map(([name, parameter]) => [name, parameter.type, parameter.values]);
    deepEqual(told(commonParameters()), told(pages.commonParameters));
  });
});

interface Row extends ParameterSignature {
  readonly name: string;
  /** Set to whether it is mandatory there; absent: not in that set. */
  readonly sets: Readonly<Record<string, boolean>>;
}

function ofSignature({ module, parameterSets, defaultParameterSet, required, positional, parameters }: Signature): unknown {
  const rows = Object.entries(parameters).map(([name, { type, values, range }]): Row => {
    const within = Object.keys(parameterSets).filter((set) => parameterSets[set]?.includes(name));
    return { name, type, values, range, sets: Object.fromEntries(within.map((set) => [set, required[set]?.includes(name) ?? false])) };
  });
  return { module, positional, defaultSet: defaultParameterSet, parameters: rows };
}

/** Which are mandatory, and in which order they take unnamed arguments, is read from each parameter, not from the lists of the page. */
function ofPage({ module, parameterSets, defaultParameterSet, parameters }: z.infer<typeof Page>, version: string): unknown {
  const known = Object.entries(parameters).filter(([, { versions }]) => versions?.includes(version));
  const rows = known.map(([name, { type, values, range, required, requiredIn = [] }]): Row => {
    const within = Object.keys(parameterSets).filter((set) => parameterSets[set]?.includes(name));
    return { name, type, values, range, sets: Object.fromEntries(within.map((set) => [set, required || requiredIn.includes(set)])) };
  });
  const orderIn = (names: readonly string[]) =>
    known
      .filter(([name, { position }]) => position !== null && names.includes(name))
      .sort(([, one], [, other]) => (one.position ?? 0) - (other.position ?? 0))
      .map(([name]) => name);
  const positional = Object.fromEntries(Object.entries(parameterSets).map(([set, names]) => [set, orderIn(names)]));
  return { module, positional, defaultSet: defaultParameterSet, parameters: rows };
}
