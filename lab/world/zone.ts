// What a DNS zone of the lab is, what it is made of, and what one request may change of it.
import type { Identity, Plan, RecordDraft, ZoneRecord } from "./zone-records.ts";

export interface ZonesOptions {
  /** Lab milliseconds until the first server shows a change, at the least. Default 1000. */
  readonly primaryLagMs?: number;
  /** Lab milliseconds after the first server until another shows it. Default 20000. */
  readonly secondaryLagMs?: number;
  /** The most that chance adds to either lag, for each record anew. Default 2000. */
  readonly perRecordLagMs?: number;
  /** Of every zone; the first is the primary. Default ns1 and ns2 of contoso-dns.net. */
  readonly nameServers?: readonly string[];
  readonly identity?: Identity;
  readonly seed?: number;
}

export interface ZoneInit {
  readonly name: string;
  readonly plan?: Plan;
  readonly status?: Zone["status"];
  readonly type?: Zone["type"];
  /** Served from the start, as if they had been there for long. `readOnly`: kept by Email Routing. */
  readonly records?: readonly (RecordDraft & { readonly readOnly?: boolean })[];
}

export interface Zone {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly status: "active" | "pending" | "initializing" | "moved";
  readonly type: "full" | "partial" | "secondary";
  readonly createdAtMs: number;
  /** The servers that the zone above names: a registrar changes them. */
  readonly delegation: string[];
  /** The servers that the API names. */
  readonly listed: string[];
  readonly records: ReadonlyMap<string, ZoneRecord>;
}

export interface Batch {
  readonly deletes?: readonly { readonly id: string }[] | undefined;
  readonly patches?: readonly (RecordDraft & { readonly id: string })[] | undefined;
  readonly puts?: readonly (RecordDraft & { readonly id: string })[] | undefined;
  readonly posts?: readonly RecordDraft[] | undefined;
}

export interface BatchResult {
  readonly deletes: readonly ZoneRecord[];
  readonly patches: readonly ZoneRecord[];
  readonly puts: readonly ZoneRecord[];
  readonly posts: readonly ZoneRecord[];
}

/** A name server that the API does not list. */
export interface OtherServer {
  readonly name: string;
  /** What it answers: what the listed servers do, somewhat later; what the zone held when it began, for ever; or that it does not serve the zone. */
  readonly serves: "follows" | "keeps" | "nothing";
  /** Who names it. */
  readonly namedBy: "parent" | "zone";
}
