// The committed reference pages are what the argument tables say.
import { deepEqual, match } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { kinds } from "../../provider/resources/kinds.ts";
import { checkout } from "../../setup/places.ts";
import { referencePages } from "../../setup/reference.ts";

const folder = path.join(checkout, "docs", "resources");

describe("the reference pages", () => {
  it("are as the argument tables are: `npm run reference` writes them anew", () => {
    const committed = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")]));
    deepEqual(committed, { ...referencePages() });
  });

  it("are one for each resource, and say every argument of it", () => {
    const made = referencePages();
    deepEqual(Object.keys(made).sort(), kinds.map(({ kind }) => `${kind.name}.md`).sort());
    for (const { kind, args } of kinds) {
      for (const name of Object.keys(args.shape)) match(made[`${kind.name}.md`] ?? "", new RegExp(`^\\| \`${name}\` \\|`, "m"));
    }
  });
});
