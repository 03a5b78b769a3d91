// One transport for each server and endpoint, and one reading for all who ask the same thing.
import assert from "node:assert/strict";
import { serverName } from "../../provider/exchange/organisation.ts";
import { answering, errorRecord, fakeOrganisation, withProperties } from "../support/fake-organisation.ts";

/** A reading that ends when told to, and how often it was begun. */
function reading() {
  const begun: { end(value: string): void; fail(error: Error): void }[] = [];
  const read = () =>
    new Promise<string>((resolve, reject) => {
      begun.push({ end: resolve, fail: reject });
    });
  const last = () => begun.at(-1) ?? assert.fail("nothing was read");
  return { begun, read, last };
}

describe("an organisation runs a cmdlet", () => {
  it("with its parameters as they are, at the server and endpoint named, and returns what it wrote", async () => {
    const { organisation, calls, limits } = answering({ Name: "DAG1" });
    const { signal } = new AbortController();
    const objects = await organisation.run("ex01", "exchange", "Get-Thing", { Count: 3, Flag: true, Nothing: null }, signal);
    assert.deepEqual(calls, [
      { server: "ex01", endpoint: "exchange", cmdlet: "Get-Thing", parameters: { Count: 3, Flag: true, Nothing: null } },
    ]);
    assert.deepEqual(objects, [withProperties({ Name: "DAG1" })]);
    assert.deepEqual(limits, [{ timeoutMs: 60_000, signal }]);
  });

  it("over one transport for each server and endpoint, whatever the case of its name", async () => {
    const { organisation, opened } = fakeOrganisation();
    for (const server of ["ex01", "EX01", "ex02"]) {
      await organisation.run(server, "exchange", "Get-Queue", {});
      await organisation.run(server, "windows", "Get-Service", {});
    }
    assert.deepEqual(opened, ["exchange ex01", "windows ex01", "exchange ex02", "windows ex02"]);
  });

  it("and throws the first error in the answer, even beside output", async () => {
    const errors = [errorRecord({ message: "The first." }), errorRecord({ message: "The second." })];
    const { organisation } = fakeOrganisation(() => ({ objects: [withProperties({ Name: "DB01" })], errors }));
    await assert.rejects(organisation.run("ex01", "exchange", "Get-Queue", {}), {
      name: "CmdletError",
      message: "Get-Queue on ex01: The first.",
    });
  });

  it("and does not try again where no answer came", async () => {
    const gone = new Error("gone");
    const { organisation, calls } = fakeOrganisation(() => Promise.reject(gone));
    await assert.rejects(organisation.run("ex01", "exchange", "Get-Queue", {}), gone);
    assert.equal(calls.length, 1);
  });
});

describe("a shared reading", () => {
  it("is one for all who ask while it is under way, however fresh they want it", async () => {
    const { organisation } = fakeOrganisation();
    const { begun, read, last } = reading();
    const askers = [organisation.shared("key", 0, read), organisation.shared("key", 0, read), organisation.shared("key", 60_000, read)];
    last().end("one");
    assert.deepEqual([await Promise.all(askers), begun.length], [["one", "one", "one"], 1]);
  });

  it("is not shared with who asks something else", async () => {
    const { organisation } = fakeOrganisation();
    const both = [organisation.shared("one", 0, async () => "one"), organisation.shared("other", 0, async () => "other")];
    assert.deepEqual(await Promise.all(both), ["one", "other"]);
  });

  for (const [passedMs, maxAgeMs, again] of [
    [0, 0, true],
    [0, 1, false],
    [9_999, 10_000, false],
    [10_000, 10_000, true],
  ] as const) {
    it(`of ${passedMs} ms ago is ${again ? "read again" : "good"} where it may be ${maxAgeMs} ms old`, async () => {
      const { organisation, clock } = fakeOrganisation();
      await organisation.shared("key", 0, async () => "before");
      clock.nowMs += passedMs;
      assert.equal(await organisation.shared("key", maxAgeMs, async () => "now"), again ? "now" : "before");
    });
  }

  it("is as old as its beginning", async () => {
    const { organisation, clock } = fakeOrganisation();
    const { read, last } = reading();
    const slow = organisation.shared("key", 0, read);
    clock.nowMs += 5_000;
    last().end("slow");
    await slow;
    assert.equal(await organisation.shared("key", 5_000, async () => "now"), "now");
  });

  it("is forgotten when the site was changed", async () => {
    const { organisation } = fakeOrganisation();
    await organisation.shared("key", 0, async () => "before");
    organisation.changed();
    assert.equal(await organisation.shared("key", 60_000, async () => "now"), "now");
  });

  it("begun before the site was changed is not for who asks afterwards, nor kept when it ends", async () => {
    const { organisation } = fakeOrganisation();
    const { read, last } = reading();
    const before = organisation.shared("key", 0, read);
    organisation.changed();
    assert.equal(await organisation.shared("key", 0, async () => "now"), "now");
    last().end("before");
    assert.equal(await before, "before");
    assert.equal(await organisation.shared("key", 60_000, async () => "again"), "now");
  });

  it("that fails, fails for all who wait for it, and is not kept", async () => {
    const { organisation } = fakeOrganisation();
    const { read, last } = reading();
    const askers = [organisation.shared("key", 0, read), organisation.shared("key", 0, read)];
    last().fail(new Error("no answer"));
    const outcomes = await Promise.allSettled(askers);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await organisation.shared("key", 60_000, async () => "now"), "now");
  });

  it("that fails late does not take a newer one with it", async () => {
    const { organisation } = fakeOrganisation();
    const { read, last } = reading();
    const before = organisation.shared("key", 0, read);
    organisation.changed();
    await organisation.shared("key", 0, async () => "now");
    last().fail(new Error("late"));
    await assert.rejects(before, { message: "late" });
    assert.equal(await organisation.shared("key", 60_000, async () => "again"), "now");
  });
});

describe("closing an organisation", () => {
  it("closes every transport once, and opens a new one for who asks afterwards", async () => {
    const { organisation, opened, closed } = fakeOrganisation();
    await organisation.run("ex01", "exchange", "Get-Queue", {});
    await organisation.run("ex01", "windows", "Get-Service", {});
    await organisation.close();
    await organisation.close();
    assert.deepEqual(closed, ["exchange ex01", "windows ex01"]);
    await organisation.run("ex01", "exchange", "Get-Queue", {});
    assert.equal(opened.length, 3);
  });
});

describe("a server's name", () => {
  for (const name of ["ex01", "EX01", "ex01.contoso.local", "EX01.contoso.local"]) {
    it(`${name} is that of ex01`, () => assert.equal(serverName(name), "ex01"));
  }
});
