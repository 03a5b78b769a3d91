// Reads CLIXML: an `<Objs>` document or one bare element, as PSRP sends it, with positions for what is wrong.
// Refs and type name tables live as long as one text. Drops `SerializationData` (three quarters of an Exchange dump, a BinaryFormatter blob
// that nobody here may read). Source: [MS-PSRP] 2.2.5; what it says of dialects was seen in recordings.
import { ownCopy, XmlError, XmlReader } from "../xml/reader.ts";
import { unescapeText } from "./escapes.ts";
import { type OpenObject, plainListOf } from "./open-object.ts";
import { isPrimitive, primitiveOf } from "./primitives.ts";
import { ClixmlError, MAX_DEPTH, type PsValue } from "./values.ts";

/**
 * The values of a CLIXML text, in order; none for an empty text, an empty `<Objs>` (how `$null` output looks on the wire).
 * `Object[]` becomes a plain list; everything else that is an Obj stays a `PsObject`. The same object named twice is the same value twice.
 * @throws {ClixmlError} with line and column
 */
export function decodeClixml(xml: string): PsValue[] {
  const text = xml.startsWith("\ufeff") ? xml.slice(1) : xml;
  if (text.trim() === "") return [];
  try {
    return new Decoder(new XmlReader(text, MAX_DEPTH)).read();
  } catch (error) {
    throw error instanceof XmlError ? new ClixmlError(error.message, error.line, error.column) : error;
  }
}

/**
 * As `decodeClixml`, from a file's bytes: UTF-16 when a byte order mark says so, else UTF-8.
 * @throws {ClixmlError} also when the bytes are no text
 */
export function decodeClixmlBytes(bytes: Uint8Array): PsValue[] {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return decodeClixml(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) throw new ClixmlError(`the bytes are not ${encoding.toUpperCase()}`);
    throw error;
  }
}

const NO_MEMBERS: ReadonlyMap<string, PsValue> = new Map();

const PROGRESS_NAMES: Readonly<Record<string, string>> = {
  AV: "Activity",
  AI: "ActivityId",
  PI: "ParentActivityId",
  PC: "PercentComplete",
  T: "Type",
  SR: "SecondsRemaining",
  SD: "StatusDescription",
};

class Decoder {
  readonly #reader: XmlReader;
  readonly #objects = new Map<string, PsValue>();
  /** Objects whose element has not ended. */
  readonly #open = new Set<PsValue>();
  readonly #typeNames = new Map<string, readonly string[]>();

  constructor(reader: XmlReader) {
    this.#reader = reader;
  }

  read(): PsValue[] {
    const values: PsValue[] = [];
    this.#reader.next(); // the root, for a text that is not blank has one
    if (this.#reader.tag.name === "Objs") this.#inside(() => values.push(this.#value()));
    else values.push(this.#value());
    this.#reader.next(); // sees that nothing stands behind it
    return values;
  }

  /** Calls `child` after each start tag inside the element whose own start tag was just read, and reads its end. */
  #inside(child: (tag: string, attributes: ReadonlyMap<string, string>) => void): void {
    for (;;) {
      switch (this.#reader.next()) {
        case "start": {
          const { name, attributes } = this.#reader.tag;
          child(name, attributes);
          break;
        }
        case "text": {
          const text = this.#reader.text.trim();
          if (text !== "") this.#reader.fail(`text where only elements belong: "${text.slice(0, 40)}"`);
          break;
        }
        default:
          return;
      }
    }
  }

  /** The text of the element whose start tag was just read. */
  #text(): string {
    let text = "";
    for (;;) {
      switch (this.#reader.next()) {
        case "start":
          return this.#reader.fail(`<${this.#reader.tag.name}> inside an element that holds text only`);
        case "text":
          text = text === "" ? this.#reader.text : text + this.#reader.text;
          break;
        default:
          return kept(text);
      }
    }
  }

