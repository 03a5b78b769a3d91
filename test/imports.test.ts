// Who may import whom, and what holds for every source file. The table is that of the design; the reading of the sources is support/source-rules.ts.
import { deepEqual } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkout } from "../setup/places.ts";
import { type SourceRules, violations } from "./support/source-rules.ts";

/** All that opens a site. */
const besideTheHost = [
  "provider/resources",
  "provider/engine",
  "provider/exchange",
  "provider/dns",
  "provider/mail",
  "provider/remoting",
  "provider/common",
];

const RULES: SourceRules = {
  places: [
    { place: "provider/common", mayImport: [], pulumi: false },
    { place: "provider/engine", mayImport: ["provider/common"], pulumi: false },
    // A stair: what carries requests knows nothing of who asks, neither knows what is carried, and no codec knows any of them.
    { place: "provider/remoting/xml", mayImport: [], pulumi: false },
    { place: "provider/remoting/clixml", mayImport: ["provider/remoting/xml"], pulumi: false },
    { place: "provider/remoting/http", mayImport: ["provider/remoting/*.ts", "provider/common"], pulumi: false },
    { place: "provider/remoting/auth", mayImport: ["provider/remoting/http", "provider/remoting/*.ts"], pulumi: false },
    { place: "provider/remoting/psrp", mayImport: ["provider/remoting/clixml", "provider/remoting/*.ts"], pulumi: false },
    { place: "provider/remoting", mayImport: ["provider/common"], pulumi: false },
    { place: "provider/dns", mayImport: ["provider/common"], pulumi: false },
    { place: "provider/mail", mayImport: ["provider/common"], pulumi: false },
    { place: "provider/exchange", mayImport: ["provider/remoting", "provider/common"], pulumi: false },
    // A program loads the shapes, and nothing of what is done at the site.
    { place: "provider/resources/*/shape.ts", mayImport: ["provider/resources/*.ts", "provider/resources/*/index.ts"], pulumi: false },
    {
      place: "provider/resources/*",
      mayImport: ["provider/engine", "provider/exchange", "provider/dns", "provider/mail", "provider/common", "provider/resources/*.ts"],
      pulumi: false,
    },
    // The list of all resources.
    { place: "provider/resources/index.ts", mayImport: ["provider/resources/*/shape.ts"], pulumi: false },
    {
      place: "provider/resources/*.ts",
      mayImport: ["provider/engine", "provider/exchange", "provider/dns", "provider/mail", "provider/common"],
      pulumi: "program-class.ts",
    },
    { place: "provider/components", mayImport: ["provider/resources", "provider/common"], pulumi: true },
    // Opens the edges with their addresses and credentials (open-site.ts); decides nothing about them.
    {
      place: "provider/host",
      mayImport: besideTheHost,
      pulumi: true,
    },
    // Loads a user's program, wherever that is.
    { place: "provider/check/run-program.ts", mayImport: ["*"], pulumi: true },
    // Asks what the plugin would ask, by the plugin's own edges and settings.
    {
      place: "provider/check",
      mayImport: ["provider/host", ...besideTheHost],
      pulumi: true,
    },
    { place: "provider/index.ts", mayImport: ["provider/resources", "provider/components", "provider/host"], pulumi: true },
    { place: "stacks", mayImport: ["provider/index.ts"], pulumi: true },
    // Of provider only codecs: a judge shares no judgement with the judged. Pulumi for the stand-in of azure-native; setup for the CLI's environment.
    { place: "lab", mayImport: ["provider/remoting/xml", "provider/remoting/clixml", "provider/remoting/psrp", "setup"], pulumi: true },
    { place: "setup", mayImport: ["*"], pulumi: true },
    { place: "bench", mayImport: ["*"], pulumi: true },
    { place: "test", mayImport: ["*"], pulumi: true },
  ],
  typesOnly: { name: "plan.ts", below: "provider/resources", values: ["provider/dns/sets.ts", "provider/common/names.ts"] },
  longestFile: 250,
  dataTables: [],
  unmirrored: ["test/contract", "test/rehearsal", "test/support", "test/imports.test.ts"],
};

describe("the sources of this checkout", () => {
  it("keep to the rules of imports, length and form", () => {
    deepEqual(violations(checkout, RULES), []);
  });
});

