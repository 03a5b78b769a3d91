// Reads any CLIXML through an XML parser: an `<Objs>` document or bare elements, with positions for what is wrong. decode.ts chooses when.
// Refs and type name tables live as long as one text. Drops `SerializationData` (three quarters of an Exchange dump, a BinaryFormatter blob
// that nobody here may read). Refuses document types and any entity but XML's own five.
// Source: [MS-PSRP] 2.2.5; what it says of dialects was seen in recordings.
import { SaxesParser } from "saxes";
import { unescapeText } from "./escapes.ts";
import { type OpenObject, plainListOf } from "./open-object.ts";
import { isPrimitive, primitiveOf } from "./primitives.ts";
import { ClixmlError, MAX_DEPTH, type PsObject, type PsValue } from "./values.ts";

/** The values of a text that is not blank, in order. @throws {ClixmlError} with line and column */
export function readClixml(text: string): PsValue[] {
  return new Reader().read(text);
}

type Take = (value: PsValue, name: string | undefined) => void;

/** What an open element does with its children, its text and its end. */
interface Frame {
  child(tag: string, attributes: Readonly<Record<string, string>>): Frame;
  /** Absent: text other than blanks is an error. */
  text?(part: string): void;
  end?(): void;
}

const PROGRESS_NAMES: Readonly<Record<string, string>> = {
  AV: "Activity",
  AI: "ActivityId",
  S: "CurrentOperation",
  PI: "ParentActivityId",
  PC: "PercentComplete",
  T: "Type",
  SR: "SecondsRemaining",
  SD: "StatusDescription",
};

class Reader {
  readonly #values: PsValue[] = [];
  readonly #objects = new Map<string, PsValue>();
  /** Objects whose element has not ended. */
  readonly #open = new Set<PsValue>();
  readonly #typeNames = new Map<string, readonly string[]>();
  readonly #parser = new SaxesParser({ xmlns: false, position: true });