  /** Reads to the end of an element that says all in its attributes. */
  #empty(): void {
    this.#inside((tag) => this.#reader.fail(`<${tag}> inside an element that holds text only`));
  }

  /** The value whose start tag was just read. */
  #value(): PsValue {
    const { name: tag, attributes } = this.#reader.tag;
    if (tag === "Obj") return this.#object(attributes.get("RefId"));
    if (tag === "Ref") return this.#ref(attributes.get("RefId") ?? "");
    if (tag === "PR") return this.#progress();
    if (!isPrimitive(tag)) return this.#reader.fail(`<${tag}> is not an element of CLIXML here`);
    const text = this.#text();
    return this.#positioned(() => primitiveOf(tag, text));
  }

  #ref(refId: string): PsValue {
    const value = this.#objects.get(refId);
    if (value === undefined) return this.#reader.fail(`Ref names RefId "${refId}", which no earlier Obj has`);
    this.#empty();
    return value;
  }

  #object(refId: string | undefined): PsValue {
    const object: OpenObject = { kind: "object", typeNames: [], properties: NO_MEMBERS, notes: NO_MEMBERS };
    if (refId !== undefined) this.#objects.set(refId, object);
    this.#open.add(object);
    this.#inside((tag, attributes) => this.#part(object, tag, attributes.get("RefId")));
    this.#open.delete(object);
    const value = plainListOf(object) ?? object;
    if (refId !== undefined) this.#objects.set(refId, value);
    return value;
  }

  /** An element directly inside an Obj. */
  #part(object: OpenObject, tag: string, refId: string | undefined): void {
    switch (tag) {
      case "TN":
        object.typeNames = this.#types(refId);
        return;
      case "TNRef":
        object.typeNames =
          this.#typeNames.get(refId ?? "") ?? this.#reader.fail(`TNRef names RefId "${refId ?? ""}", which no earlier TN has`);
        this.#empty();
        return;
      case "ToString":
        object.text = unescapeText(this.#text());
        return;
      case "Props":
        object.properties = this.#members();
        return;
      case "MS":
        object.notes = this.#members();
        return;
      case "LST":
      case "IE":
      case "QUE":
      case "STK": {
        const values: PsValue[] = [];
        this.#inside(() => values.push(this.#value()));
        object.items = { container: tag, values: values.slice() }; // without the room that push leaves for more
        return;
      }
      case "DCT": {
        const entries: (readonly [PsValue, PsValue])[] = [];
        object.entries = entries;
        this.#inside((inner) => entries.push(inner === "En" ? this.#entry() : this.#reader.fail(`<${inner}> inside <DCT>`)));
        return;
      }
      default: {
        const value = this.#value();
        // A member may name the object that it is in; what an object boxes may not, or its text would have no end.
        if (this.#open.has(value)) this.#reader.fail("an Obj boxes an Obj that it is in");
        object.value = value;
      }
    }
  }

  #types(refId: string | undefined): readonly string[] {
    const names: string[] = [];
    this.#inside((tag) => names.push(tag === "T" ? unescapeText(this.#text()) : this.#reader.fail(`<${tag}> inside <TN>`)));
    const own = names.slice();
    if (refId !== undefined) this.#typeNames.set(refId, own);
    return own;
  }

  #members(): ReadonlyMap<string, PsValue> {
    const members = new Map<string, PsValue>();
    this.#inside((tag, attributes) => {
      const name = attributes.get("N");
      if (name === undefined) return this.#reader.fail(`<${tag}> is a property without a name`);
      if (tag === "BA" && name === "SerializationData") this.#text();
      else members.set(unescapeText(name), this.#value());
    });
    return members;
  }

  #entry(): readonly [PsValue, PsValue] {
    const pair = this.#members();
    const [key, value] = [pair.get("Key"), pair.get("Value")];
    if (key === undefined || value === undefined || pair.size !== 2) return this.#reader.fail("<En> needs one Key and one Value");
    return [key, value];
  }

  /** PSSerializer's short form of a ProgressRecord; over PSRP the same comes as an Obj with these notes. */
  #progress(): PsValue {
    const notes = new Map<string, PsValue>();
    this.#inside((tag) => {
      const name = PROGRESS_NAMES[tag];
      if (name === undefined) notes.set("CurrentOperation", this.#value());
      else notes.set(name, unescapeText(this.#text()));
    });
    return { kind: "object", typeNames: ["System.Management.Automation.ProgressRecord", "System.Object"], properties: NO_MEMBERS, notes };
  }

  /** Adds the position to what a value's own reader found wrong. */
  #positioned<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof ClixmlError) this.#reader.fail(error.message);
      throw error;
    }
  }
}

/** Longer ones hardly ever come twice. */
const LONGEST_SHARED = 512;
const MOST_SHARED = 2_048;
const shared = new Map<string, string>();

/** The same text without the message that it was cut from, once for all that are alike: without this, 20,000 objects take 37 MB more. */
function kept(text: string): string {
  if (text.length > LONGEST_SHARED) return ownCopy(text);
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= MOST_SHARED) shared.clear();
  const own = ownCopy(text);
  shared.set(own, own);
  return own;
}
