// What we send beside what PowerShell's own client sent (session 40, PowerShell 7.6.5): SESSION_CAPABILITY, INIT_RUNSPACEPOOL and
// CREATE_PIPELINE, member by member. Every difference is listed with its reason; one that no longer occurs fails too.
import { deepEqual, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { MessageType } from "../../provider/remoting/psrp/messages.ts";
import { createPipeline, initRunspacePool, sessionCapability } from "../../provider/remoting/psrp/requests.ts";
import type { CmdletParameters } from "../../provider/remoting/transport.ts";
import { requireJudge, sharedFolder } from "../support/judges.ts";
import { differencesOfMeaning, meaningOfMessage } from "./support/meaning.ts";

const isThere = sharedFolder() !== undefined;
const file = path.join(sharedFolder() ?? "", "recordings/powershell/psrp/40-dotnet-client-session.messages.jsonl");
const Recorded = z.object({ dir: z.string(), typeName: z.string(), xml: z.string() });

const CALLS: readonly (readonly [string, CmdletParameters])[] = [
  ["Get-ServerComponentState", { Identity: "ex01" }],
  ["Redirect-Message", { Server: "ex01", Target: "ex02" }],
];

/** `-` was sent by PowerShell's client only, `+` is sent by ours only. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [
    /^[-+] sessionCapability\.protocolversion = 2\.[34]$/,
    "2.3 is the newest protocol of Windows PowerShell, which every Exchange server speaks",
  ],
  [
    /^[-+] initRunspacePool\.ApplicationArguments/,
    "the client's version table, which the recorded servers of Windows never missed in pypsrp's sessions",
  ],
  [/^[-+] initRunspacePool\.HostInfo\._useRunspaceHost = /, "no host either way; pypsrp says true as we do"],
  [
    /^[-+] createPipeline\.PowerShell\.Cmds(\[0\]\.Args)? is .*Version=(3\.0\.0|7\.6\.5)\.0/,
    "the assembly of Windows PowerShell, not of PowerShell 7",
  ],
  [/^[-+] createPipeline\.RemoteStreamOptions (says|=) /, "0 instead of 15: no invocation in each record, which is kilobytes"],
  [
    /^- createPipeline\.PowerShell\.Cmds\[0\]\.Merge(Error|Warning|Verbose|Debug|Information) (is|says|=) /,
    "all stay where they are: a server looks for each, and takes that for the answer where it is not there, as from PowerShell 2",
  ],
  [/^[-+] createPipeline\.PowerShell\.RedirectShellErrorOutputPipe = /, "about the error stream of scripts; pypsrp says false as we do"],
];

describe("what we send, beside PowerShell's own client", () => {
  const found = new Map<string, readonly string[]>();

  before(function () {
    requireJudge(this, "recordings", isThere);
    found.set("SESSION_CAPABILITY", differences(MessageType.sessionCapability, "SessionCapability", "", sessionCapability()));
    found.set("INIT_RUNSPACEPOOL", differences(MessageType.initRunspacePool, "InitRunspacePool", "", initRunspacePool()));
    for (const [cmdlet, parameters] of CALLS)
      found.set(
        `CREATE_PIPELINE of ${cmdlet}`,
        differences(MessageType.createPipeline, "CreatePipeline", cmdlet, createPipeline(cmdlet, parameters)),
      );
  });

  for (const name of ["SESSION_CAPABILITY", "INIT_RUNSPACEPOOL", ...CALLS.map(([cmdlet]) => `CREATE_PIPELINE of ${cmdlet}`)])
    it(`says the same in ${name}, but for what is listed`, () => {
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

/** Between our message and the first recorded one of that type in which `word` stands. */
function differences(type: number, typeName: string, word: string, data: string): string[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const recorded = lines
    .map((line) => Recorded.parse(JSON.parse(line)))
    .find((message) => message.dir === "c2s" && message.typeName === typeName && (word === "" || message.xml.includes(`>${word}<`)));
  ok(recorded !== undefined, `there is no ${typeName} ${word}`);
  return differencesOfMeaning(meaningOfMessage({ type, data: recorded.xml }), meaningOfMessage({ type, data }));
}
