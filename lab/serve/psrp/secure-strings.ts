// SecureStrings inside values: encrypted on the wire, plain for the cmdlet behind the endpoint, where each is a PsTagged `SS` with its plain text.
// A value is copied only where there is one in it. Says nothing of keys: session-key.ts.
import { isPsList, isPsObject, type PsObject, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";

/** The value with the text of every SecureString in it changed by `change`. An object that stands in it twice stands in the copy twice, as the same. */
export function mapSecureStrings(value: PsValue, change: (text: string) => string): PsValue {
  return new Copier(change).value(value);
}

class Copier {
  readonly #change: (text: string) => string;
  /** What has been copied, or is being copied: an object may stand inside itself. */
  readonly #done = new Map<object, PsValue>();

  constructor(change: (text: string) => string) {
    this.#change = change;
  }

  value(value: PsValue): PsValue {
    if (value instanceof PsTagged) return value.tag === "SS" ? new PsTagged("SS", this.#change(value.text)) : value;
    if (isPsList(value)) return this.#once(value, () => this.#list(value));
    return isPsObject(value) ? this.#once(value, () => this.#object(value)) : value;
  }

  #once(original: PsValue & object, copy: () => PsValue): PsValue {
    const known = this.#done.get(original);
    if (known !== undefined) return known;
    this.#done.set(original, original);
    const made = copy();
    this.#done.set(original, made);
    return made;
  }

  #list(values: readonly PsValue[]): readonly PsValue[] {
    const copies = values.map((item) => this.value(item));
    return copies.some((copy, index) => copy !== values[index]) ? copies : values;
  }

  #object(object: PsObject): PsObject {
    const properties = this.#members(object.properties);
    const notes = this.#members(object.notes);
    const boxed = object.value === undefined ? undefined : this.value(object.value);
    const items = object.items === undefined ? undefined : this.#list(object.items.values);
    const entries = object.entries?.map(([key, item]) => [key, this.value(item)] as const);
    const same =
      properties === object.properties &&
      notes === object.notes &&
      boxed === object.value &&
      items === object.items?.values &&
      (entries?.every(([, item], index) => item === object.entries?.[index]?.[1]) ?? true);
    if (same) return object;
    return {
      ...object,
      properties,
      notes,
      ...(boxed === undefined ? {} : { value: boxed }),
      ...(object.items === undefined || items === undefined ? {} : { items: { ...object.items, values: items } }),
      ...(entries === undefined ? {} : { entries }),
    };
  }

  #members(members: ReadonlyMap<string, PsValue>): ReadonlyMap<string, PsValue> {
    const copies = new Map([...members].map(([name, item]) => [name, this.value(item)] as const));
    return [...members].some(([name, item]) => copies.get(name) !== item) ? copies : members;
  }
}
