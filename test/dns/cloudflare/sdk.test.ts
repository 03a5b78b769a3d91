// What of Cloudflare's SDK is loaded: its client and errors, none of its functions; and nothing but that is left out.
import { deepEqual, equal } from "node:assert/strict";
import { createRequire } from "node:module";
import { loadSdk } from "../../../provider/dns/cloudflare/sdk.ts";

const require = createRequire(import.meta.url);

it("Cloudflare's SDK is loaded without its functions, which others can still load", () => {
  const { BaseCloudflare } = loadSdk();
  const functions = Object.entries(require.cache).filter(([file]) => /[\\/]cloudflare[\\/]resources[\\/]/.test(file));
  deepEqual(
    functions.flatMap(([, module]) => Object.keys(module?.exports)),
    [],
  );
  equal(typeof new BaseCloudflare({ apiToken: "x" }).get, "function");
  equal(typeof require("cloudflare/resources/zones/holds").Holds, "function");
});
