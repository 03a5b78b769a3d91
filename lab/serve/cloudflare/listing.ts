// Lists of the lab's Cloudflare: which items a query selects, and the page of them that it asked for.
// A page past the end is empty; clients that page until then depend on it. Filters are dotted, or plain as old clients send them.
import { asciiName, CloudflareRefusal } from "../../world/zone-records.ts";

export interface Page {
  readonly result: readonly unknown[];
  readonly result_info: {
    readonly page: number;
    readonly per_page: number;
    readonly count: number;
    readonly total_count: number;
    readonly total_pages: number;
  };
}

/** Pages as `page` and `per_page` of `query` say. @throws {CloudflareRefusal} when they are no numbers that make sense */
export function pageOf(items: readonly unknown[], query: URLSearchParams, usual: number, most: number): Page {
  const page = positive(query, "page", 1, Number.MAX_SAFE_INTEGER);
  const perPage = positive(query, "per_page", usual, most);
  const result = items.slice((page - 1) * perPage, page * perPage);
  return {
    result,
    result_info: {
      page,
      per_page: perPage,
      count: result.length,
      total_count: items.length,
      total_pages: Math.max(1, Math.ceil(items.length / perPage)),
    },
  };
}

/** One text field of an item, by the name that filters give it. */
export type Field<T> = (item: T) => string;

/** The items that `query` selects: every filter must hold, or with `match=any` at least one. */
export function select<T>(items: readonly T[], query: URLSearchParams, fields: Readonly<Record<string, Field<T>>>): readonly T[] {
  const filters: ((item: T) => boolean)[] = [];
  for (const [key, value] of query) {
    const [name = "", how = "exact"] = key.split(".");
    const field = fields[name];
    if (field === undefined) continue;
    const wanted = name === "name" ? asciiName(value) : value.toLowerCase();
    filters.push((item) => isMatch(field(item).toLowerCase(), how, wanted));
  }
  const any = query.get("match") === "any";
  return filters.length === 0
    ? items
    : items.filter((item) => (any ? filters.some((holds) => holds(item)) : filters.every((holds) => holds(item))));
}

function isMatch(text: string, how: string, wanted: string): boolean {
  switch (how) {
    case "exact":
      return text === wanted;
    case "contains":
      return text.includes(wanted);
    case "startswith":
      return text.startsWith(wanted);
    case "endswith":
      return text.endsWith(wanted);
    case "present":
      return text !== "";
    case "absent":
      return text === "";
    default:
      throw new CloudflareRefusal(400, 1004, `Unknown filter "${how}"`);
  }
}

function positive(query: URLSearchParams, name: string, usual: number, most: number): number {
  const value = Number(query.get(name) ?? usual);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new CloudflareRefusal(400, 1004, `${name} must be a whole number from 1 to ${most}`);
}
