// A decoded value in a form that deepEqual compares by what it says: members as a list of pairs, whichever kind of map holds them.
import { isPsList, isPsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";

/** References within it stay references. */
export function comparable(value: PsValue | readonly PsValue[], seen = new Map<object, unknown>()): unknown {
  if (isPsList(value)) return once(value, seen, [], (copy: unknown[]) => copy.push(...value.map((item) => comparable(item, seen))));
  if (!isPsObject(value)) return value;
  const pairs = (members: Iterable<readonly [string, PsValue]>) => [...members].map(([name, member]) => [name, comparable(member, seen)]);
  return once(value, seen, {}, (copy: Record<string, unknown>) =>
    Object.assign(copy, value, {
      properties: pairs(value.properties),
      notes: pairs(value.notes),
      ...(value.value === undefined ? {} : { value: comparable(value.value, seen) }),
      ...(value.items === undefined ? {} : { items: [value.items.container, comparable(value.items.values, seen)] }),
      ...(value.entries === undefined ? {} : { entries: value.entries.map((pair) => pair.map((side) => comparable(side, seen))) }),
    }),
  );
}

function once<Copy extends object>(original: object, seen: Map<object, unknown>, copy: Copy, fill: (copy: Copy) => void): unknown {
  const known = seen.get(original);
  if (known !== undefined) return known;
  seen.set(original, copy);
  fill(copy);
  return copy;
}
