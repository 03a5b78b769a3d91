// Loads of Cloudflare's official SDK what is used here: the client that sends a request, and its errors. Its other thousand files are one function for
// each kind of request; none is called, and with them every preview of a zone waits a quarter of a second longer (npm run bench -- previews).
import { createRequire, registerHooks } from "node:module";
import type * as Sdk from "cloudflare";

export type CloudflareSdk = Pick<
  typeof Sdk,
  "BaseCloudflare" | "APIError" | "APIConnectionError" | "APIConnectionTimeoutError" | "APIUserAbortError"
>;

let loaded: CloudflareSdk | undefined;

/** As CommonJS, in which a file that is left out is an empty one. Only what is loaded in here is. */
export function loadSdk(): CloudflareSdk {
  if (loaded !== undefined) return loaded;
  const hooks = registerHooks({
    load: (url, context, next) =>
      url.includes("/cloudflare/resources/") ? { format: "commonjs", source: "", shortCircuit: true } : next(url, context),
  });
  try {
    loaded = createRequire(import.meta.url)("cloudflare") as CloudflareSdk;
    return loaded;
  } finally {
    hooks.deregister();
  }
}
