import { deepEqual, equal } from "node:assert/strict";
import { hashtable, psEnum, psObject } from "../../../provider/remoting/clixml/build.ts";
import { booleanOf, bytesOfSize, dateMsOf, listOf, numberOf, property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { PsDate, PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";

/** A row for each value: what the reader makes of it. */
function rows(read: (value: PsValue | undefined) => unknown, cases: readonly (readonly [PsValue | undefined, unknown])[]): void {
  for (const [value, expected] of cases) deepEqual(read(value), expected);
}

describe("reading an object's parts", () => {
  const active = psEnum("Microsoft.Exchange.Data.ServiceState", "Active", 1);

  it("finds a property by name without case, a note where there is no property", () => {
    const object = psObject({ properties: { Name: "p", both: "property" }, notes: { Note: "n", Both: "note" } });
    deepEqual(
      [property(object, "name"), property(object, "NOTE"), property(object, "BOTH"), property(object, "absent")],
      ["p", "n", "property", undefined],
    );
  });

  it("tells a property that is null from one that is not there", () => {
    const object = psObject({ properties: { Empty: null } });
    deepEqual([property(object, "empty"), property(object, "other")], [null, undefined]);
  });

  it("gives the text of an enum however it came", () => {
    rows(textOf, [
      ["Active", "Active"],
      [active, "Active"],
      ["1", "1"],
      [1, "1"],
      [psObject({ value: 1 }), "1"],
    ]);
  });

  it("gives the text of whatever has one", () => {
    rows(textOf, [
      [true, "True"],
      [5n, "5"],
      [new PsDate("2026-03-01T08:30:00Z"), "2026-03-01T08:30:00Z"],
      [new PsTagged("G", "g"), "g"],
      [psObject({ text: "" }), ""],
    ]);
    rows(textOf, [
      [null, undefined],
      [undefined, undefined],
      [["a"], undefined],
      [psObject({}), undefined],
    ]);
  });

  it("gives a number however it came, and none where there is none", () => {
    rows(numberOf, [
      [5, 5],
      [5n, 5],
      ["5", 5],
      [" -5.5 ", -5.5],
      [new PsTagged("U16", "7"), 7],
      [active, 1],
      [psObject({ text: "8" }), 8],
    ]);
    rows(numberOf, [
      ["", undefined],
      ["5 GB", undefined],
      ["Unlimited", undefined],
      [null, undefined],
      [undefined, undefined],
      [Number.NaN, undefined],
      [true, undefined],
      [[5], undefined],
    ]);
  });

  it("gives a boolean however it came, and none where there is none", () => {
    const present = psObject({
      typeNames: ["System.Management.Automation.SwitchParameter"],
      text: "True",
      properties: { IsPresent: true },
    });
    rows(booleanOf, [
      [true, true],
      ["False", false],
      ["true", true],
      [psObject({ value: false }), false],
      [present, true],
    ]);
    rows(booleanOf, [
      ["yes", undefined],
      [1, undefined],
      [null, undefined],
      [undefined, undefined],
    ]);
  });

  it("gives the items of a list of any kind, a single value as a list, and nothing of null", () => {
    const values = ["a", "b"];
    rows(listOf, [
      [values, values],
      [psObject({ items: values }), values],
      [psObject({ items: { container: "IE", values } }), values],
    ]);
    rows(listOf, [
      ["a", ["a"]],
      [active, [active]],
      [null, []],
      [undefined, []],
      [psObject({ items: [] }), []],
    ]);
  });

  it("gives the instant of a date, UTC where it names no zone", () => {
    const noon = Date.UTC(2026, 2, 1, 12, 0, 0);
    rows(dateMsOf, [
      [new PsDate("2026-03-01T12:00:00.0000000Z"), noon],
      [new PsDate("2026-03-01T13:00:00+01:00"), noon],
      [new PsDate("2026-03-01T12:00:00"), noon],
      ["2026-03-01 12:00:00Z", noon],
      [psObject({ value: new PsDate("2026-03-01T12:00:00Z") }), noon],
      ["12/01/2026", undefined],
      ["", undefined],
      [null, undefined],
    ]);
  });

  it("gives the bytes of a size, out of an Unlimited too", () => {
    rows(bytesOfSize, [
      ["1.5 GB (1,610,612,736 bytes)", 1_610_612_736],
      [psObject({ text: "0 B (0 bytes)" }), 0],
      [psObject({ properties: { IsUnlimited: false, Value: psObject({ text: "2 KB (2,048 bytes)" }) } }), 2_048],
      [1024n, 1024],
      ["Unlimited", undefined],
      [psObject({ text: "Unlimited", properties: { IsUnlimited: true } }), undefined],
      [null, undefined],
      ["10 GB", undefined],
    ]);
  });
});

describe("building objects", () => {
  it("leaves out what is undefined and keeps what is null", () => {
    const object = psObject({ properties: { a: undefined, b: null }, notes: { c: undefined } });
    deepEqual(object, { kind: "object", typeNames: [], properties: new Map([["b", null]]), notes: new Map() });
  });

  it("makes a hashtable with its keys in order", () => {
    equal(
      hashtable({ Add: "a", Remove: "b" })
        .entries?.map(([key]) => key)
        .join(),
      "Add,Remove",
    );
  });
});