describe("a breach of the rules", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "pulumi-exchange-rules-"));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  function found(files: Readonly<Record<string, string>>): readonly string[] {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    return violations(root, RULES);
  }

  const cases: readonly { readonly title: string; readonly file: string; readonly text: string; readonly says: readonly string[] }[] = [
    {
      title: "an import of another folder of provider",
      file: "provider/dns/a.ts",
      text: 'import { b } from "../engine/b.ts";',
      says: ["provider/dns/a.ts imports provider/engine/b.ts; of the checkout, provider/dns may import provider/common"],
    },
    {
      title: "an import of types only, from a folder that may not be known",
      file: "provider/remoting/a.ts",
      text: 'import type { B } from "../exchange/b.ts";',
      says: ["provider/remoting/a.ts imports provider/exchange/b.ts; of the checkout, provider/remoting may import provider/common"],
    },
    {
      title: "an import written inside a type",
      file: "provider/mail/a.ts",
      text: 'export type A = import("../dns/b.ts").B;',
      says: ["provider/mail/a.ts imports provider/dns/b.ts; of the checkout, provider/mail may import provider/common"],
    },
    {
      title: "a dynamic import",
      file: "lab/a.ts",
      text: 'await import("../provider/engine/b.ts");',
      says: [
        "lab/a.ts imports provider/engine/b.ts; of the checkout, lab may import provider/remoting/xml, provider/remoting/clixml, provider/remoting/psrp, setup",
      ],
    },
    {
      title: "an export from elsewhere",
      file: "stacks/a.ts",
      text: 'export { b } from "../provider/engine/b.ts";',
      says: ["stacks/a.ts imports provider/engine/b.ts; of the checkout, stacks may import provider/index.ts"],
    },
    {
      title: "an import of something computed",
      file: "lab/a.ts",
      text: "await import(name);",
      says: ["lab/a.ts imports something computed"],
    },
    {
      title: "a resource that imports another",
      file: "provider/resources/one/index.ts",
      text: 'import { two } from "../two/index.ts";',
      says: [
        "provider/resources/one/index.ts imports provider/resources/two/index.ts; of the checkout, provider/resources/one may import provider/engine, provider/exchange, provider/dns, provider/mail, provider/common, provider/resources/*.ts",
      ],
    },
    {
      title: "a file that all resources share, and that imports one of them",
      file: "provider/resources/site.ts",
      text: 'import { two } from "./two/index.ts";',
      says: [
        "provider/resources/site.ts imports provider/resources/two/index.ts; of the checkout, provider/resources/*.ts may import provider/engine, provider/exchange, provider/dns, provider/mail, provider/common",
      ],
    },
    {
      title: "a shape that imports an edge",
      file: "provider/resources/one/shape.ts",
      text: 'import { b } from "../../exchange/b.ts";',
      says: [
        "provider/resources/one/shape.ts imports provider/exchange/b.ts; of the checkout, provider/resources/*/shape.ts may import provider/resources/*.ts, provider/resources/*/index.ts",
      ],
    },
    {
      title: "a folder that the table does not know",
      file: "provider/misc/a.ts",
      text: 'import "node:fs";',
      says: ["provider/misc/a.ts is in no place that a rule names"],
    },
    {
      title: "a plan that imports more than types",
      file: "provider/resources/one/plan.ts",
      text: 'import { type Plan, planOf } from "../../engine/plan.ts";',
      says: ["provider/resources/one/plan.ts imports more than types from provider/engine/plan.ts"],
    },
    {
      title: "a plan that loads a file for its types",
      file: "provider/resources/one/plan.ts",
      text: 'import { type Plan } from "../../engine/plan.ts";',
      says: ["provider/resources/one/plan.ts imports more than types from provider/engine/plan.ts"],
    },
    {
      title: "Pulumi where it must not be known",
      file: "provider/engine/a.ts",
      text: 'import * as pulumi from "@pulumi/pulumi";',
      says: ["provider/engine/a.ts imports @pulumi/pulumi; it may not know Pulumi"],
    },
    {
      title: "Pulumi in a resource",
      file: "provider/resources/one/observe.ts",
      text: 'import type { Input } from "@pulumi/pulumi";',
      says: ["provider/resources/one/observe.ts imports @pulumi/pulumi; it may not know Pulumi"],
    },
    { title: "a cast to any", file: "bench/a.ts", text: "export const a = (1 as any).b;", says: ["bench/a.ts casts to any"] },
    {
      title: "an absolute path of one machine",
      file: "bench/a.ts",
      text: `export const a = "/${"home"}/someone/b";`,
      says: ["bench/a.ts names an absolute path of one machine"],
    },
    {
      title: "a file that is too long",
      file: "bench/a.ts",
      text: "\n// line".repeat(250),
      says: ["bench/a.ts has 251 lines; 250 at most"],
    },
    {
      title: "a test that mirrors nothing",
      file: "test/gone/a.test.ts",
      text: "export {};",
      says: ["test/gone/a.test.ts mirrors no file or folder of provider/, lab/, setup/, stacks/ or bench/"],
    },
  ];

  for (const { title, file, text, says } of cases) {
    it(`is reported: ${title}`, () => {
      deepEqual(found({ [file]: text }), says);
    });
  }

  it("is not seen in what the rules allow", () => {
    const allowed = {
      "provider/exchange/a.ts": 'import { b } from "../remoting/b.ts";',
      "provider/resources/one/index.ts": 'import { b } from "../b.ts";\nimport { c } from "./c.ts";',
      "provider/resources/one/shape.ts": 'import { b } from "../b.ts";\nimport("./index.ts");',
      "provider/resources/index.ts": 'export { one } from "./one/shape.ts";',
      "provider/resources/program-class.ts": 'import type * as pulumi from "@pulumi/pulumi";',
      "provider/resources/one/plan.ts":
        'import type { P } from "../../engine/plan.ts";\nimport { s } from "../../dns/sets.ts";\nimport { c } from "./c.ts";',
      "provider/host/a.ts": 'import { b } from "../resources/one/index.ts";\nimport { c } from "../engine/c.ts";',
      "stacks/lab.ts": 'import * as exchange from "../provider/index.ts";',
      "lab/serve/a.ts": 'import { b } from "../../provider/remoting/clixml/b.ts";\nimport { c } from "../world/c.ts";',
      "bench/a.ts": "// has any; at /homeward\nexport const a = 1 as number;".padEnd(300),
      "bench/long.ts": "\n// line".repeat(249),
      "test/exchange/a.test.ts": 'import { a } from "../../provider/exchange/a.ts";',
      "test/exchange/b.test.ts": "// one more test of the folder",
      "test/lab/serve/a.test.ts": "// mirrors lab/serve/a.ts",
      "test/contract/anything.test.ts": "// mirrors nothing, and need not",
    };
    deepEqual(found(allowed), []);
  });
});
