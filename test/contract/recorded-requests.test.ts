// What our client sends beside what a recorded client sent to real servers for the same calls: header by header, element by element, and inside
// the messages member by member. Every difference is listed with its reason; one that no longer occurs fails too.

import { deepEqual, equal, ok } from "node:assert/strict";
import path from "node:path";
import { readPipelineRequest } from "../../lab/serve/psrp/pipeline-request.ts";
import { NO_GUID } from "../../provider/remoting/psrp/guid.ts";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { wsmanTransport } from "../../provider/remoting/wsman-transport.ts";
import { descendant, type XmlElement } from "../../provider/remoting/xml/tree.ts";
import { basic } from "../support/basic.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { differencesOfMeaning, meaningOf } from "./support/meaning.ts";
import { ReplayServer } from "./support/replay-server.ts";
import { conversation, type Exchange, psrpMessages } from "./support/wsman-conversations.ts";

const isThere = sharedFolder() !== undefined;
const folder = path.join(sharedFolder() ?? "", "recordings", "wsman", "pypsrp");

/** Recordings, and how many of their first pipelines are single commands, which can be asked the same way. */
const ASKED: readonly (readonly [string, number])[] = [
  ["test_psrp_multiple_invocations", 2],
  ["test_psrp_no_profile", 1],
  ["test_psrp_with_jea_configuration", 1],
];

const AS_POWERSHELL = "as PowerShell's own client writes it (psrp-recordings.test.ts)";

/** `-` was sent by the recorded client only, `+` is sent by ours only. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [/^\w+: [-+] \/Envelope\/Header\/To = https?:\/\/127\.0\.0\.1:\d+\/wsman$/, "the address of the server"],
  [
    /^(Receive|Command|Signal|Delete): [-+] \/Envelope\/Header\/MaxEnvelopeSize = /,
    "once it knows the protocol, the recorded client takes larger answers; ours stays with what every server sends",
  ],
  [/^Create: \+ \/Envelope\/Body\/Shell\/IdleTimeOut/, "a session that nobody closes is not to occupy the server for hours"],
  [
    /^Create: - \/Envelope\/Header\/OptionSet\/Option(@Name = WINRS_NOPROFILE| = TRUE)$/,
    "the recorded test asks for a shell without profile",
  ],
  [/[-+] \w+\.ApartmentState (says|is) /, AS_POWERSHELL],
  [
    /[-+] createPipeline\.RemoteStreamOptions (is|says|=) /,
    "0 instead of 15: no invocation in each record, which is kilobytes; the type is as PowerShell's own client writes it",
  ],
  [/- createPipeline\.PowerShell\.ExtraCmds = null$/, AS_POWERSHELL],
  [
    /- createPipeline\.PowerShell\.Cmds\[0\]\.Merge(Error|Warning|Verbose|Debug|Information) (is|says|=) /,
    "all stay where they are, which a server takes for granted where nothing is said (psrp-client-recording.test.ts)",
  ],
  [/[-+] createPipeline\.PowerShell\.Cmds(\[0\]\.Args)? is .*Version=[13]\.0\.0\.0/, AS_POWERSHELL],
  [/[-+] createPipeline\.PowerShell\.Cmds\[0\]\.(IsScript|Cmd) = /, "scripts were recorded; our client sends commands only"],
];

describe("what our client asks, beside recorded requests", () => {
  const found = new Map<string, readonly string[]>();

  before(async function () {
    requireJudge(this, "recordings", isThere);
    for (const [name, count] of ASKED) found.set(name, await differencesIn(conversation(path.join(folder, `${name}.yml`)), count));
  });

  for (const [name] of ASKED)
    it(`says the same as ${name}, but for what is listed`, () => {
      deepEqual(
        found.get(name)?.filter((line) => !ACCEPTED.some(([pattern]) => pattern.test(line))),
        [],
      );
    });

  for (const [pattern, reason] of ACCEPTED)
    it(`still differs in what is listed: ${pattern.source} (${reason})`, () => {
      ok([...found.values()].flat().some((line) => pattern.test(line)));
    });
});

/** Differences by action, of the requests that both clients made. */
async function differencesIn(exchanges: readonly Exchange[], count: number): Promise<string[]> {
  const own = await asked(exchanges, count);
  const actions = [...new Set(exchanges.map(({ action }) => action))];
  return actions.flatMap((action) => {
    const theirs = exchanges.filter((exchange) => exchange.action === action).map(({ request }) => request);
    const ours = own.filter((request) => actionOf(request) === action);
    if (ours.length === 0) return [`${action}: - not sent`];
    const pairs = Math.min(ours.length, theirs.length, action === "Command" ? count : ours.length);
    return Array.from({ length: pairs }, (_, index) => [theirs[index], ours[index]] as const).flatMap(([one, other]) =>
      one === undefined || other === undefined
        ? []
        : differencesOfMeaning(meaningOf(one), meaningOf(other)).map((line) => `${action}: ${line}`),
    );
  });
}

/** Makes our client ask the recorded commands, with the recorded ids; where a script was sent, a command. */
async function asked(exchanges: readonly Exchange[], count: number): Promise<readonly XmlElement[]> {
  const { sent } = psrpMessages(exchanges);
  const pipelines = sent.filter(({ type }) => type === MessageType.createPipeline);
  const ids = pipelines.map(({ pipelineId }) => pipelineId);
  const server = new ReplayServer(exchanges);
  const port = await server.start();
  const transport = wsmanTransport(
    {
      url: `http://127.0.0.1:${port}/wsman`,
      configurationName: configurationIn(exchanges),
      endpoint: "recording",
      authentication: basic("someone", "anything"),
    },
    {
      ids: {
        session: () => NO_GUID,
        shell: () => sent[0]?.poolId ?? NO_GUID,
        command: () => ids.shift() ?? NO_GUID,
        message: () => crypto.randomUUID().toUpperCase(),
      },
    },
  );
  try {
    for (const { data } of pipelines.slice(0, count)) {
      const [[command] = []] = readPipelineRequest(data).statements;
      ok(command !== undefined);
      await transport.invoke(
        command.isScript ? "Get-Recorded" : command.text,
        Object.fromEntries(command.arguments.map(({ name, value }) => [name ?? "", String(value)])),
      );
    }
  } finally {
    await transport.close();
    await server.stop();
  }
  equal(server.requests.filter((request) => actionOf(request) === "Command").length, count);
  return server.requests;
}

function configurationIn(exchanges: readonly Exchange[]): string {
  return descendant(exchanges[0]?.request, "ResourceURI")?.text.split("/").at(-1) ?? "";
}

function actionOf(request: XmlElement): string {
  return (descendant(request, "Action")?.text ?? "").split("/").at(-1) ?? "";
}
