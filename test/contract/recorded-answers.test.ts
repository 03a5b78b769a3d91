// The lab's endpoint, asked what recorded clients asked real Windows servers, answers in the shape in which those did: element by element,
// and inside the streams message by message. Every difference is listed here with its reason; one that no longer occurs fails too.
import { deepEqual, ok } from "node:assert/strict";
import { globSync } from "node:fs";
import path from "node:path";
import { FaultScript } from "../../lab/serve/faults.ts";
import { startWsman, type WsmanServers } from "../../lab/serve/wsman.ts";
import { MessageType, type PsrpMessage } from "../../provider/remoting/psrp/messages.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { RawWsman } from "../support/raw-wsman.ts";
import { repliesOf } from "./support/recorded-host.ts";
import { messagesOf, type Pair, play } from "./support/recorded-session.ts";
import { clixmlShape, differences, envelopeShape, union } from "./support/shapes.ts";
import { conversation, type Exchange, psrpMessages } from "./support/wsman-conversations.ts";

const isThere = sharedFolder() !== undefined;
const folder = path.join(sharedFolder() ?? "", "recordings", "wsman", "pypsrp");
const files = isThere
  ? globSync("*.yml", { cwd: folder })
      .map((file) => path.basename(file, ".yml"))
      .sort()
  : [];

const COMMAND_SHELL = "a command shell: the lab has PowerShell endpoints only, as the client asks for no other";

/** Conversations that are not replayed, and why. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  test_client_execute_cmd: COMMAND_SHELL,
  test_psrp_disconnect_runspaces: "disconnects and connects again; the client never does, and the lab refuses it",
  test_psrp_get_command_metadata: "asks for the parameters of commands, which only Import-PSSession needs",
  "test_psrp_run_protocol_version_2.1": "Windows Server 2008 R2 chose its own ids, so the recorded requests name a shell that nobody made",
  test_winrs_bad_cmd_id: COMMAND_SHELL,
  test_winrs_extra_opts: COMMAND_SHELL,
  test_winrs_open_already_opened: COMMAND_SHELL,
  test_winrs_operation_timeout: COMMAND_SHELL,
  test_winrs_send: COMMAND_SHELL,
  test_winrs_standard: COMMAND_SHELL,
  test_winrs_stderr_rc: COMMAND_SHELL,
};

const INVOCATION =
  "the recorded client asked for the invocation of each record (RemoteStreamOptions 15); ours does not, and the lab gives none";
const STREAM = "cmdlets of the lab write output, warnings and errors only; the client drops the other streams";
const NO_STACK = "there is no .NET code in the lab that a stack could lead through";
const EXCEPTIONS = "the lab knows the base classes and own properties of the exceptions that its own cmdlets raise";

/** `-` is in the recording only, `+` in the lab's answer only. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [
    /^\w+( of .*)?: \+ s:Envelope\/s:Header\/p:ActivityId$/,
    "recorded servers send it or not, without regard to their version; the lab does, and nobody reads it",
  ],
  [/^Get: - .*\/cfg:Config\/cfg:(MaxProviderRequests|Client|Service|Winrs)$/, "of the configuration, clients read the envelope size"],
  [/^Receive of a command: \d+ (progress|debug|verbose|information)Record, ours 0$/, STREAM],
  [/^Receive of a command: \d+ pipelineHostCall, ours 0$/, "cmdlets of the lab ask nothing of a host: sessions of the client have none"],
  [/^Receive of a command: order of messages /, "a cmdlet of the lab answers in streams, which say nothing of the order between them"],
  [/[-+] .*\/(Obj|Nil)\[InvocationInfo\]$/, INVOCATION],
  [/- Obj\/MS\/\w+\[(InvocationInfo|CommandInfo)_\w+\]$/, INVOCATION],
  [/- Obj\/MS\/\w+\[(SerializeExtent|(InformationalRecord_)?PipelineIterationInfo|PSMessageDetails)\]$/, INVOCATION],
  [/- .*\/S\[ErrorDetails_ScriptStackTrace\]$/, NO_STACK],
  [/[-+] .*\/(S|Nil)\[(TargetSite|StackTrace|Source)\]$/, NO_STACK],
  [/- .*\/Obj\[Exception\]\/Props\/Obj\[Data\]\/DCT\/En$/, NO_STACK],
  [/[-+] .*\/Obj\[Exception\]\/TN: .*\.(RuntimeException|WriteErrorException|ProviderNotFoundException), /, EXCEPTIONS],
  [/- .*\/Obj\[Exception\]\/Props\/\w+\[(ErrorRecord|WasThrownFromThrowStatement|ItemName|SessionStateCategory|Errors)\]$/, EXCEPTIONS],
  [/order .*\/Props\/S\[ErrorRecord\]$/, EXCEPTIONS],
];

const TYPE_NAMES = new Map<number, string>(Object.entries(MessageType).map(([name, type]) => [type, name]));

describe("the lab's answers to recorded requests", () => {
  const found = new Map<string, readonly string[]>();

  before(async function () {
    requireJudge(this, "recordings", isThere);
    for (const file of files.filter((name) => !(name in NOT_REPLAYED))) found.set(file, (await replayed(file)).flatMap(differencesIn));
  });

  it("are replayed from every conversation, or there is a reason why not", () => {
    deepEqual([...found.keys(), ...Object.keys(NOT_REPLAYED)].sort(), files);
    ok(found.size >= 24);
  });

  for (const file of files.filter((name) => !(name in NOT_REPLAYED)))
    it(`have the shape of those in ${file}, but for what is listed`, () => {
      deepEqual(
        found.get(file)?.filter((line) => !ACCEPTED.some(([pattern]) => pattern.test(line))),
        [],
      );
    });

  for (const [pattern, reason] of ACCEPTED)
    it(`still differ in what is listed: ${pattern.source} (${reason})`, () => {
      ok([...found.values()].flat().some((line) => pattern.test(line)));
    });
});

/** Asks the lab what the recorded client asked, with a host that answers what the recorded server's cmdlets answered. */
async function replayed(file: string): Promise<Pair[]> {
  const exchanges = conversation(path.join(folder, `${file}.yml`));
  const replies = repliesOf(psrpMessages(exchanges));
  const faults = new FaultScript();
  if (file === "test_psrp_long_running_cmdlet") faults.add({ when: { edge: "wsman" }, what: "slow" });
  const servers = await startWsman({
    host: async () => replies.shift() ?? { output: [], warnings: [], errors: [] },
    servers: [{ name: "ex01", fqdn: "ex01.contoso.local" }],
    accounts: new Map([["someone", "anything"]]),
    faults,
  });
  try {
    return await play(exchanges, { client: clientOf(servers, file), ...howToPlay(file, exchanges, servers) });
  } finally {
    await servers.stop();
  }
}

