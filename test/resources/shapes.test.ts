// What holds for the shape of every resource, and that a program which knows the shapes loads nothing of what is done at a site.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { shapes } from "../../provider/host/catalogue.ts";
import { checkout } from "../../setup/places.ts";

const edge = /^(provider\/(exchange|remoting|mail)|node_modules\/(cloudflare|ssh2|node-powershell|koffi))\//;

/** Files of a fresh process after it has imported `file`, as paths from the checkout. */
async function loadedWith(file: string): Promise<readonly string[]> {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(urlOf(file))});
    console.log(loaded.join("\\n"));`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: checkout, maxBuffer: 10_000_000 });
  return stdout.split("\n").flatMap((url) => (url.startsWith(urlOf("")) ? [url.slice(urlOf("").length)] : []));
}

function urlOf(file: string): string {
  return file === "" ? `${pathToFileURL(checkout).href}/` : pathToFileURL(path.join(checkout, file)).href;
}

describe("the list of resources", () => {
  it("has each name once", () => {
    const names = shapes.map(({ name }) => name);
    assert.equal(names.includes("TransportState"), true);
    assert.deepEqual(names, [...new Set(names)]);
  });
});

for (const shape of shapes) {
  describe(`the shape of ${shape.name}`, () => {
    it("says which thing it is and what is wanted of it, and no argument says both", () => {
      const { identity, wanted } = shape;
      assert.notDeepEqual(identity, []);
      assert.notDeepEqual(wanted, []);
      assert.deepEqual(
        identity.filter((name) => wanted.includes(name)),
        [],
      );
    });

    it("tells of every argument and output what it is", () => {
      const all = [shape.args, shape.outputs].flatMap((part) => Object.entries(part.shape));
      assert.deepEqual(
        all.filter(([, { description = "" }]) => description === "").map(([name]) => name),
        [],
      );
    });
  });
}

describe("a program that imports the provider", () => {
  it("loads every shape and no edge", async () => {
    const loaded = await loadedWith("provider/index.ts");
    assert.equal(loaded.filter((file) => /^provider\/resources\/[^/]+\/shape\.ts$/.test(file)).length, shapes.length);
    assert.deepEqual(
      loaded.filter((file) => edge.test(file)),
      [],
    );
  });

  it("would be seen to load one: the plugin, which opens a site, does", async () => {
    const edges = (await loadedWith("provider/host/open-site.ts")).flatMap((file) => edge.exec(file)?.[1] ?? []);
    assert.deepEqual([...new Set(edges)].sort(), [
      "node_modules/node-powershell",
      "provider/exchange",
      "provider/mail",
      "provider/remoting",
    ]);
  });
});
