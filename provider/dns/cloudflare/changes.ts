// What makes one set of another at Cloudflare: records to delete, to patch and to post, and the one request that does it. Pure.
import { bears, type DnsRecord, type RecordSet } from "../record-sets.ts";
import { exchangeOf } from "../sets.ts";
import type { CloudflareRecord } from "./records.ts";

export interface Request {
  /** For the sentence of an error: `adding MX 10 buffer.contoso-mail.net to contoso.com` */
  readonly doing: string;
  readonly method: "post" | "delete";
  /** After `/zones/<id>/dns_records`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The request that makes `wanted` of `records`: a record alone as itself, several in one batch, which Cloudflare stores as a whole or not at all. */
export function requestFor(wanted: RecordSet, records: readonly CloudflareRecord[]): Request {
  const { name, type, ttlSeconds: ttl } = wanted;
  const deletes = records.filter(({ data }) => !wanted.records.some((record) => record.data === data));
  // An empty comment clears it.
  const patches = records.flatMap(({ id, data, comment = "", ttlSeconds, attributes }) => {
    const record = wanted.records.find((candidate) => candidate.data === data);
    const isSo = record === undefined || ((record.comment ?? "") === comment && ttlSeconds === ttl && bears(attributes, record.attributes));
    return isSo ? [] : [{ ...record.attributes, id, ttl, comment: record.comment ?? "" }];
  });
  const added = wanted.records.filter(({ data }) => !records.some((record) => record.data === data));
  const [[goes], [comes]] = [deletes, added];
  const isAlone = deletes.length + patches.length + added.length === 1;
  if (isAlone && comes !== undefined)
    return { doing: `adding ${type} ${comes.data} to ${name}`, method: "post", path: "", body: bodyOf(wanted, comes) };
  if (isAlone && goes !== undefined) return { doing: `removing ${type} ${goes.data} from ${name}`, method: "delete", path: `/${goes.id}` };
  const isRewrite = deletes.length + added.length === 0;
  return {
    doing: isRewrite ? `setting the TTL of the ${type} of ${name} to ${ttl} s, and their notes` : `replacing the ${type} of ${name}`,
    method: "post",
    path: "/batch",
    body: { deletes: deletes.map(({ id }) => ({ id })), patches, posts: added.map((record) => bodyOf(wanted, record)) },
  };
}

function bodyOf({ name, type, ttlSeconds: ttl }: RecordSet, { data, comment, attributes }: DnsRecord): Readonly<Record<string, unknown>> {
  const { preference: priority, exchange } = exchangeOf(data);
  const content = type === "MX" ? { content: exchange, priority } : { content: data };
  return { ...attributes, type, name, ...content, ttl, ...(comment === undefined ? {} : { comment }) };
}
