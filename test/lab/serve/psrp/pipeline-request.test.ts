// What a client wants run, read from requests that come one after the other.
import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { readPipelineRequest } from "../../../../lab/serve/psrp/pipeline-request.ts";
import { ClixmlError } from "../../../../provider/remoting/clixml/values.ts";
import { Defragmenter } from "../../../../provider/remoting/psrp/fragments.ts";
import { decodeMessage } from "../../../../provider/remoting/psrp/messages.ts";
import { RawWsman } from "../../../support/raw-wsman.ts";
import { COMMAND_ID } from "../../../support/wsman-lab.ts";

const writer = new RawWsman({ host: "127.0.0.1", port: 0 }, "", "");

describe("reading what a client wants run", () => {
  it("reads each request as what it says, whatever was read before", () => {
    const names = ["Get-Queue", "Set-Queue", "Set-Queue", "Get-Queue"];
    deepEqual(
      names.map((name) => readPipelineRequest(dataOf(name)).statements[0]?.[0]?.text),
      names,
    );
  });

  it("does not read the same request again, unless it is long", () => {
    const [short, long] = [dataOf("Get-Queue"), dataOf("Get-Queue", "x".repeat(100_000))];
    const [first, again, longFirst, longAgain] = [short, dataOf("Get-Queue"), long, long].map(readPipelineRequest);
    equal(first, again);
    notEqual(longFirst, longAgain);
    deepEqual(longFirst, longAgain);
  });

  it("refuses what is no request as often as it comes", () => {
    for (const time of [1, 2]) throws(() => readPipelineRequest("<Obj>"), ClixmlError, `time ${time}`);
  });
});

function dataOf(name: string, identity = "ex01"): string {
  const defragmenter = new Defragmenter();
  const fragments = writer.pipelineFragments(COMMAND_ID, [{ name, args: [["Identity", identity]] }]);
  const [message = new Uint8Array()] = fragments.flatMap((fragment) => defragmenter.push(fragment));
  return decodeMessage(message).data;
}
