// The rest of the contract of BackupMxQueue: what it gives, how it enters the program, which thing it is.
import assert from "node:assert/strict";
import { entersAsItIs } from "../../../provider/engine/normal.ts";
import { resource } from "../../../provider/resources/backup-mx-queue/index.ts";
import type { ActualBuffer } from "../../../provider/resources/backup-mx-queue/observe.ts";
import { plan } from "../../../provider/resources/backup-mx-queue/plan.ts";
import type { BackupMxQueueArgs } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { backupMxQueue } from "../../../provider/resources/backup-mx-queue/shape.ts";
import { actualBuffer, bufferArgs, bufferHost, held, token } from "../../support/buffer-builders.ts";
import { program } from "../../support/builders.ts";

describe("the rest of the contract of BackupMxQueue", () => {
  it("gives the number of messages there", () => {
    const outputs = (actual: ActualBuffer | undefined) => resource.outputs(bufferArgs("held"), actual, {});
    assert.deepEqual(outputs(actualBuffer({ queue: [held("A"), token()] })), { messages: 2, ledger: null, pauses: [] });
    assert.equal("messages" in outputs(undefined), false);
  });

  it("may enter the program released, and not held", () => {
    const enters = (state: BackupMxQueueArgs["state"]) => {
      const args = bufferArgs(state);
      const actual = actualBuffer({ claim: undefined });
      return entersAsItIs(resource, args, actual, plan(args, actual, {}));
    };
    assert.equal(enters("released"), undefined);
    assert.deepEqual(enters("held"), {
      sentence: `${bufferHost} is entered into this program for the first time, and the program asks for another state than it is in (it would mark ${bufferHost} as used by ${program}, so that no other program pauses this site).`,
      remedy:
        "Enter it as it is first, so that what is normal is recorded: set the state to what it is now (in a SitePause the word `online`), run `pulumi up`, then change it.",
    });
  });

  it("always expects an answer: it is up while the site is not", () => {
    assert.deepEqual(
      [resource.expectsSilence?.(bufferArgs("held")) ?? false, resource.expectsSilence?.(bufferArgs("released")) ?? false],
      [false, false],
    );
  });

  it("is the same thing while its host is, and its state is what a preview shows", () => {
    assert.deepEqual(
      [backupMxQueue.identity, backupMxQueue.wanted, resource.titleOf(bufferArgs("held"))],
      [["host"], ["state"], bufferHost],
    );
  });
});
