// What any CmdletTransport must do, as data: the contract suite puts it to the lab's endpoints and to the stand-in PowerShell, and
// `npm run check:powershell` to a real one. Only cmdlets that every PowerShell has; nothing here needs a server.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { property, textOf } from "../../provider/remoting/clixml/read.ts";
import { type CmdletTransport, type CmdletValue, RemotingError, type RemotingReason, Secret } from "../../provider/remoting/transport.ts";
import { saidInClixml, saidOf } from "./support/said.ts";

export interface TransportCase {
  /** The rest of a sentence about a transport. */
  readonly title: string;
  /** Throws when it is not so. Says what was seen. */
  readonly run: (transport: CmdletTransport) => Promise<string>;
}

const MEBIBYTE = 1_048_576;

/** Values of every kind; the texts are those that somebody would run, cut or unescape. U+FFFE is left out: PowerShell itself cannot write it. */
const VALUES: Readonly<Record<string, CmdletValue>> = {
  "text with both kinds of quotes": `it's "quoted"`,
  "text that ends a statement": "x'; Remove-Mailbox *; '",
  "text that PowerShell would compute": "$(1 + 1) `n $env:PATH",
  "text of several lines": "one\r\ntwo\nthree\tfour",
  "text that looks like CLIXML's escapes": "_x0041_ _X005f_x0041_ __x000D_",
  "text that looks like XML": "<Obj RefId='0'>&lt;&#65;]]></Obj>",
  "text with control characters": "\u0000\u0007\u001b[31m\u007f\u0085",
  "text beyond ASCII": "Zürich – € 漢字 😀",
  "half a surrogate pair": "a\ud83db\ude00",
  "empty text": "",
  "blanks around text": "  x  ",
  "a mebibyte of text": "ä".repeat(MEBIBYTE / 2),
  "a small number": -42,
  "a number beyond 32 bits": 5_000_000_000,
  "a number beyond 2^53": 9_007_199_254_740_993n,
  "the smallest number of 64 bits": -(2n ** 63n),
  "a fraction": 0.1,
  "minus zero and infinities": [-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  "true and false": [true, false],
  nothing: null,
  "a date": new Date("2026-12-04T18:02:03.125Z"),
  bytes: new Uint8Array([0, 1, 127, 128, 255]),
  "no bytes": new Uint8Array(),
  "an empty list": [],
  "a list of one": ["one"],
  "lists in lists": [["a", [1, null]], []],
  "a hashtable as Exchange takes changes": { Add: ["a@contoso.com", "b@contoso.com"], Remove: "c@contoso.com" },
};

/** In order; each with a transport of its own that has not been used. */
export const TRANSPORT_CASES: readonly TransportCase[] = [
  {
    title: "brings back objects one by one, and drops $null",
    async run(transport) {
      const { objects, warnings, errors } = await transport.invoke("Write-Output", { InputObject: ["a", null, 1] });
      deepEqual([objects.map(textOf), warnings, errors], [["a", "1"], [], []]);
      return `${objects.length} objects`;
    },
  },
  {
    title: "brings back 2,000 objects in order",
    async run(transport) {
      const numbers = Array.from({ length: 2_000 }, (_, index) => index);
      const began = performance.now();
      const { objects } = await transport.invoke("Write-Output", { InputObject: numbers });
      deepEqual(
        objects.map((object) => object.value),
        numbers,
      );
      return `2,000 objects in ${Math.round(performance.now() - began)} ms, opening included`;
    },
  },
  ...Object.entries(VALUES).map(([what, value]) => ({
    title: `carries ${what} there and back unchanged`,
    run: async (transport: CmdletTransport) => {
      const { objects, errors } = await transport.invoke("Write-Output", { InputObject: { Value: value } });
      deepEqual([objects.map(saidInClixml), errors], [[saidOf({ Value: value })], []]);
      return "the same value came back";
    },
  })),
  {
    title: "brings back warnings beside output",
    async run(transport) {
      const { objects, warnings, errors } = await transport.invoke("Write-Warning", { Message: "it's slow; $(really)\nyes" });
      deepEqual([objects, warnings, errors], [[], ["it's slow; $(really)\nyes"], []]);
      return `warning ${JSON.stringify(warnings[0])}`;
    },
  },
  {
    title: "brings back an error that a cmdlet wrote, with id, category and target",
    async run(transport) {
      const parameters = { Message: "no such queue", ErrorId: "LabId", Category: "ResourceBusy", TargetObject: "ex01\\7" };
      const { errors } = await transport.invoke("Write-Error", parameters);
      const [error] = errors;
      deepEqual(
        [errors.length, error?.message, error?.category, error?.targetName, error?.terminating],
        [1, "no such queue", "ResourceBusy", "ex01\\7", false],
      );
      ok(error?.fullyQualifiedErrorId.startsWith("LabId"), error?.fullyQualifiedErrorId);
      return `id ${error?.fullyQualifiedErrorId}`;
    },
  },
  {
    title: "brings back output and the error beside it",
    async run(transport) {
      const { objects, errors } = await transport.invoke("Get-Variable", { Name: ["PSHOME", "NoSuchVariable"] });
      deepEqual(
        objects.map((object) => property(object, "Name")),
        ["PSHOME"],
      );
      const seen = errors.map(({ fullyQualifiedErrorId, targetName, terminating }) => [
        fullyQualifiedErrorId.split(",")[0],
        targetName,
        terminating,
      ]);
      deepEqual(seen, [["VariableNotFound", "NoSuchVariable", false]]);
      return `one object and the error "${errors[0]?.message}"`;
    },
  },
  {
    title: "says of an unknown cmdlet that it ended the call, and goes on with the next",
    async run(transport) {
      const { objects, errors } = await transport.invoke("Get-NoSuchCmdlet", {});
      const seen = errors.map(({ fullyQualifiedErrorId, category, targetName, terminating }) => [
        fullyQualifiedErrorId,
        category,
        targetName,
        terminating,
      ]);
      deepEqual([objects, seen], [[], [["CommandNotFoundException", "ObjectNotFound", "Get-NoSuchCmdlet", true]]]);
      await answers(transport);
      return `"${errors[0]?.message}"`;
    },
  },
  {
    title: "refuses what no wire type can hold before it is sent, naming the parameter, and goes on",
    async run(transport) {
      await fails(transport.invoke("Write-Output", { InputObject: 2n ** 63n }), "rejected", /-InputObject: 9223372036854775808/);
      await answers(transport);
      return "refused";
    },
  },
  {
    title: "refuses a name that is more than one cmdlet's",
    async run(transport) {
      await fails(transport.invoke("Write-Output 1; Write-Output 2", {}), "rejected", /no name of a cmdlet/);
      await answers(transport);
      return "refused";
    },
  },
  {
    title: "gives up a call after its time, saying how long that was, and answers the next",
    async run(transport) {
      await answers(transport);
      const began = performance.now();
      await fails(transport.invoke("Start-Sleep", { Seconds: 60 }, { timeoutMs: 300 }), "timedOut", /no answer within 0\.3 s/);
      const tookMs = Math.round(performance.now() - began);
      await answers(transport);
      return `given up after ${tookMs} ms`;
    },
  },
  {
    title: "stops a call on request, and answers the next",
    async run(transport) {
      await answers(transport);
      const running = transport.invoke("Start-Sleep", { Seconds: 60 }, { signal: AbortSignal.timeout(200) });
      await fails(running, "stopped", /stopped on request/);
      await answers(transport);
      return "stopped";
    },
  },
  {
    title: "sends nothing of a call that was stopped before it began",
    async run(transport) {
      const running = transport.invoke("Write-Output", { InputObject: 1 }, { signal: AbortSignal.abort() });
      await fails(running, "stopped", /stopped on request; it was not sent/);
      await answers(transport);
      return "not sent";
    },
  },
  {
    title: "answers calls that come at the same time one after the other, each with its own answer",
    async run(transport) {
      const order: number[] = [];
      const calls = Array.from({ length: 8 }, async (_, index) => {
        const { objects } = await transport.invoke("Write-Output", { InputObject: { Index: index } });
        order.push(index);
        return objects.map(saidInClixml);
      });
      deepEqual(
        await Promise.all(calls),
        calls.map((_, index) => [saidOf({ Index: index })]),
      );
      deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
      return "8 answers in order";
    },
  },
  {
    title: "answers the calls behind one that was given up",
    async run(transport) {
      const slow = transport.invoke("Start-Sleep", { Seconds: 60 }, { timeoutMs: 200 });
      const behind = answers(transport);
      await fails(slow, "timedOut", /no answer within 0\.2 s/);
      await behind;
      return "answered";
    },
  },
  {
    title: "takes no more calls once it is closed, and may be closed twice",
    async run(transport) {
      await answers(transport);
      await transport.close();
      await transport.close();
      await fails(transport.invoke("Write-Output", { InputObject: 1 }), "stopped", /the connection has been closed/);
      return "closed";
    },
  },
];

/** For transports through a local PowerShell, where the secret can be looked at. 150 characters: more than one block of RSA holds. */
export const SECRET_CASE: TransportCase = {
  title: "hands a secret to a cmdlet as a SecureString of the same length",
  async run(transport) {
    const { objects, errors } = await transport.invoke("Select-Object", { InputObject: new Secret("ä".repeat(150)), Property: ["Length"] });
    deepEqual([objects.map((object) => property(object, "Length")), errors], [[150], []]);
    return "150 characters";
  },
};

async function answers(transport: CmdletTransport): Promise<void> {
  const { objects } = await transport.invoke("Write-Output", { InputObject: "here" });
  deepEqual(objects.map(textOf), ["here"]);
}

/** The call ends without an answer, for this reason, and says so. */
export async function fails(running: Promise<unknown>, reason: RemotingReason, words: RegExp): Promise<void> {
  await rejects(running, (error: unknown) => {
    ok(error instanceof RemotingError, String(error));
    equal(error.reason, reason, error.message);
    ok(words.test(error.message), error.message);
    return true;
  });
}