/** The recorded JEA endpoint runs commands only, as Exchange's does. */
function clientOf(servers: WsmanServers, file: string): RawWsman {
  const configuration = file.includes("jea") ? "Microsoft.Exchange" : "Microsoft.PowerShell";
  const client = new RawWsman(servers.address("ex01", configuration), "someone", "anything");
  client.configuration = configuration;
  client.path = configuration === "Microsoft.Exchange" ? "/powershell" : "/wsman";
  return client;
}

function howToPlay(file: string, exchanges: readonly Exchange[], servers: WsmanServers) {
  const beforeRequest = (index: number) => {
    if (file.includes("is_alive_invalid_selectors") && index === exchanges.length - 1) servers.forgetShells("ex01");
  };
  return { asRecorded: file.includes("jea"), beforeRequest };
}

function differencesIn({ what, recorded, own }: Pair): string[] {
  const shape = (answers: Pair["own"]) => union(answers.map(({ text }) => envelopeShape(text)));
  const envelope = differences(shape(recorded), shape(own)).map((line) => `${what}: ${line}`);
  const statuses = (answers: Pair["own"]) => [...new Set(answers.map(({ status }) => status))].sort().join(" and ");
  const status = statuses(recorded) === statuses(own) ? [] : [`${what}: HTTP ${statuses(recorded)}, ours ${statuses(own)}`];
  return [
    ...envelope,
    ...status,
    ...(what.startsWith("Receive") ? differencesOfMessages(what, messagesOf(recorded), messagesOf(own)) : []),
  ];
}

/** Types and their order, and where there are as many of a type, the shape of each. */
function differencesOfMessages(what: string, recorded: readonly PsrpMessage[], own: readonly PsrpMessage[]): string[] {
  const of = (messages: readonly PsrpMessage[], type: number) => messages.filter((message) => message.type === type);
  const types = [...new Set([...recorded, ...own].map(({ type }) => type))];
  const inBoth = types.filter((type) => of(recorded, type).length === of(own, type).length);
  const counts = types
    .filter((type) => !inBoth.includes(type))
    .map((type) => `${what}: ${of(recorded, type).length} ${nameOf(type)}, ours ${of(own, type).length}`);
  const shapes = inBoth.flatMap((type) =>
    of(recorded, type).flatMap(({ data }, index) =>
      differences(clixmlShape(data), clixmlShape(of(own, type)[index]?.data ?? "")).map((line) => `${nameOf(type)}: ${line}`),
    ),
  );
  const sequence = (messages: readonly PsrpMessage[]) =>
    messages.flatMap(({ type }) => (inBoth.includes(type) ? [nameOf(type)] : [])).join(" ");
  const order = sequence(recorded) === sequence(own) ? [] : [`${what}: order of messages ${sequence(recorded)}, ours ${sequence(own)}`];
  return [...counts, ...shapes, ...order];
}

function nameOf(type: number): string {
  return TYPE_NAMES.get(type) ?? type.toString(16);
}
