// What the program may use of a server's transport, and when no answer is expected of it.
import assert from "node:assert/strict";
import { resource } from "../../../provider/resources/transport-state/index.ts";
import type { TransportRecorded } from "../../../provider/resources/transport-state/shape.ts";
import { actualTransport, queue, transportArgs } from "../../support/builders.ts";

const running: TransportRecorded = { normal: { service: "Running" } };

describe("the rest of the contract of TransportState", () => {
  it("gives the number of messages that are waited for", () => {
    const actual = actualTransport({ queues: [queue("DB01", 5), queue("ex03", 3, { delivery: "shadow" })] });
    assert.deepEqual(resource.outputs(transportArgs("drained"), actual, running), { messagesLeft: 5 });
    assert.deepEqual(resource.outputs(transportArgs("drained"), undefined, running), {});
  });

  it("expects silence of a drained server, which may be switched off, and of no other", () => {
    assert.deepEqual(
      [resource.expectsSilence?.(transportArgs("drained")), resource.expectsSilence?.(transportArgs("running"))],
      [true, false],
    );
  });
});
