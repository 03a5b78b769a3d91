// What each step of the buffer does at the site, and how it is said.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { BufferStep } from "../../../provider/resources/backup-mx-queue/plan.ts";
import { bufferArgs, bufferHost, held, tokenSender } from "../../support/buffer-builders.ts";
import { program } from "../../support/builders.ts";
import { ourTurn } from "../../support/turns.ts";
import { siteWith } from "./buffer-site.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => held(`M${index}`));

describe("a step of the buffer, applied", () => {
  const host = bufferHost;
  const rows: readonly (readonly [BufferStep, string])[] = [
    [{ kind: "claim", host, program }, `claim ${program}`],
    [{ kind: "hold", host }, "hold"],
    [{ kind: "unhold", host }, "unhold"],
    [
      { kind: "token", host, from: tokenSender, to: "postmaster@contoso.com" },
      `token from ${tokenSender} to postmaster@contoso.com at ${host}`,
    ],
    [{ kind: "release", host, ids: ["A", "B"], requeue: false, held: 9 }, "release A B"],
    [{ kind: "release", host, ids: ["A"], requeue: true, held: 9 }, "release A anew"],
  ];
  for (const [step, call] of rows) {
    it(`is one call: ${call}`, async () => {
      const { site, calls } = siteWith();
      await resource.apply(site, bufferArgs("held"), step, ourTurn.mayAct);
      assert.deepEqual(calls, [call]);
    });
  }

  it("fails with the host's words when it refuses the test message", async () => {
    const { site } = siteWith({}, { token: true });
    await assert.rejects(
      resource.apply(site, bufferArgs("held"), { kind: "token", host, from: tokenSender, to: "postmaster@contoso.com" }, ourTurn.mayAct),
      {
        message: `${host} refuses a test message to postmaster@contoso.com: "550 5.7.1 no". The MX was not changed.`,
      },
    );
  });

  it("gives the claim back when the program lets go of the buffer", async () => {
    const { site, calls } = siteWith();
    await resource.forget?.(site, bufferArgs("released"), ourTurn.mayAct);
    assert.deepEqual(calls, [`unclaim ${program}`]);
  });
});

describe("a step of the buffer in words", () => {
  const host = bufferHost;
  const release = { kind: "release", host, ids: many(1_000).map(({ id }) => id), requeue: false, held: 4_812 } as const;
  const rows: readonly (readonly [Parameters<typeof resource.say>[0], string])[] = [
    [
      { kind: "claim", host, program: "contoso/berlin" },
      `mark ${host} as used by contoso/berlin, so that no other program pauses this site`,
    ],
    [{ kind: "hold", host }, `let ${host} hold all mail that arrives`],
    [{ kind: "unhold", host }, `let ${host} pass on at once what arrives from now on`],
    [
      { kind: "token", host, from: tokenSender, to: "anna@contoso.com" },
      `send a test message to anna@contoso.com through ${host}, and see it held`,
    ],
    [release, `release 1,000 of 4,812 held messages on ${host}, the oldest first`],
    [{ ...release, requeue: true }, `release 1,000 of 4,812 held messages on ${host}, the oldest first, with a fresh lifetime`],
  ];
  for (const [step, words] of rows) {
    it(`${step.kind}${"requeue" in step && step.requeue ? ", with a fresh lifetime" : ""}`, () => {
      assert.equal(resource.say(step), words);
    });
  }
});
