// When a pipeline runs. What comes of it is seen through the endpoints: test/lab/serve/wsman-pipelines.test.ts.
import { deepEqual, equal } from "node:assert/strict";
import { Room } from "../../../../lab/serve/psrp/inbox.ts";
import { RunspacePool } from "../../../../lab/serve/psrp/pool.ts";
import { fragmentsOf } from "../../../../provider/remoting/psrp/fragments.ts";
import { NO_GUID } from "../../../../provider/remoting/psrp/guid.ts";
import { encodeMessage, MessageType } from "../../../../provider/remoting/psrp/messages.ts";
import { createPipeline, initRunspacePool, sessionCapability } from "../../../../provider/remoting/psrp/requests.ts";
import { COMMAND_ID, SHELL_ID } from "../../../support/wsman-lab.ts";

describe("a pool", () => {
  it("runs a pipeline beside the answer to whoever asked for it", async () => {
    const ran: string[] = [];
    const run = async (cmdlet: string) => {
      ran.push(cmdlet);
      return { output: [], warnings: [], errors: [] };
    };
    const options = { configuration: "Microsoft.Exchange", languageMode: "NoLanguage", fragmentBytes: 32_000 } as const;
    const pool = new RunspacePool({ ...options, room: new Room(1_000_000), run });
    pool.accept(bytesOf(1n, MessageType.sessionCapability, NO_GUID, sessionCapability()));
    pool.accept(bytesOf(2n, MessageType.initRunspacePool, NO_GUID, initRunspacePool()));
    const pipeline = pool.begin(COMMAND_ID);
    equal(pipeline.accept(bytesOf(3n, MessageType.createPipeline, COMMAND_ID, createPipeline("Get-Thing", {}))), "Get-Thing");
    const running = pipeline.run();
    await new Promise(process.nextTick); // all that an answer waits for has gone by then
    deepEqual(ran, []);
    await running;
    deepEqual(ran, ["Get-Thing"]);
  });
});

function bytesOf(objectId: bigint, type: number, pipelineId: string, data: string): Uint8Array {
  const message = encodeMessage({ destination: "server", type, poolId: SHELL_ID, pipelineId, data });
  return Buffer.concat(fragmentsOf(objectId, message, 32_000));
}
