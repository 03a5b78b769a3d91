// Writes CLIXML as it stands on the PSRP wire: no indentation, RefIds counted per text, an object named twice written once.
// Source: [MS-PSRP] 2.2.5; the order of an Obj's parts is that of PowerShell 7.6.5 (TN, ToString, value, Props, MS).
import { escapeText } from "./escapes.ts";
import {
  ClixmlError,
  isPsList,
  isPsObject,
  MAX_DEPTH,
  OBJECT_ARRAY,
  PsDate,
  type PsObject,
  PsTagged,
  type PsValue,
  TAGGED_ELEMENTS,
} from "./values.ts";

/**
 * One bare element. Decoding gives the value back, except that a whole number beyond 32 bits comes back as `bigint`
 * and a sized `PsTagged` keeps its tag.
 * @throws {ClixmlError} for a tag that CLIXML does not have, a `bigint` beyond 64 bits or nesting beyond 200
 */
export function encodeClixml(value: PsValue): string {
  return new Writer().element(value, undefined, 0);
}

/** An `<Objs>` document. @throws {ClixmlError} as `encodeClixml` */
export function encodeClixmlDocument(values: readonly PsValue[]): string {
  const writer = new Writer();
  const elements = values.map((value) => writer.element(value, undefined, 0));
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${elements.join("")}</Objs>`;
}

class Writer {
  readonly #objects = new Map<object, number>();
  readonly #typeNames = new Map<string, number>();
  #nextRefId = 0;

  element(value: PsValue, name: string | undefined, depth: number): string {
    if (isPsList(value)) return this.#object(value, { typeNames: OBJECT_ARRAY, items: { container: "LST", values: value } }, name, depth);
    if (isPsObject(value)) return this.#object(value, value, name, depth);
    return primitive(value, name);
  }

  #object(identity: object, object: Partial<PsObject>, name: string | undefined, depth: number): string {
    const known = this.#objects.get(identity);
    if (known !== undefined) return `<Ref${named(name)} RefId="${known}" />`;
    if (depth >= MAX_DEPTH / 2) throw new ClixmlError(`a value is nested deeper than ${MAX_DEPTH / 2} objects`);
    const refId = this.#nextRefId++;
    this.#objects.set(identity, refId);
    const { typeNames, text, value, items, entries, properties, notes } = object;
    let parts = typeNames === undefined ? "" : this.#types(typeNames);
    if (text !== undefined) parts += `<ToString>${escapeText(text)}</ToString>`;
    if (value !== undefined) parts += this.element(value, undefined, depth + 1);
    if (items !== undefined) parts += this.#items(items.container, items.values, depth + 1);
    if (entries !== undefined) parts += this.#entries(entries, depth + 1);
    if (properties !== undefined) parts += this.#members("Props", properties, depth + 1);
    if (notes !== undefined) parts += this.#members("MS", notes, depth + 1);
    return `<Obj${named(name)} RefId="${refId}">${parts}</Obj>`;
  }

  #types(names: readonly string[]): string {
    if (names.length === 0) return "";
    const key = names.join("\n");
    const known = this.#typeNames.get(key);
    if (known !== undefined) return `<TNRef RefId="${known}" />`;
    const refId = this.#typeNames.size;
    this.#typeNames.set(key, refId);
    return `<TN RefId="${refId}">${names.map((type) => `<T>${escapeText(type)}</T>`).join("")}</TN>`;
  }

  #items(container: string, values: readonly PsValue[], depth: number): string {
    if (values.length === 0) return `<${container} />`;
    return `<${container}>${values.map((value) => this.element(value, undefined, depth)).join("")}</${container}>`;
  }

  #entries(entries: readonly (readonly [PsValue, PsValue])[], depth: number): string {
    const written = entries.map(([key, value]) => `<En>${this.element(key, "Key", depth)}${this.element(value, "Value", depth)}</En>`);
    return written.length === 0 ? "<DCT />" : `<DCT>${written.join("")}</DCT>`;
  }

  #members(tag: "Props" | "MS", members: ReadonlyMap<string, PsValue>, depth: number): string {
    if (members.size === 0) return "";
    let written = "";
    for (const [name, value] of members) written += this.element(value, name, depth);
    return `<${tag}>${written}</${tag}>`;
  }
}

function primitive(value: PsValue, name: string | undefined): string {
  if (value === null) return `<Nil${named(name)} />`;
  if (typeof value === "string") return tagged("S", escapeText(value), name);
  if (typeof value === "boolean") return tagged("B", String(value), name);
  if (typeof value === "number") return number(value, name);
  if (typeof value === "bigint") return int64(value, name);
  if (value instanceof Uint8Array) return tagged("BA", Buffer.from(value).toString("base64"), name);
  if (value instanceof PsDate) return tagged("DT", escapeText(value.text), name);
  if (value instanceof PsTagged && TAGGED_ELEMENTS.has(value.tag)) return tagged(value.tag, escapeText(value.text), name);
  throw new ClixmlError(value instanceof PsTagged ? `CLIXML has no element <${value.tag}>` : "not a value that CLIXML can say");
}

function number(value: number, name: string | undefined): string {
  if (value === (value | 0) && !Object.is(value, -0)) return tagged("I32", String(value), name);
  if (Number.isSafeInteger(value) && value !== 0) return int64(BigInt(value), name);
  const text = Number.isNaN(value)
    ? "NaN"
    : Object.is(value, -0)
      ? "-0"
      : value === Infinity
        ? "INF"
        : value === -Infinity
          ? "-INF"
          : String(value).toUpperCase();
  return tagged("Db", text, name);
}

function int64(value: bigint, name: string | undefined): string {
  if (BigInt.asIntN(64, value) !== value) throw new ClixmlError(`${value} does not fit 64 bits`);
  return tagged("I64", String(value), name);
}

function tagged(tag: string, text: string, name: string | undefined): string {
  return `<${tag}${named(name)}>${text}</${tag}>`;
}

function named(name: string | undefined): string {
  return name === undefined ? "" : ` N="${escapeText(name)}"`;
}
