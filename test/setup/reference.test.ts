// The committed reference pages are what the argument tables say.
import { deepEqual, match } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { argumentNames } from "../../provider/components/site-parts.ts";
import { shapes } from "../../provider/host/catalogue.ts";
import { config } from "../../provider/host/config.ts";
import { checkout } from "../../setup/places.ts";
import { referencePages } from "../../setup/reference.ts";

const folder = path.join(checkout, "docs");

describe("the reference pages", () => {
  it("are as the argument tables are: `npm run reference` writes them anew", () => {
    const within = (of: string) => readdirSync(path.join(folder, of)).map((file) => `${of}/${file}`);
    const files = [...within("resources"), ...within("components"), "settings.md"];
    const committed = Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), "utf8")]));
    deepEqual(committed, { ...referencePages() });
  });

  it("are one for each resource and one for the provider's settings, and say every argument", () => {
    const tables = { ...Object.fromEntries(shapes.map(({ name, args }) => [`resources/${name}.md`, args])), "settings.md": config };
    const made = referencePages();
    deepEqual(Object.keys(made).sort(), ["components/SitePause.md", ...Object.keys(tables)].sort());
    for (const [file, { shape }] of Object.entries(tables)) {
      for (const name of Object.keys(shape)) match(made[file] ?? "", new RegExp(`^\\| \`${name}\` \\|`, "m"));
    }
  });

  it("of a component have each argument, those within another too, and no type or meaning is missing", () => {
    const page = referencePages()["components/SitePause.md"] ?? "";
    const rows = [...page.matchAll(/^\| `(.+)` \| (.*) \| .* \| (.*) \|$/gm)].map(([, name = "", type = "", meaning = ""]) => ({
      name,
      type,
      meaning,
    }));
    const lacking = rows.filter(({ type, meaning }) => type === "" || meaning === "");
    deepEqual(lacking, []);
    const tops = new Set(rows.map(({ name }) => name.replace(/[.[].*$/, "")));
    deepEqual([...tops], Object.keys(argumentNames));
    match(page, /^\| `buffer\.hostKey` \| text \| required \| /m);
    match(page, /^- `earliestFlipAt`: When the MX /m);
  });
});
