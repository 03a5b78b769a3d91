// Cloudflare's API v4 over HTTP: one request, one envelope checked, nothing retried (that is the engine's).
// Answers are read by schema: an answer that is not Cloudflare's is an error and never an empty listing.
// Not through the official SDK: it takes half a second to load, in every preview, for the three plain requests that are made here.
import { z } from "zod";
import { DnsError } from "../record-sets.ts";
import { type Call, cloudflareError, statusError } from "./errors.ts";

export interface CloudflareOptions {
  /** Name of the zone, such as `contoso.com`. */
  readonly zone: string;
  /** An API token with Zone Read and DNS Edit for that zone. */
  readonly token: { reveal(): string };
  /** Absent: Cloudflare's own. */
  readonly baseUrl?: string;
  /** Milliseconds for one request and its answer. Default 30000. */
  readonly timeoutMs?: number;
}

export interface CloudflareApi {
  /** All items of a list, page by page. @throws {DnsError} */
  list<T>(call: Call, path: string, query: Readonly<Record<string, string>>, item: z.ZodType<T>): Promise<readonly T[]>;
  /** Sends one change. @throws {DnsError} */
  send(call: Call, method: "post" | "delete", path: string, body?: Readonly<Record<string, unknown>>): Promise<void>;
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
  async function ask(
    call: Call,
    method: string,
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<z.infer<typeof envelope>> {
    try {
      const answer = envelope.safeParse(await request(options, call, method, path, body));
      if (answer.success) return answer.data;
    } catch (error) {
      throw cloudflareError(call, error);
    }
    throw new DnsError("invalidAnswer", `Cloudflare: ${call.doing}: the answer has not the form of this API`);
  }

  return {
    async list(call, path, query, item) {
      const perPage = path === "/zones" ? PER_PAGE.zones : PER_PAGE.records;
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; ; page++) {
        const asked = { ...query, page: String(page), per_page: String(perPage) };
        const answer = await ask(call, "GET", `${path}?${new URLSearchParams(asked)}`);
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
    async send(call, method, path, body) {
      await ask(call, method.toUpperCase(), path, body);
    },
  };
}

/** Calls `make` once and shares what it gives; a failure is forgotten, so that the next caller tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Sends one request. @returns the JSON of a good answer @throws {DnsError} for one that says no; else what fetch throws */
async function request(
  options: CloudflareOptions,
  call: Call,
  method: string,
  path: string,
  body: Readonly<Record<string, unknown>> | undefined,
): Promise<unknown> {
  const token = options.token.reveal();
  // Checked here because fetch quotes a header that it cannot send, token and all.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new DnsError("denied", `Cloudflare: the token for ${options.zone} is empty or has characters that no token has`);
  }
  const response = await fetch(`${(options.baseUrl ?? "https://api.cloudflare.com/client/v4").replace(/\/$/, "")}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, Accept: "application/json", "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
  });
  if (response.ok) return await response.json();
  throw statusError(call, response.status, await response.json().catch(() => undefined), response.headers);
}
