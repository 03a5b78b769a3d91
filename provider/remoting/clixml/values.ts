// What a CLIXML document says, as plain values. Wire names (TN, MS, Props) end here.
// Sources: [MS-PSRP] 2.2.5; shapes seen in recordings of Exchange 2010 to 2019 and PowerShell 7.6.

/** A value as it came or as it will be sent. Whole numbers of 64 bits are `bigint`; a date keeps the text of the wire beside its instant. */
export type PsValue = null | string | number | bigint | boolean | Uint8Array | PsDate | PsTagged | PsObject | readonly PsValue[];

/** A DT element: `text` as on the wire (7 fraction digits, `Z`, an offset or neither). */
export class PsDate {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** Milliseconds since 1970; a text with neither `Z` nor offset is read as UTC. `NaN` when it is no date. */
  get epochMs(): number {
    const trimmed = this.text.replace(/(\.\d{3})\d+/, "$1");
    return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  }
}

/** A primitive whose wire type has no plain value of its own: `C`, `By`, `TS`, `G`, `URI`, `Version`, `SS`, `D`, `XD`, `SB`, and sized integers. */
export class PsTagged {
  readonly tag: string;
  readonly text: string;
  constructor(tag: string, text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/** An Obj element. */
export interface PsObject {
  readonly kind: "object";
  /** Most derived first; empty when the wire named none. */
  readonly typeNames: readonly string[];
  /** The ToString element: for an enum its name, for a size its text. */
  readonly text?: string;
  /** Adapted properties (`Props`). */
  readonly properties: ReadonlyMap<string, PsValue>;
  /** Extended properties (`MS`). */
  readonly notes: ReadonlyMap<string, PsValue>;
  /** The unnamed primitive of a boxed value or an enum's number. */
  readonly value?: PsValue;
  readonly items?: { readonly container: "LST" | "IE" | "QUE" | "STK"; readonly values: readonly PsValue[] };
  readonly entries?: readonly (readonly [PsValue, PsValue])[];
}

/** Whether a value is an Obj, and not a list, a date, bytes or a primitive. */
export function isPsObject(value: PsValue | undefined): value is PsObject {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
}

/** Whether a value is a plain list. `Array.isArray` alone does not narrow a readonly array. */
export function isPsList(value: PsValue | undefined): value is readonly PsValue[] {
  return Array.isArray(value);
}

/** Type names of PowerShell's `Object[]`, what an array is on the wire. */
export const OBJECT_ARRAY: readonly string[] = ["System.Object[]", "System.Array", "System.Object"];

/** The tags that `PsTagged` may carry. */
export const TAGGED_ELEMENTS: ReadonlySet<string> = new Set("C By SB I16 U16 U32 U64 Sg D TS G URI Version SS XD SBK".split(" "));

/** Objects nested deeper than this are refused, on the way in and out: nothing real comes near, and a hostile text must not exhaust the stack. */
export const MAX_DEPTH = 200;

/** A text that is not CLIXML, or a value that CLIXML cannot say. `line` and `column` count from 1; both 0 where there is no text. */
export class ClixmlError extends Error {
  override readonly name = "ClixmlError";
  readonly line: number;
  readonly column: number;
  constructor(what: string, line = 0, column = 0) {
    super(line === 0 ? what : `CLIXML line ${line}, column ${column}: ${what}`);
    this.line = line;
    this.column = column;
  }
}
