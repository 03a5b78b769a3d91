// The WSMan client against conversations that another client had with real Windows servers (2008 R2 to 2025): every recorded message is
// read, and where one cmdlet ran after the other, the recorded answers are played to our client.
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { decodeClixml } from "../../provider/remoting/clixml/decode.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { type CmdletAnswer, type CmdletTransport, Secret } from "../../provider/remoting/transport.ts";
import { parseAnswer } from "../../provider/remoting/wsman/answer.ts";
import { isNothingYet, isThrottling } from "../../provider/remoting/wsman/faults.ts";
import { descendant, type XmlElement } from "../../provider/remoting/wsman/xml.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { ReplayServer } from "./support/replay-server.ts";
import { attributeOf, conversation, type Exchange, isPowerShell, psrpMessages } from "./support/wsman-conversations.ts";

const isThere = sharedFolder() !== undefined;
const folder = path.join(sharedFolder() ?? "", "recordings", "wsman");
const files = isThere ? globSync(path.join(folder, "pypsrp/*.yml")).sort() : [];

const HASH_MISMATCH =
  "Transport failure, hash mismatch\r\nActual: 32d10c7b8cf96570ca04ce37f2a19d84240d3a89\r\nExpected: c3499c2729730a7f807efb8676a92dcb6f8a3f8f";

/** The ids of the errors of each played cmdlet; a cmdlet without errors has an empty list. Counts of the rest are taken from the messages. */
const PLAYED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  test_client_copy_file_failure: [[HASH_MISMATCH]],
  test_client_execute_ps: [[]],
  test_client_execute_ps_failure: [["CommandNotFoundException,Microsoft.PowerShell.Commands.InvokeExpressionCommand"]],
  test_client_fetch_file_fail_missing: [["The path at 'C:\\fakefile.txt' does not exist"]],
  test_psrp_error_failed: [["Microsoft.PowerShell.Commands.WriteErrorException"]],
  test_psrp_get_command_metadata: [[], [], []],
  test_psrp_long_running_cmdlet: [[]],
  test_psrp_multiple_commands: [[]],
  test_psrp_multiple_invocations: [[], []],
  test_psrp_no_profile: [[]],
  test_psrp_pshost_methods: [[]],
  test_psrp_pshost_raw_ui_mocked_methods: [[]],
  test_psrp_reset_runspace_state: [[], []],
  "test_psrp_run_protocol_version_2.1": [[]],
  "test_psrp_run_protocol_version_2.3": [[]],
  test_psrp_small_msg_size: [[]],
  test_psrp_stream_output_invocation: [["Microsoft.PowerShell.Commands.WriteErrorException"]],
  test_psrp_with_history: [[], []],
  test_psrp_with_jea_configuration: [[], ["ProviderNotFound,Microsoft.PowerShell.Commands.GetItemCommand", "ScriptsNotAllowed"]],
};

const NO_CMDLET = "no cmdlet runs in it";
const COMMAND_SHELL = "a command shell, not PowerShell";
const CONFIGURATION = "asks for the configuration only";

/** Recordings that are not played, and why. All their messages are read nevertheless. */
const NOT_PLAYED: Readonly<Record<string, string>> = {
  test_client_execute_cmd: COMMAND_SHELL,
  test_psrp_disconnect_runspaces: "disconnects and reconnects, which the client never does",
  test_psrp_is_alive_invalid_selectors: NO_CMDLET,
  test_psrp_is_alive_state_disconnected: NO_CMDLET,
  test_psrp_nested_command: "starts a pipeline inside a running one, which the client never does",
  test_psrp_open_runspace: NO_CMDLET,
  test_psrp_receive_failure: "played in a test of its own: the session is lost",
  test_psrp_set_runspaces: NO_CMDLET,
  test_winrs_bad_cmd_id: COMMAND_SHELL,
  test_winrs_extra_opts: COMMAND_SHELL,
  test_winrs_open_already_opened: COMMAND_SHELL,
  test_winrs_operation_timeout: COMMAND_SHELL,
  test_winrs_send: COMMAND_SHELL,
  test_winrs_standard: COMMAND_SHELL,
  test_winrs_stderr_rc: COMMAND_SHELL,
  test_wsman_update_envelope_size_150: CONFIGURATION,
  test_wsman_update_envelope_size_500: CONFIGURATION,
};

describe("recorded WSMan conversations", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("are each played or have a reason why not", () => {
    deepEqual(files.map(nameOf), [...Object.keys(PLAYED), ...Object.keys(NOT_PLAYED)].sort());
  });

  for (const file of files) {
    it(`${nameOf(file)}: every answer is understood, and the CLIXML of every message in it`, () => {
      const exchanges = conversation(file);
      ok(exchanges.length > 0);
      for (const { response } of exchanges) ok(parseAnswer(response) !== undefined);
      if (!isPowerShell(exchanges)) return;
      const { sent, received } = psrpMessages(exchanges);
      ok(sent.length >= 2 && received.length >= 3);
      for (const message of [...sent, ...received]) {
        ok(Object.values<number>(MessageType).includes(message.type), `type ${message.type.toString(16)}`);
        equal(decodeClixml(message.data).length, message.data === "" ? 0 : 1);
      }
    });
  }
});

