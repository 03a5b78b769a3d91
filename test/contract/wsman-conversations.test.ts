// The WSMan client, played the answers that another client had of real Windows servers (2008 R2 to 2025). Reading every answer by itself is
// wsman-readings.test.ts; what the client sends, recorded-requests.test.ts.

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { globSync } from "node:fs";
import path from "node:path";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import type { CmdletAnswer, CmdletTransport } from "../../provider/remoting/transport.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { descendant } from "../../provider/remoting/xml/tree.ts";
import { basic } from "../support/basic.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { ReplayServer } from "./support/replay-server.ts";
import { conversation, type Exchange, isPowerShell, psrpMessages } from "./support/wsman-conversations.ts";

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
  test_psrp_nested_command: [[]],
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

/** Recordings in which no cmdlet runs, and how they go on once the session is open: with what the client never sends. */
const OPENED: Readonly<Record<string, string>> = {
  test_psrp_disconnect_runspaces: "Disconnect, Reconnect and Connect",
  test_psrp_is_alive_invalid_selectors: "Get",
  test_psrp_is_alive_state_disconnected: "Get",
  test_psrp_open_runspace: "Delete alone",
  test_psrp_set_runspaces: "other numbers of runspaces than one",
};

const COMMAND_SHELL = "WinRS: a command shell and no PSRP in it; the client opens none";
const CONFIGURATION = "a Get of the configuration and no session; the client sends none";

/** Recordings that are not played, and why. Their answers are read nevertheless, each by the reader of its kind. */
const NOT_PLAYED: Readonly<Record<string, string>> = {
  test_client_execute_cmd: COMMAND_SHELL,
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

/** Played in a test of its own: the session is lost. */
const LOST = "test_psrp_receive_failure";

describe("recorded WSMan conversations", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  it("are each played or have a reason why not", () => {
    deepEqual(files.map(nameOf), [...Object.keys({ ...PLAYED, ...OPENED, ...NOT_PLAYED }), LOST].sort());
    for (const name of Object.keys(NOT_PLAYED)) equal(isPowerShell(recorded(name)), false);
  });
});

describe("our client, given the recorded answers", () => {
  before(function () {
    requireJudge(this, "recordings", isThere);
  });

  for (const [name, errorIds] of Object.entries(PLAYED)) {
    it(`runs the ${errorIds.length === 1 ? "cmdlet" : `${errorIds.length} cmdlets`} of ${name}`, async () => {
      const exchanges = withoutOuterPipeline(recorded(name));
      const { answers, server } = await play(exchanges, errorIds.length);
      deepEqual(answers.map(countsOf), recordedCounts(exchanges));
      deepEqual(
        answers.map(({ errors }) => errors.map((error) => error.fullyQualifiedErrorId)),
        errorIds,
      );
      deepEqual(server.unplayed, []);
    });
  }

  for (const [name, what] of Object.entries(OPENED))
    it(`opens the session of ${name} (which goes on with ${what}), and is told by a recorded fault that it is gone`, async () => {
      const exchanges = recorded(name);
      const [fault] = recorded("test_psrp_is_alive_invalid_selectors").filter(({ response }) => response.includes("<s:Fault"));
      ok(fault !== undefined);
      const server = new ReplayServer([...exchanges, { ...fault, action: "Command" }]);
      await rejects(playTo(server, exchanges, 1), { name: "RemotingError", reason: "sessionLost" });
      const asked = server.requests.map((request) => descendant(request, "Action")?.text.split("/").at(-1));
      deepEqual([...new Set(asked.slice(0, asked.indexOf("Command") + 1))], ["Create", "Receive", "Command"]);
    });

  it(`knows that the session of ${LOST} is lost`, async () => {
    await rejects(play(recorded(LOST), 1), {
      name: "RemotingError",
      reason: "sessionLost",
      message: "Get-Recorded on recording: the server lost the session while the cmdlet ran; it may have finished",
    });
  });
});

/** Runs as many cmdlets as the recording has, under its ids. */
async function play(exchanges: readonly Exchange[], count: number): Promise<{ answers: CmdletAnswer[]; server: ReplayServer }> {
  const server = new ReplayServer(exchanges);
  return { answers: await playTo(server, exchanges, count), server };
}

async function playTo(server: ReplayServer, exchanges: readonly Exchange[], count: number): Promise<CmdletAnswer[]> {
  const { sent } = psrpMessages(exchanges);
  const pipelineIds = sent.flatMap(({ type, pipelineId }) => (STARTING.includes(type) ? [pipelineId] : []));
  const port = await server.start();
  let messages = 0;
  const ids = {
    session: () => NO_GUID,
    shell: () => sent[0]?.poolId ?? NO_GUID, // as in the messages: the older recordings have it in another byte order than the ShellId
    command: () => pipelineIds.shift() ?? NO_GUID,
    message: () => `00000000-0000-0000-0000-${String(++messages).padStart(12, "0")}`,
  };
  const transport = wsmanTransport(
    {
      url: `http://127.0.0.1:${port}/wsman`,
      configurationName: "Microsoft.PowerShell",
      endpoint: "recording",
      authentication: basic("someone", "anything"),
    },
    { ids },
  );
  try {
    return await runAll(transport, count);
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

function recorded(name: string): Exchange[] {
  return conversation(path.join(folder, "pypsrp", `${name}.yml`));
}

/** Where a pipeline was begun inside a running one, which the client never does: the inner one alone, whose output was received. */
function withoutOuterPipeline(exchanges: readonly Exchange[]): readonly Exchange[] {
  const outer = exchanges.find(
    ({ action, commandId }, index) => action === "Command" && exchanges[index + 1]?.action === "Command" && commandId !== "",
  );
  return outer === undefined ? exchanges : exchanges.filter(({ commandId }) => commandId !== outer.commandId);
}

function nameOf(file: string): string {
  return path.basename(file, ".yml");
}
