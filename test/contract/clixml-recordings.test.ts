// The CLIXML codec against what real servers wrote: Exchange 2010 to 2019, PowerShell 7.6.
import { deepEqual, equal, ok } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixml, decodeClixmlBytes } from "../../provider/remoting/clixml/decode.ts";
import { encodeClixml, encodeClixmlDocument } from "../../provider/remoting/clixml/encode.ts";
import { escapeText } from "../../provider/remoting/clixml/escapes.ts";
import { listOf, numberOf, property, textOf } from "../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsObject, type PsValue } from "../../provider/remoting/clixml/values.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";

const recordings = path.join(sharedFolder() ?? "", "recordings");
const isThere = sharedFolder() !== undefined;
const named = (pattern: string) => (isThere ? globSync(path.join(recordings, pattern)).sort() : []);

const exchangeFiles = named("exchange/**/*.xml");
const powershellFiles = named("powershell/clixml/*.clixml");

describe("recorded CLIXML", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("is there in the expected number, so that nothing below passes for want of files", () => {
    ok(exchangeFiles.length >= 60, `${exchangeFiles.length} files of Exchange`);
    ok(powershellFiles.length >= 117, `${powershellFiles.length} files of PowerShell`);
  });

  for (const file of [...exchangeFiles, ...powershellFiles]) {
    it(`${path.relative(recordings, file)} is decoded, and the same after encoding`, () => {
      const values = decodeClixmlBytes(readFileSync(file));
      deepEqual(wholeNumbersAlike(decodeClixml(encodeClixmlDocument(values))), wholeNumbersAlike(values));
    });
  }

  it("of an empty result has no values", () => {
    deepEqual(decodeClixmlBytes(readFileSync(path.join(recordings, "exchange/css-exchange/E16/OS/Win32_PageFileSetting.xml"))), []);
  });

  it("in UTF-16 is read like the rest", () => {
    const [config] = decodeClixmlBytes(readFileSync(path.join(recordings, "exchange/css-exchange/E16/Exchange/GetIrmConfiguration.xml")));
    equal(isPsObject(config) ? textOf(property(config, "Name")) : undefined, "ControlPoint Config");
  });

  it("of component states has a component and a state each, and Refs that lead to their objects", () => {
    const states = decodeClixmlBytes(readFileSync(path.join(recordings, "exchange/css-exchange/E16/Exchange/GetServerComponentState.xml")));
    equal(states.length, 35);
    const components = states.filter(isPsObject).map((state) => [textOf(property(state, "Component")), textOf(property(state, "State"))]);
    ok(components.every(([component, state]) => component !== undefined && /^(Active|Inactive)$/.test(state ?? "")));
    ok(components.some(([component]) => component === "ServerWideOffline"));
  });

  it("of an Exchange server gives Id the value of Identity, and no serialization blob", () => {
    const [server] = decodeClixmlBytes(readFileSync(path.join(recordings, "exchange/css-exchange/E16/Exchange/GetExchangeServer.xml")));
    ok(isPsObject(server));
    ok(property(server, "Identity") !== undefined);
    equal(property(server, "Id"), property(server, "Identity"));
    equal(property(server, "SerializationData"), undefined);
  });
});

describe("what PowerShell says of its own CLIXML", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  let compared = 0;
  for (const file of powershellFiles) {
    const { expected } = JSON.parse(readFileSync(file.replace(/\.clixml$/, ".json"), "utf8"));
    if (!["primitive", "string", "bytes", "enum", "null", "list"].includes(expected.kind)) continue;
    compared++;
    it(`${path.basename(file)} holds the ${expected.kind} that was serialised`, () => {
      const [value] = decodeClixmlBytes(readFileSync(file));
      ok(value !== undefined);
      if (expected.kind === "null") equal(value, null);
      else if (expected.kind === "primitive")
        equal(encodeClixml(value), `<${expected.element}>${escapeText(expected.text)}</${expected.element}>`);
      else if (expected.kind === "string") deepEqual(typeof value === "string" && [...units(value)], expected.utf16);
      else if (expected.kind === "bytes") equal(value instanceof Uint8Array && Buffer.from(value).toString("base64"), expected.base64);
      else if (expected.kind === "enum") deepEqual([textOf(value), numberOf(value)], [expected.toString, Number(expected.value)]);
      else if (expected.items !== undefined) equal(listOf(value).length, expected.items.length ?? expected.items);
      else ok(listOf(value).length > 0);
    });
  }

  it("was compared for most kinds", () => {
    ok(compared >= 60, `${compared} files compared`);
  });
});

function* units(text: string): Generator<number> {
  for (let index = 0; index < text.length; index++) yield text.charCodeAt(index);
}

/** Doubles beyond 32 bits without a fraction are written as I64 (see encode.ts) and come back as bigint: the same number. */
function wholeNumbersAlike(value: PsValue | readonly PsValue[], seen = new Map<object, unknown>()): unknown {
  if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value);
  if (Array.isArray(value))
    return once(value, seen, (copy: unknown[]) => copy.push(...value.map((item) => wholeNumbersAlike(item, seen))), []);
  return isPsObject(value as PsValue) ? objectAlike(value as PsObject, seen) : value;
}

function objectAlike(object: PsObject, seen: Map<object, unknown>): unknown {
  const members = (map: ReadonlyMap<string, PsValue>) => new Map([...map].map(([name, value]) => [name, wholeNumbersAlike(value, seen)]));
  return once(
    object,
    seen,
    (copy: Record<string, unknown>) =>
      Object.assign(copy, {
        ...object,
        properties: members(object.properties),
        notes: members(object.notes),
        value: object.value === undefined ? undefined : wholeNumbersAlike(object.value, seen),
        items: object.items && { container: object.items.container, values: wholeNumbersAlike(object.items.values, seen) },
        entries: object.entries?.map((pair) => wholeNumbersAlike(pair, seen)),
      }),
    {},
  );
}

function once<Copy extends object>(original: object, seen: Map<object, unknown>, fill: (copy: Copy) => void, copy: Copy): unknown {
  const known = seen.get(original);
  if (known !== undefined) return known;
  seen.set(original, copy);
  fill(copy);
  return copy;
}
