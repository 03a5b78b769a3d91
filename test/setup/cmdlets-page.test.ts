// The committed page of cmdlets says what is declared, and the rights that an administrator is told to grant are enough for all of it.
import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { cmdlets } from "../../provider/exchange/cmdlets.ts";
import { cmdletsPage } from "../../setup/cmdlets-page.ts";
import { checkout } from "../../setup/places.ts";

function committed(file: string): string {
  return readFileSync(path.join(checkout, "docs", file), "utf8");
}

describe("the page of cmdlets", () => {
  it("is as they are declared: `npm run reference` writes it anew", () => equal(committed("cmdlets.md"), cmdletsPage()));
});

describe("the account of docs/remote-cmdlets.md", () => {
  for (const cmdlet of cmdlets) {
    const names =
      cmdlet.endpoint === "exchange" ? [cmdlet.role.role, ...cmdlet.role.groups].map((name) => `"${name}"`) : ["Administrators"];
    it(`has ${cmdlet.name}`, () => ok(names.some((name) => committed("remote-cmdlets.md").includes(name))));
  }
});
