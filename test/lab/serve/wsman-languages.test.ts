// What a session may say besides naming cmdlets, by the language mode of its configuration.
import { deepEqual, equal } from "node:assert/strict";
import type { LanguageMode } from "../../../lab/serve/psrp/language.ts";
import { decodeClixml } from "../../../provider/remoting/clixml/decode.ts";
import { property, textOf } from "../../../provider/remoting/clixml/read.ts";
import { isPsObject, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { MessageType } from "../../../provider/remoting/psrp/messages.ts";
import { messagesIn } from "../../support/raw-wsman.ts";
import { COMMAND_ID, SHELL_ID, type WsmanLab, wsmanLab } from "../../support/wsman-lab.ts";

let lab: WsmanLab;

describe("a script sent to a session", () => {
  afterEach(async () => {
    await lab.servers.stop();
  });

  for (const mode of [undefined, "NoLanguage"] as const)
    it(`is refused in a no-language session${mode === undefined ? ", which is Exchange's default" : ""}`, async () => {
      equal(await errorOf("Get-Nothing", mode), "ScriptsNotAllowed");
      equal(lab.toy.requests.length, 0);
    });

  it("is something that the lab does not run where any would", async () => {
    equal(await errorOf("Get-Nothing", "FullLanguage"), "NotInTheLab");
  });

  describe("of restricted language", () => {
    const rows: readonly (readonly [string, string, Readonly<Record<string, PsValue>>])[] = [
      ["Get-Nothing", "Get-Nothing", {}],
      ["  Get-Nothing -Server ex01 -Confirm:$false", "Get-Nothing", { Server: "ex01", Confirm: false }],
      ["Get-Nothing -Filter 'it''s -Server' -Recurse -Count 7", "Get-Nothing", { Filter: "it's -Server", Recurse: true, Count: 7 }],
      ['Get-Nothing -Name "two words" -Empty $null', "Get-Nothing", { Name: "two words", Empty: null }],
      ["Get-ExchangeServer ex01", "Get-ExchangeServer", { Identity: "ex01" }],
      ["Get-Nothing -Path C:\\Program*.log", "Get-Nothing", { Path: "C:\\Program*.log" }],
    ];
    for (const [script, cmdlet, parameters] of rows)
      it(`runs as a command: ${script.trim()}`, async () => {
        equal(await errorOf(script, "RestrictedLanguage"), undefined);
        deepEqual(
          lab.toy.requests.map((request) => [request.cmdlet, Object.fromEntries(request.parameters)]),
          [[cmdlet, parameters]],
        );
      });

    for (const [script, id] of [
      ["$a = 1", "VariableReferenceNotSupportedInDataSection"],
      ["Get-Nothing -Server $server", "VariableReferenceNotSupportedInDataSection"],
      ['Get-Nothing -Server "$env"', "VariableReferenceNotSupportedInDataSection"],
      ["$ExecutionContext.SessionState.LanguageMode", "PropertyReferenceNotSupportedInDataSection"],
      ["Get-Nothing; Stop-Host", "NotInTheLab"],
      ["Get-Nothing | Stop-Host", "NotInTheLab"],
      ["Get-Nothing -Server (Stop-Host)", "NotInTheLab"],
      ["Get-Nothing -Server 'ex01", "NotInTheLab"],
      ["Get-Nothing `\nStop-Host", "NotInTheLab"],
      ["C:\\evil.exe", "NotInTheLab"],
      ["", "NotInTheLab"],
    ] as const)
      it(`is refused with ${id}: ${JSON.stringify(script)}`, async () => {
        equal(await errorOf(script, "RestrictedLanguage"), id);
        equal(lab.toy.requests.length, 0);
      });
  });
});

/** The id of the error that ended a pipeline of that script; undefined when none did. */
async function errorOf(script: string, languageMode: LanguageMode | undefined): Promise<string | undefined> {
  lab = await wsmanLab(languageMode === undefined ? {} : { policies: { "Microsoft.Exchange": { languageMode } } });
  await lab.client.open(SHELL_ID);
  await lab.client.command(SHELL_ID, COMMAND_ID, [{ name: script, isScript: true }]);
  const messages = messagesIn(await lab.client.receive(SHELL_ID, COMMAND_ID));
  const [state] = decodeClixml(messages.find(({ type }) => type === MessageType.pipelineState)?.data ?? "");
  const error = isPsObject(state) ? property(state, "ExceptionAsErrorRecord") : undefined;
  return isPsObject(error) ? textOf(property(error, "FullyQualifiedErrorId")) : undefined;
}
