import { deepEqual, ok } from "node:assert/strict";
import { bind } from "../../../lab/serve/binder.ts";
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import { PsTagged, type PsValue } from "../../../provider/remoting/clixml/values.ts";
import { signatureFor } from "../../support/signature-for.ts";

type Given = Readonly<Record<string, PsValue>>;
const DAG = { Identity: "DAG1" };
const ARRAY_LIST = psObject({ typeNames: ["System.Collections.ArrayList", "System.Object"], items: ["a"] });

describe("binding parameters", () => {
  const bound: readonly (readonly [string, string, Given, string, readonly string[]])[] = [
    ["no parameters where none is mandatory", "Get-MailboxDatabase", {}, "Identity", []],
    [
      "names in any case, under the names of the page",
      "Get-MailboxDatabase",
      { sErVeR: "ex01", STATUS: true },
      "Server",
      ["Server", "Status"],
    ],
    ["the default set when several would do", "Get-Service", {}, "Default", []],
    ["the only set that has what was given", "Get-Service", { DisplayName: "Transport" }, "DisplayName", ["DisplayName"]],
    ["the first set where no page marks a default", "Get-Queue", {}, "Identity", []],
    ["common parameters", "Get-Queue", { ErrorAction: "stop", Verbose: true }, "Identity", ["ErrorAction", "Verbose"]],
    ["a null identity, which is no identity", "Get-MailboxDatabase", { Identity: null }, "Identity", ["Identity"]],
    [
      "an enum's name in any case",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, DatacenterActivationMode: "dagonly" },
      "Default",
      ["Identity", "DatacenterActivationMode"],
    ],
    ["a number as text", "Set-DatabaseAvailabilityGroup", { ...DAG, ReplicationPort: "64327" }, "Default", ["Identity", "ReplicationPort"]],
    [
      "a time span as text",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, PreferenceMoveFrequency: "01:00:00" },
      "Default",
      ["Identity", "PreferenceMoveFrequency"],
    ],
    [
      "a time span",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, PreferenceMoveFrequency: new PsTagged("TS", "PT1H") },
      "Default",
      ["Identity", "PreferenceMoveFrequency"],
    ],
    [
      "a truth",
      "Set-DatabaseAvailabilityGroup",
      { ...DAG, ReplayLagManagerEnabled: true },
      "Default",
      ["Identity", "ReplayLagManagerEnabled"],
    ],
    ["a result size without limit", "Get-Queue", { ResultSize: "Unlimited" }, "Identity", ["ResultSize"]],
    [
      "a list where a list may stand",
      "Redirect-Message",
      { Server: "ex01", Target: ARRAY_LIST, Confirm: false },
      "Default",
      ["Server", "Target", "Confirm"],
    ],
    ["a cmdlet that prompts, told not to", "Dismount-Database", { Identity: "DB01", Confirm: false }, "Default", ["Identity", "Confirm"]],
    [
      "a cmdlet that prompts, asked what it would do",
      "Dismount-Database",
      { Identity: "DB01", WhatIf: true },
      "Default",
      ["Identity", "WhatIf"],
    ],
    ["a cmdlet that does not prompt, told nothing", "Set-DatabaseAvailabilityGroup", DAG, "Default", ["Identity"]],
  ];
  for (const [title, cmdlet, given, set, names] of bound)
    it(`${cmdlet}: binds ${title}`, () => {
      const result = bind(signatureFor(cmdlet), parametersOf(given));
      ok("kind" in result, "message" in result ? result.message : "");
      deepEqual([result.set, [...result.parameters.keys()]], [set, names]);
      deepEqual([...result.parameters.values()], Object.values(given));
    });
});

function parametersOf(given: Given): ReadonlyMap<string, PsValue> {
  return new Map(Object.entries(given));
}