  read(xml: string): PsValue[] {
    const stack: Frame[] = [{ child: (tag, attributes) => this.#root(tag, attributes) }];
    const parser = this.#parser;
    parser.on("doctype", () => this.#fail("a document type is not accepted"));
    parser.on("error", (error) => this.#fail(error.message.replace(/^\d+:\d+: /, "")));
    parser.on("opentag", ({ name, attributes }) => {
      if (stack.length > MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH} elements`);
      const parent = stack.at(-1);
      if (parent !== undefined) stack.push(parent.child(name, attributes));
    });
    parser.on("text", (part) => this.#text(stack.at(-1), part));
    parser.on("cdata", (part) => this.#text(stack.at(-1), part));
    parser.on("closetag", () => this.#positioned(() => stack.pop()?.end?.()));
    parser.write(xml).close();
    return this.#values;
  }

  #root(tag: string, attributes: Readonly<Record<string, string>>): Frame {
    const take: Take = (value) => this.#values.push(value);
    return tag === "Objs" ? this.#list(take) : this.#value(tag, attributes, take);
  }

  #list(take: Take): Frame {
    return { child: (tag, attributes) => this.#value(tag, attributes, take) };
  }

  /** An element that is a value of its own. */
  #value(tag: string, attributes: Readonly<Record<string, string>>, take: Take): Frame {
    const name = attributes.N === undefined ? undefined : unescapeText(attributes.N);
    if (tag === "Obj") return this.#object(attributes.RefId, (value) => take(value, name));
    if (tag === "Ref") {
      const value = this.#objects.get(attributes.RefId ?? "");
      if (value === undefined) this.#fail(`Ref names RefId "${attributes.RefId ?? ""}", which no earlier Obj has`);
      take(value, name);
      return this.#empty();
    }
    if (tag === "PR") return this.#progress((value) => take(value, name));
    if (!isPrimitive(tag)) this.#fail(`<${tag}> is not an element of CLIXML here`);
    return this.#textual((text) => take(primitiveOf(tag, text), name));
  }

  #textual(done: (text: string) => void): Frame {
    let text = "";
    return {
      ...this.#empty(),
      text: (part) => {
        text += part;
      },
      end: () => done(text),
    };
  }

  #empty(): Frame {
    return { child: (tag) => this.#fail(`<${tag}> inside an element that holds text only`) };
  }

  #object(refId: string | undefined, done: (value: PsValue) => void): Frame {
    const object: OpenObject = { kind: "object", typeNames: [], properties: new Map(), notes: new Map() };
    if (refId !== undefined) this.#objects.set(refId, object);
    this.#open.add(object);
    return {
      child: (tag, attributes) => this.#part(object, tag, attributes),
      end: () => {
        this.#open.delete(object);
        const value = plainListOf(object) ?? object;
        if (refId !== undefined) this.#objects.set(refId, value);
        done(value);
      },
    };
  }

  /** An element directly inside an Obj. */
  #part(object: OpenObject, tag: string, attributes: Readonly<Record<string, string>>): Frame {
    switch (tag) {
      case "TN":
        return this.#types(object, attributes.RefId);
      case "TNRef":
        object.typeNames =
          this.#typeNames.get(attributes.RefId ?? "") ??
          this.#fail(`TNRef names RefId "${attributes.RefId ?? ""}", which no earlier TN has`);
        return this.#empty();
      case "ToString":
        return this.#textual((text) => {
          object.text = unescapeText(text);
        });
      case "Props":
        return this.#members(object.properties);
      case "MS":
        return this.#members(object.notes);
      case "LST":
      case "IE":
      case "QUE":
      case "STK": {
        const values: PsValue[] = [];
        object.items = { container: tag, values };
        return this.#list((value) => values.push(value));
      }
      case "DCT":
        return this.#dictionary(object);
      default:
        return this.#value(tag, attributes, (value) => {
          // A member may name the object that it is in; what an object boxes may not, or its text would have no end.
          if (this.#open.has(value)) this.#fail("an Obj boxes an Obj that it is in");
          object.value = value;
        });
    }
  }

  #types(object: OpenObject, refId: string | undefined): Frame {
    const names: string[] = [];
    object.typeNames = names;
    if (refId !== undefined) this.#typeNames.set(refId, names);
    return { child: (tag) => (tag === "T" ? this.#textual((text) => names.push(unescapeText(text))) : this.#fail(`<${tag}> inside <TN>`)) };
  }

  #members(map: Map<string, PsValue>): Frame {
    return {
      child: (tag, attributes) => {
        if (attributes.N === undefined) this.#fail(`<${tag}> is a property without a name`);
        if (tag === "BA" && attributes.N === "SerializationData") return { ...this.#empty(), text: () => {} };
        return this.#value(tag, attributes, (value, name) => map.set(name ?? "", value));
      },
    };
  }

  #dictionary(object: OpenObject): Frame {
    const entries: (readonly [PsValue, PsValue])[] = [];
    object.entries = entries;
    return { child: (tag) => (tag === "En" ? this.#entry(entries) : this.#fail(`<${tag}> inside <DCT>`)) };
  }

  #entry(entries: (readonly [PsValue, PsValue])[]): Frame {
    const pair = new Map<string, PsValue>();
    return {
      ...this.#members(pair),
      end: () => {
        const [key, value] = [pair.get("Key"), pair.get("Value")];
        if (key === undefined || value === undefined || pair.size !== 2) throw new ClixmlError("<En> needs one Key and one Value");
        entries.push([key, value]);
      },
    };
  }

  /** PSSerializer's short form of a ProgressRecord; over PSRP the same comes as an Obj with these notes. */
  #progress(done: (value: PsObject) => void): Frame {
    const notes = new Map<string, PsValue>();
    return {
      child: (tag, attributes) => {
        const name = PROGRESS_NAMES[tag];
        if (name !== undefined && tag !== "S") return this.#textual((text) => notes.set(name, unescapeText(text)));
        return this.#value(tag, attributes, (value) => notes.set("CurrentOperation", value));
      },
      end: () =>
        done({ kind: "object", typeNames: ["System.Management.Automation.ProgressRecord", "System.Object"], properties: new Map(), notes }),
    };
  }

  #text(frame: Frame | undefined, part: string): void {
    if (frame?.text !== undefined) frame.text(part);
    else if (part.trim() !== "") this.#fail(`text where only elements belong: "${part.trim().slice(0, 40)}"`);
  }

  /** Adds the position to what a value's own reader found wrong. */
  #positioned(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ClixmlError && error.line === 0) this.#fail(error.message);
      throw error;
    }
  }

  #fail(what: string): never {
    throw new ClixmlError(what, this.#parser.line, this.#parser.column + 1);
  }
}