describe("our client, given the recorded answers", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  for (const [name, errorIds] of Object.entries(PLAYED)) {
    it(`runs the ${errorIds.length === 1 ? "cmdlet" : `${errorIds.length} cmdlets`} of ${name}`, async () => {
      const exchanges = conversation(path.join(folder, "pypsrp", `${name}.yml`));
      const { answers, server } = await play(exchanges, errorIds.length);
      deepEqual(answers.map(countsOf), recordedCounts(exchanges));
      deepEqual(
        answers.map(({ errors }) => errors.map((error) => error.fullyQualifiedErrorId)),
        errorIds,
      );
      deepEqual(server.unplayed, []);
    });
  }

  it("knows that the session of test_psrp_receive_failure is lost", async () => {
    const exchanges = conversation(path.join(folder, "pypsrp", "test_psrp_receive_failure.yml"));
    await rejects(play(exchanges, 1), {
      name: "RemotingError",
      reason: "sessionLost",
      message: "Get-Recorded on recording: the server lost the session while the cmdlet ran; it may have finished",
    });
  });

  it("sends the headers and the bodies that the recorded client sent, and an idle timeout besides", async () => {
    const exchanges = conversation(path.join(folder, "pypsrp", "test_psrp_multiple_invocations.yml"));
    const { server } = await play(exchanges, 2);
    const shapes = (requests: readonly XmlElement[]) =>
      requests.map((request) => shapeOf(request).filter((name) => name !== "IdleTimeOut"));
    deepEqual(shapes(server.requests), shapes(exchanges.map(({ request }) => request)));
    ok(descendant(server.requests[0], "IdleTimeOut") !== undefined);
  });
});

describe("recorded faults", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("of a silent Receive mean: ask again", () => {
    const faults = conversation(path.join(folder, "pypsrp", "test_psrp_long_running_cmdlet.yml")).map(
      ({ response }) => parseAnswer(response)?.fault,
    );
    const [fault] = faults.filter((candidate) => candidate !== undefined);
    ok(fault !== undefined && isNothingYet(fault));
    deepEqual([fault.code, fault.subcode], [2150858793, "TimedOut"]);
  });

  it("of too many shells are known without a WSManFault in them", () => {
    const fault = parseAnswer(readFileSync(path.join(folder, "winrb/wmi_error_v2.xml"), "utf8"))?.fault;
    ok(fault !== undefined && isThrottling(fault));
    deepEqual([fault.code, fault.subcode], [2150859173, "QuotaLimit"]);
    match(fault.text, /^The WS-Management service cannot process the request. The maximum number of concurrent shells/);
  });
});

/** Runs as many cmdlets as the recording has, under its ids. */
async function play(exchanges: readonly Exchange[], count: number): Promise<{ answers: CmdletAnswer[]; server: ReplayServer }> {
  const create = exchanges.find(({ action }) => action === "Create");
  const pipelineIds = psrpMessages(exchanges).sent.flatMap(({ type, pipelineId }) => (STARTING.includes(type) ? [pipelineId] : []));
  const server = new ReplayServer(exchanges);
  const port = await server.start();
  let messages = 0;
  const ids = {
    session: () => NO_GUID,
    shell: () => (create === undefined ? NO_GUID : attributeOf(create.request, "ShellId")),
    command: () => pipelineIds.shift() ?? NO_GUID,
    message: () => `00000000-0000-0000-0000-${String(++messages).padStart(12, "0")}`,
  };
  const transport = wsmanTransport(
    {
      url: `http://127.0.0.1:${port}/wsman`,
      configurationName: "Microsoft.PowerShell",
      endpoint: "recording",
      user: "someone",
      password: new Secret("anything"),
      authentication: "basic",
    },
    { ids },
  );
  try {
    return { answers: await runAll(transport, count), server };
  } finally {
    await transport.close();
    await server.stop();
  }
}

const STARTING: readonly number[] = [MessageType.createPipeline, MessageType.getCommandMetadata];

async function runAll(transport: CmdletTransport, count: number): Promise<CmdletAnswer[]> {
  const answers: CmdletAnswer[] = [];
  while (answers.length < count) answers.push(await transport.invoke("Get-Recorded", {}));
  return answers;
}

interface Counts {
  readonly objects: number;
  readonly warnings: number;
  readonly errors: number;
}

function countsOf({ objects, warnings, errors }: CmdletAnswer): Counts {
  return { objects: objects.length, warnings: warnings.length, errors: errors.length };
}

/** What the recorded messages amount to, pipeline by pipeline: output that is not $null, warnings, errors and a failed state. */
function recordedCounts(exchanges: readonly Exchange[]): Counts[] {
  const counts: Counts[] = [];
  let pipeline = { objects: 0, warnings: 0, errors: 0 };
  for (const { type, data } of psrpMessages(exchanges).received) {
    if (type === MessageType.pipelineOutput && !/^<Nil/.test(data) && data !== "") pipeline.objects++;
    if (type === MessageType.warningRecord) pipeline.warnings++;
    if (type === MessageType.errorRecord || (type === MessageType.pipelineState && data.includes(">5</I32>"))) pipeline.errors++;
    if (type !== MessageType.pipelineState) continue;
    counts.push(pipeline);
    pipeline = { objects: 0, warnings: 0, errors: 0 };
  }
  return counts;
}

/** Names of all elements in order of the header, the header's own sorted: their order has no meaning. */
function shapeOf(request: XmlElement): string[] {
  const header = descendant(request, "Header");
  const names = (element: XmlElement): string[] => [element.name, ...element.children.flatMap(names)];
  const body = descendant(request, "Body");
  return [...(header?.children.flatMap(names) ?? []).sort(), ...(body === undefined ? [] : names(body))];
}

function nameOf(file: string): string {
  return path.basename(file, ".yml");
}
