// What a program may write, checked all at once: every problem with its place, and nothing judged that is known only later.
import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { check, holdsUnknown, lastArgs, withoutUndefined } from "../../provider/host/check.ts";
import { mxRecord } from "../../provider/resources/mx-record/shape.ts";
import { transportState } from "../../provider/resources/transport-state/shape.ts";

/** How Pulumi writes a value that will be known only later (`UnknownStringValue` of its SDKs). */
const later = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("arguments that are in order", () => {
  it("come back with every default", () => {
    deepEqual(check(transportState.args, { server: "ex01", state: "drained" }), {
      inputs: { server: "ex01", state: "drained", allowStuck: [], maxWaitSeconds: 900, stuckAfterSeconds: 900 },
      failures: [],
    });
  });

  it("keep what they say where there is a default for it", () => {
    const { inputs } = check(transportState.args, { server: "ex01", state: "drained", allowStuck: ["partner.example"], maxWaitSeconds: 0 });
    deepEqual([inputs["allowStuck"], inputs["maxWaitSeconds"]], [["partner.example"], 0]);
  });

  it("are the same with null where another program has nothing", () => {
    deepEqual(
      check(mxRecord.args, { zone: "contoso.com", exchanges: null, ttlSeconds: undefined, probe: null }),
      check(mxRecord.args, { zone: "contoso.com" }),
    );
  });
});

describe("arguments with mistakes", () => {
  it("are answered with all of them at once, each with its place, what was expected and what was found", () => {
    const { failures } = check(mxRecord.args, {
      zone: "contoso",
      exchanges: [
        { preference: 10, exchange: "mail.contoso.com" },
        { preference: 70_000, exchange: "mx2.contoso.com" },
        { preference: 30, exchange: "192.0.2.1" },
      ],
      ttlSeconds: 5,
      probe: { accepted: "postmaster" },
      maxWaitSeconds: "long",
    });
    deepEqual(failures, [
      { property: "zone", reason: 'expected a DNS name, such as "contoso.com", found "contoso"' },
      { property: "exchanges[1].preference", reason: "expected 0 to 65535, found 70000" },
      {
        property: "exchanges[2].exchange",
        reason: '"192.0.2.1" is an IP address; an MX record names a host, whose A or AAAA record has the address.',
      },
      { property: "ttlSeconds", reason: "expected 30 to 86400 seconds, found 5" },
      { property: "probe.accepted", reason: 'expected a mail address, such as "postmaster@contoso.com", found "postmaster"' },
      { property: "maxWaitSeconds", reason: 'expected a whole number of seconds, found "long"' },
    ]);
  });

  it("are answered with what is missing", () => {
    deepEqual(check(transportState.args, {}).failures, [
      { property: "server", reason: "expected a server's short name, found nothing" },
      { property: "state", reason: "expected running or drained, found nothing" },
    ]);
  });

  it("are answered with each property that there is not, also inside another one", () => {
    const { failures } = check(mxRecord.args, {
      zone: "contoso.com",
      exchange: "mail.contoso.com",
      probe: { accepted: "a@b.c", refuse: "d@e.f" },
    });
    deepEqual(failures, [
      { property: "probe.refuse", reason: 'there is no such property; found "d@e.f"' },
      { property: "exchange", reason: 'there is no such property; found "mail.contoso.com"' },
    ]);
  });

  it("come back as they were given, without defaults", () => {
    deepEqual(check(transportState.args, { server: "ex01", state: "off" }).inputs, { server: "ex01", state: "off" });
  });

  it("show no more of a long value than a line holds", () => {
    const [failure] = check(transportState.args, { server: "ex01", state: "x".repeat(500) }).failures;
    equal(failure?.reason, `expected running or drained, found "${"x".repeat(76)}…`);
  });
});

describe("arguments of which some are known only later", () => {
  it("are in order, and keep what is not known as it came", () => {
    const { inputs, failures } = check(transportState.args, { server: later, state: "drained" });
    deepEqual([inputs["server"], inputs["maxWaitSeconds"], failures], [later, 900, []]);
  });

  it("are not judged where a member of a list is known only later", () => {
    const exchanges = [
      { preference: 10, exchange: later },
      { preference: 20, exchange: "mx2.contoso.com" },
    ];
    const { inputs, failures } = check(mxRecord.args, { zone: "contoso.com", exchanges });
    deepEqual([inputs["exchanges"], failures], [exchanges, []]);
  });

  it("are judged in everything else", () => {
    const { failures } = check(transportState.args, { server: later, state: "off", mode: 1 });
    deepEqual(
      failures.map(({ property }) => property),
      ["state", "mode"],
    );
  });

  it("come back as they were given where something is wrong, with what is not known", () => {
    deepEqual(check(transportState.args, { server: later, state: "off" }).inputs, { server: later, state: "off" });
  });
});

describe("a value that is known only later", () => {
  it("is seen wherever it hides", () => {
    deepEqual([later, [[later]], { a: { b: [1, later] } }].map(holdsUnknown), [true, true, true]);
  });

  it("is not seen in anything that is known", () => {
    deepEqual([undefined, null, 1, "04da6b54", [["a"]], { a: { b: null } }].map(holdsUnknown), [false, false, false, false, false, false]);
  });
});

describe("a copy without undefined members", () => {
  it("keeps null, false, 0 and the order of lists", () => {
    const copy = withoutUndefined({ a: undefined, b: [{ c: undefined, d: null }, false, 0], e: { f: undefined } });
    equal(JSON.stringify(copy), '{"b":[{"d":null},false,0],"e":{}}');
    deepEqual(Object.keys(copy), ["b", "e"]);
  });
});

describe("a schema without own words", () => {
  it("is answered in those of the library, without its prefix", () => {
    const [failure] = check(z.strictObject({ a: z.number() }), { a: "1" }).failures;
    deepEqual(failure, { property: "a", reason: "expected number, received string" });
  });
});

describe("the arguments of a state that an earlier version wrote", () => {
  const shape = { ...transportState, renamed: { host: "server" } };

  it("have the names of now, and the defaults", () => {
    const { args, problem } = lastArgs(shape, { host: "ex01", state: "drained" });
    deepEqual([args["server"], args["host"], args["maxWaitSeconds"], problem], ["ex01", undefined, 900, undefined]);
  });

  it("are without what is no argument any more", () => {
    const { args, problem } = lastArgs(shape, { server: "ex01", state: "drained", intake: true });
    deepEqual(["intake" in args, problem], [false, undefined]);
  });

  it("say what is wrong where they are none, and are given all the same", () => {
    deepEqual(lastArgs(shape, { server: "ex01", state: "paused" }), {
      args: { server: "ex01", state: "paused" },
      problem: 'state: expected running or drained, found "paused"',
    });
  });
});
