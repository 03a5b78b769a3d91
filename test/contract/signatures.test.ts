// The lab's own table of cmdlets against the public reference pages, field by field, so that neither drifts.
import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { COMMON_PARAMETERS, type ParameterSignature, SIGNATURES, type Signature } from "../../lab/serve/signatures.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const Parameter = z.object({
  type: z.string(),
  position: z.number().nullable(),
  versions: z.array(z.string()).optional(),
  values: z.array(z.string()).optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
});
const Page = z.object({
  module: z.string(),
  parameterSets: z.record(z.string(), z.array(z.string())),
  defaultParameterSet: z.string().optional(),
  required: z.record(z.string(), z.array(z.string())),
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
  let pages: z.infer<typeof Pages>;

  before(function () {
    const folder = sharedFolder();
    requireJudge(this, "facts of the cmdlet reference", folder !== undefined);
    pages = Pages.parse(JSON.parse(readFileSync(path.join(folder ?? "", "facts", "cmdlets.json"), "utf8")));
  });

  it("has 24 cmdlets, each once", () => {
    equal(new Set(SIGNATURES.map(({ cmdlet }) => cmdlet)).size, 24);
    equal(SIGNATURES.length, 24);
  });

  for (const signature of SIGNATURES) {
    it(`${signature.cmdlet} has the parameters, sets, types, positions and values of its page`, () => {
      const page = Page.parse(pages.cmdlets[signature.cmdlet]);
      deepEqual(ofSignature(signature), ofPage(page, VERSIONS[signature.module]));
    });
  }

  it("has the common parameters of Windows PowerShell 5.1", () => {
    const own = Object.entries(COMMON_PARAMETERS).map(([name, parameter]) => [name, parameter.type, parameter.values]);
    deepEqual(
      own,
      Object.entries(pages.commonParameters).map(([name, parameter]) => [name, parameter.type, parameter.values]),
    );
  });
});

interface Row {
  readonly name: string;
  readonly type: string;
  readonly position: number | null;
  readonly values: readonly string[] | undefined;
  readonly range: readonly [number, number] | undefined;
  /** Set to whether it is mandatory there; absent: not in that set. */
  readonly sets: Readonly<Record<string, boolean>>;
}

function ofSignature(signature: Signature): unknown {
  const { module, sets, defaultSet } = signature;
  const rows = Object.entries(signature.parameters).map(([name, parameter]) => rowOf(name, parameter, sets));
  return { module, sets: [...sets].sort(), defaultSet, parameters: sorted(rows) };
}

function rowOf(name: string, parameter: ParameterSignature, sets: readonly string[]): Row {
  const { type, position = null, values, range, mandatory = [] } = parameter;
  const within = parameter.sets ?? sets;
  return {
    name,
    type,
    position,
    values,
    range,
    sets: Object.fromEntries(within.map((set) => [set, mandatory === true || mandatory.includes(set)])),
  };
}

function ofPage(page: z.infer<typeof Page>, version: string): unknown {
  const sets = Object.keys(page.parameterSets);
  const names = Object.keys(page.parameters).filter((name) => page.parameters[name]?.versions?.includes(version));
  const rows = names.map((name): Row => {
    const { type, position, values, range } = Parameter.parse(page.parameters[name]);
    const within = sets.filter((set) => page.parameterSets[set]?.includes(name));
    return {
      name,
      type,
      position,
      values,
      range,
      sets: Object.fromEntries(within.map((set) => [set, page.required[set]?.includes(name) ?? false])),
    };
  });
  return { module: page.module, sets: sets.sort(), defaultSet: page.defaultParameterSet, parameters: sorted(rows) };
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((one, other) => one.name.localeCompare(other.name));
}
