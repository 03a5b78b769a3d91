// Bad input as a contract: a value that is sent arrives as the same value, or is refused with the reason before its cmdlet is sent; and what
// a server says comes back as the same value. The native transport over loopback, to an endpoint that notes what arrived.
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import type { PsObject } from "../../provider/remoting/clixml/values.ts";
import { type CmdletAnswer, type CmdletValue, RemotingError } from "../../provider/remoting/transport.ts";
import { anyText, anyValue, BAD_NAMES, BAD_TEXTS } from "./support/bad-values.ts";
import { EchoLab } from "./support/echo-lab.ts";
import { saidInClixml, saidOf } from "./support/said.ts";

const MEBIBYTE = 1_048_576;

describe("values that look like script, or are damaged", () => {
  let lab: EchoLab;

  before(async () => {
    lab = await EchoLab.start();
  });
  after(() => lab.stop());
  beforeEach(() => lab.forget());

  /** Sends the value; the same must arrive, under that name, and the same come back. */
  async function travelsUnchanged(value: CmdletValue, name = "Value"): Promise<void> {
    const { objects, errors } = await lab.transport.invoke("Get-Echo", { [name]: value });
    deepEqual(errors, []);
    const arrived = [...(lab.requests.pop()?.parameters ?? [])].map(([key, sent]) => [key, saidInClixml(sent)]);
    deepEqual(arrived, [[name, saidOf(value)]]);
    deepEqual(objects.map(saidInClixml), value === null ? [] : [saidOf(value)]); // $null output is no object
  }

  async function said(object: PsObject, text = ""): Promise<CmdletAnswer> {
    const error = {
      message: text,
      fullyQualifiedErrorId: `${text},Get-Say`,
      exception: "X",
      category: { number: 7, name: "InvalidOperation" },
    };
    lab.say = text === "" ? { output: [object] } : { output: [object], warnings: [text], errors: [{ ...error, targetName: text }] };
    return lab.transport.invoke("Get-Say", {});
  }

  for (const text of BAD_TEXTS)
    it(`arrive as they are, and come back: ${inspect(text)}`, async () => {
      await travelsUnchanged(text);
      await travelsUnchanged({ [text]: [text, { [text]: text }] });
    });

  it("arrive as they are, and come back, whatever the code units, kinds and nesting", async () => {
    await fc.assert(
      fc.asyncProperty(anyValue(anyText()), (value) => travelsUnchanged(value)),
      { numRuns: 300 },
    );
  });

  it("arrive as they are when lists and hashtables are 90 deep", () => travelsUnchanged(nested(90)));

  it("come back as they are in properties, property names, texts and type names of objects too", async () => {
    const word = anyText().filter((text) => text !== "");
    await fc.assert(
      fc.asyncProperty(word, word, async (one, other) => {
        const sent = psObject({ typeNames: [one, "System.Object"], text: other, properties: { [one]: other }, notes: { [other]: one } });
        const { objects } = await said(sent);
        deepEqual(objects, [sent]);
      }),
      { numRuns: 100 },
    );
  });

  it("come back as they are in warnings and errors", async () => {
    for (const text of BAD_TEXTS.filter((candidate) => candidate !== "")) {
      const { warnings, errors } = await said(psObject({ text }), text);
      deepEqual(warnings, [text]);
      deepEqual(
        errors.map(({ message, targetName, fullyQualifiedErrorId }) => [message, targetName, fullyQualifiedErrorId]),
        [[text, text, `${text},Get-Say`]],
      );
    }
  });

  for (const [kind, unit] of [
    ["of plain letters", "0123456789abcdef"],
    ["of characters that are escaped", "\u0000\ud800_x\u009f\uffff$();'\"<&\n"],
  ] as const)
    it(`arrive as they are, and come back, in a text of 1 MB ${kind}, which no single request can hold`, async () => {
      await travelsUnchanged(unit.repeat(Math.ceil(MEBIBYTE / unit.length)).slice(0, MEBIBYTE));
      ok(actionsIn(lab).filter((action) => action === "Send").length > 1);
    });

  for (const text of [...BAD_TEXTS, "-Identity", "-Identity: ", "Identity "])
    it(`name a parameter, and nothing else: ${inspect(text)}`, async () => {
      await travelsUnchanged("x", text);
    });

  for (const name of BAD_NAMES)
    it(`name no cmdlet, and are refused before anything is sent for them: ${inspect(name)}`, async () => {
      await rejects(lab.transport.invoke(name, { Identity: "ex01" }), (error: unknown) => {
        ok(error instanceof RemotingError, inspect(error, { depth: 0 }));
        equal(error.reason, "rejected");
        match(error.message, /is no name of a cmdlet; expected letters, digits and hyphens$/);
        return true;
      });
      deepEqual(lab.requests, []);
      ok(!actionsIn(lab).includes("Command"), actionsIn(lab).join(" "));
    });

  const cycle: CmdletValue[] = [];
  cycle.push({ cycle });
  const refused: readonly (readonly [string, CmdletValue, RegExp])[] = [
    ["a whole number beyond 64 bits", 2n ** 63n, /a parameter cannot be sent: -Value: .*9223372036854775808 does not fit 64 bits/],
    ["one below them", -(2n ** 63n) - 1n, /a parameter cannot be sent: -Value: .*-9223372036854775809 does not fit 64 bits/],
    ["lists a thousand deep", nested(1_000), /a parameter cannot be sent: -Value: lists and hashtables are nested deeper than 90/],
    ["lists a million deep", nested(1_000_000), /a parameter cannot be sent: -Value: lists and hashtables are nested deeper than 90/],
    ["a list that holds itself", cycle, /a parameter cannot be sent: -Value: lists and hashtables are nested deeper than 90/],
    ["a date that is none", new Date(Number.NaN), /a parameter cannot be sent: -Value: a date is no date/],
    ["a date after the year 9999", new Date(8.64e15), /a parameter cannot be sent: -Value: .*between the years 1 and 9999/],
    ["a date before the year 1", new Date("-000001-01-01T00:00:00Z"), /a parameter cannot be sent: -Value: .*between the years 1 and 9999/],
  ];
  for (const [what, value, reason] of refused)
    it(`are refused with the reason before their cmdlet is sent: ${what}`, () =>
      refusesBeforeSending(lab.transport.invoke("Get-Echo", { Value: value }), reason));

  async function refusesBeforeSending(running: Promise<unknown>, reason: RegExp): Promise<void> {
    await rejects(running, (error: unknown) => {
      ok(error instanceof RemotingError, inspect(error, { depth: 0 }));
      equal(error.reason, "rejected");
      match(error.message, reason);
      return true;
    });
    deepEqual(lab.requests, []);
    ok(!actionsIn(lab).includes("Command"), actionsIn(lab).join(" "));
  }
});

/** Last words of the actions that the client sent. */
function actionsIn(lab: EchoLab): string[] {
  return lab.tap.bodies.map((body) => /\/(\w+)<\/a:Action>/.exec(body)?.[1] ?? "");
}

function nested(depth: number): CmdletValue {
  let value: CmdletValue = "deep";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
