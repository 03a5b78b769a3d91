// The lab's Cloudflare without HTTP: the API that the adapter calls, answered by the routes that the lab serves, each request one call on the wire.

import { z } from "zod";
import { routeOf } from "../../lab/serve/cloudflare/routes.ts";
import { refusalJson } from "../../lab/serve/cloudflare/shapes.ts";
import { CloudflareRefusal } from "../../lab/world/zone-records.ts";
import type { Zones } from "../../lab/world/zones.ts";
import type { CloudflareApi } from "../../provider/dns/cloudflare/api.ts";
import { type Call, statusError } from "../../provider/dns/cloudflare/errors.ts";
import type { Act } from "./journal.ts";
import type { Wire } from "./wire.ts";

/** As many items as any list here has. */
const perPage = "50";
const items = z.array(z.unknown());

export function memoryCloudflare(wire: Wire): CloudflareApi {
  return {
    list: (call, path, query, item) => {
      const asked = new URLSearchParams({ ...query, per_page: perPage });
      return wire.call(`Cloudflare: ${call.doing}`, ({ zones }) => {
        const listed = items.parse(answer(zones, call, "GET", `${path}?${asked}`, ""));
        return listed.map((one) => item.parse(one));
      });
    },
    send: async (call, method, path, body, { beforeSend }) => {
      const act: Act = ({ zones }) => answer(zones, call, method.toUpperCase(), path, JSON.stringify(body ?? {}));
      await wire.change(`Cloudflare: ${call.doing}`, beforeSend, act);
    },
  };
}

function answer(zones: Zones, call: Call, method: string, path: string, body: string): unknown {
  try {
    return routeOf(zones, method, new URL(path, "http://cloudflare"), body).perform().result;
  } catch (error) {
    throw error instanceof CloudflareRefusal ? statusError(call, error.status, refusalJson(error)) : error;
  }
}
