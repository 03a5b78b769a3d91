// DNS records as the lab's Cloudflare keeps them, and what it refuses to keep. Codes and their sense: Cloudflare's API v4.
// Where no source tells a code, the comment beside it says so. MX, A, AAAA, CNAME and TXT only.
import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "TXT"] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface ZoneRecord {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Full name in lower case, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  readonly content: string;
  /** Of MX only. */
  readonly priority: number | undefined;
  /** Seconds; `1` is automatic, served as 300. */
  readonly ttl: number;
  readonly comment: string | null;
  readonly proxied: boolean;
  /** `name:value` each; paid plans only. */
  readonly tags: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Kept by Email Routing; the record API does not touch it. */
  readOnly: boolean;
  /** Lab time, milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** What a request says of a record; a PATCH may leave anything out. */
export interface RecordDraft {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly content?: string | undefined;
  readonly priority?: number | undefined;
  readonly ttl?: number | undefined;
  readonly comment?: string | null | undefined;
  readonly proxied?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

export type Plan = "free" | "enterprise";

export interface Refused {
  readonly code: number;
  readonly message: string;
}

/** A request that Cloudflare answers with an error. */
export class CloudflareRefusal extends Error {
  override readonly name = "CloudflareRefusal";
  /** HTTP status. */
  readonly status: number;
  readonly code: number;
  readonly chain: readonly Refused[];
  constructor(status: number, code: number, message: string, chain: readonly Refused[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
  }
}

/** Which records of one zone count as the same: whether the priority belongs to it is not known of the real API. */
export interface Identity {
  readonly countsPriority: boolean;
  /** `81058` (identical record) or `81057` (record already exists). */
  readonly code: 81057 | 81058;
}

type Fields = Omit<ZoneRecord, "id" | "readOnly" | "createdAtMs" | "modifiedAtMs">;

/** The fields of a record that `draft` asks for in `zone`. @throws {CloudflareRefusal} */
export function fieldsOf(draft: RecordDraft, zone: string, plan: Plan): Fields {
  const type = RECORD_TYPES.find((known) => known === draft.type);
  // 9000 to 9005 are said of malformed fields; which of them answers an unknown type is not known.
  if (type === undefined) throw new CloudflareRefusal(400, 9004, `DNS record type ${draft.type ?? ""} is invalid.`);
  if (draft.name === undefined || draft.name === "") throw new CloudflareRefusal(400, 9000, "DNS name is invalid.");
  const name = nameIn(zone, draft.name);
  const content = contentOf(type, draft.content ?? "");
  if (type === "MX") checkPriority(draft.priority);
  checkTtl(draft.ttl ?? 1, plan);
  const comment = draft.comment === "" || draft.comment === undefined ? null : draft.comment;
  const longest = plan === "free" ? 100 : 500;
  // The lengths are Cloudflare's; the code of the refusal is not known.
  if (comment !== null && comment.length > longest) {
    throw new CloudflareRefusal(400, 1004, "DNS Validation Error", [
      { code: 9300, message: `Comment must have at most ${longest} characters.` },
    ]);
  }
  if (draft.proxied === true && (type === "MX" || type === "TXT")) {
    throw new CloudflareRefusal(400, 9004, "This record type cannot be proxied.");
  }
  const { tags = [], settings = {} } = draft;
  // That a free plan has no tags is Cloudflare's; the code of the refusal is not known.
  if (tags.length > 0 && plan === "free") {
    throw new CloudflareRefusal(400, 1004, "DNS Validation Error", [{ code: 9301, message: "Tags are not available on this plan." }]);
  }
  return {
    name,
    type,
    content,
    priority: type === "MX" ? draft.priority : undefined,
    ttl: draft.ttl ?? 1,
    comment,
    proxied: draft.proxied === true,
    tags,
    settings,
  };
}

/** Refuses `fields` beside `others`, the other records of the zone. @throws {CloudflareRefusal} */
export function refuseConflict(fields: Fields, others: Iterable<ZoneRecord>, identity: Identity): void {
  for (const other of others) {
    if (other.name !== fields.name) continue;
    const samePriority = !identity.countsPriority || other.priority === fields.priority;
    if (other.type === fields.type && other.content === fields.content && samePriority) {
      const words = identity.code === 81058 ? "An identical record already exists." : "The record already exists.";
      throw new CloudflareRefusal(400, identity.code, words);
    }
    if (fields.type === "CNAME" && isAddressOrAlias(other.type)) {
      throw new CloudflareRefusal(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
    }
    if (other.type === "CNAME" && isAddressOrAlias(fields.type)) {
      throw new CloudflareRefusal(400, 81054, "A CNAME record with that host already exists.");
    }
  }
}

/** Refuses a change of a record that Email Routing keeps. The code of this refusal is not known. @throws {CloudflareRefusal} */
export function refuseReadOnly(record: ZoneRecord): void {
  if (record.readOnly) throw new CloudflareRefusal(400, 1046, "This record is managed by Email Routing. Unlock it there to change it.");
}

/** Email Routing locks the MX of a name as a whole: nothing may be put beside them. @throws {CloudflareRefusal} */
export function refuseBesideLocked(fields: { readonly name: string; readonly type: string }, others: readonly ZoneRecord[]): void {
  const locked = others.find((other) => other.readOnly && other.name === fields.name && other.type === fields.type);
  if (locked !== undefined) refuseReadOnly(locked);
}

/** A name as zones hold it, in A-labels and lower case, from either spelling. */
export function asciiName(name: string): string {
  const plain = name.toLowerCase().replace(/\.$/, "");
  return [...plain].every((letter) => letter <= "\x7f") ? plain : domainToASCII(plain);
}

/** `@`, a relative name, or a full one with or without the dot at the end: the full name. */
export function nameIn(zone: string, name: string): string {
  const plain = asciiName(name);
  if (plain === "@" || plain === zone) return zone;
  return plain.endsWith(`.${zone}`) ? plain : `${plain}.${zone}`;
}

function contentOf(type: RecordType, raw: string): string {
  const host = asciiName(raw);
  if (type === "MX" && !isHostName(host)) throw new CloudflareRefusal(400, 9009, "MX content must be a host name.");
  if (type === "A" && !isIPv4(raw)) throw new CloudflareRefusal(400, 9005, "Content for A record must be a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(raw)) throw new CloudflareRefusal(400, 9005, "Content for AAAA record must be a valid IPv6 address.");
  if (type === "CNAME" && !isHostName(host)) throw new CloudflareRefusal(400, 9005, "Content for CNAME record must be a host name.");
  if (raw === "") throw new CloudflareRefusal(400, 9005, `Content for ${type} record is empty.`);
  return type === "MX" || type === "CNAME" ? host : raw;
}

function checkPriority(priority: number | undefined): void {
  if (priority === undefined) throw new CloudflareRefusal(400, 9100, "priority is a required field.");
  if (!Number.isInteger(priority) || priority < 0 || priority > 65_535) {
    throw new CloudflareRefusal(400, 9100, "priority must be a whole number from 0 to 65535.");
  }
}

function checkTtl(ttl: number, plan: Plan): void {
  const least = plan === "enterprise" ? 30 : 60;
  if (ttl === 1 || (Number.isInteger(ttl) && ttl >= least && ttl <= 86_400)) return;
  throw new CloudflareRefusal(400, 9021, `TTL must be between ${least} and 86400 seconds, or 1 for Automatic.`);
}

function isAddressOrAlias(type: RecordType): boolean {
  return type === "A" || type === "AAAA" || type === "CNAME";
}

function isHostName(host: string): boolean {
  return /[a-z]/.test(host) && host.split(".").every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) && !isIPv6(host);
}
