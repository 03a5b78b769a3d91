// Cloudflare's API v4 through its official SDK: one request, one envelope checked, nothing retried (that is the engine's).
// Answers are read by schema: an answer that is not Cloudflare's is an error and never an empty listing.
import type { BaseCloudflare } from "cloudflare";
import { z } from "zod";
import type { ActOptions } from "../../common/options.ts";
import { once } from "../../common/readings.ts";
import { DnsError } from "../record-sets.ts";
import { type Call, cloudflareError } from "./errors.ts";
import { loadSdk } from "./sdk.ts";

export interface CloudflareOptions {
  /** Name of the zone, such as `contoso.com`. */
  readonly zone: string;
  /** An API token with Zone Read and DNS Edit for that zone. */
  readonly token: { reveal(): string };
  /** Absent: Cloudflare's own. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds for one request and its answer. Default 30000. */
  readonly timeoutMs?: number;
}

export interface CloudflareApi {
  /** All items of a list, page by page. @throws {DnsError} */
  list<T>(call: Call, path: string, query: Readonly<Record<string, string>>, item: z.ZodType<T>): Promise<readonly T[]>;
  /** Sends one change. @throws {DnsError} */
  send(call: Call, method: "post" | "delete", path: string, body: object | undefined, options: ActOptions): Promise<void>;
}

/** The most that one page of zones may have; a page of records may have far more. */
const PER_PAGE = { zones: 50, records: 1_000 };

const envelope = z.object({
  success: z.literal(true),
  result: z.unknown(),
  result_info: z.object({ per_page: z.number().optional() }).nullish(),
});

/** The API with `options.token`. */
export function cloudflareApi(options: CloudflareOptions): CloudflareApi {
  const client = once(() => clientOf(options));

  async function ask(
    call: Call,
    request: (client: BaseCloudflare, signal: AbortSignal) => Promise<unknown>,
    { beforeSend }: ActOptions = {},
  ): Promise<z.infer<typeof envelope>> {
    const sdk = loadSdk();
    const ready = await client();
    await beforeSend?.();
    try {
      const answer = envelope.safeParse(await request(ready, AbortSignal.timeout(timeoutOf(options))));
      if (answer.success) return answer.data;
      throw new DnsError("invalidAnswer", `Cloudflare: ${call.doing}: the answer has not the form of this API`);
    } catch (error) {
      throw cloudflareError(sdk, call, error);
    }
  }

  return {
    async list(call, path, query, item) {
      const perPage = path === "/zones" ? PER_PAGE.zones : PER_PAGE.records;
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; ; page++) {
        const asked = { ...query, page: String(page), per_page: String(perPage) };
        const answer = await ask(call, (sdk, signal) => sdk.get<unknown>(path, { query: asked, signal }));
        const found = z.array(item).safeParse(answer.result);
        if (!found.success) {
          throw new DnsError("invalidAnswer", `Cloudflare: ${call.doing}: the list has items that are not of this API`, {
            cause: found.error,
          });
        }
        items.push(...found.data);
        // A server may give smaller pages than it was asked for; one that does not say so is asked until a page is empty.
        if (found.data.length === 0 || found.data.length < (answer.result_info?.per_page ?? 0)) return items;
      }
    },
    async send(call, method, path, body, acting) {
      await ask(call, (sdk, signal) => sdk[method]<unknown>(path, { ...(body === undefined ? {} : { body }), signal }), acting);
    },
  };
}

async function clientOf(options: CloudflareOptions): Promise<BaseCloudflare> {
  const apiToken = options.token.reveal();
  // Checked here because fetch quotes a header that it cannot send, token and all.
  if (!/^[\x21-\x7e]+$/.test(apiToken)) {
    throw new DnsError("denied", `Cloudflare: the token for ${options.zone} is empty or has characters that no token has`);
  }
  const { BaseCloudflare } = loadSdk();
  return new BaseCloudflare({
    apiToken,
    // Without these the SDK would take other credentials and another address from the environment.
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: options.baseUrl ?? "https://api.cloudflare.com/client/v4",
    maxRetries: 0,
    timeout: timeoutOf(options),
    logLevel: "off",
  });
}

function timeoutOf(options: CloudflareOptions): number {
  return options.timeoutMs ?? 30_000;
}
