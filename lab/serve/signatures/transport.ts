// Parameters of the cmdlets about queues and messages, as Exchange 2019 documents them. Data only; `signatures.ts` says what it means.
import type { Signature } from "../signatures.ts";

export const transportSignatures: readonly Signature[] = [
  {
    cmdlet: "Get-Queue",
    module: "Exchange",
    sets: ["Identity", "Server"],
    parameters: {
      Identity: { type: "QueueIdentity", sets: ["Identity"], position: 1 },
      BookmarkIndex: { type: "Int32" },
      BookmarkObject: { type: "ExtensibleQueueInfo" },
      Exclude: { type: "QueueViewerIncludesAndExcludes" },
      Filter: { type: "String", sets: ["Server"] },
      Include: { type: "QueueViewerIncludesAndExcludes" },
      IncludeBookmark: { type: "Boolean" },
      ResultSize: { type: "Unlimited" },
      ReturnPageInfo: { type: "Boolean" },
      SearchForward: { type: "Boolean" },
      Server: { type: "ServerIdParameter", sets: ["Server"] },
      SortOrder: { type: "QueueViewerSortOrderEntry[]" },
    },
  },
  {
    cmdlet: "Retry-Queue",
    module: "Exchange",
    sets: ["Filter", "Identity"],
    prompts: true,
    parameters: {
      Identity: { type: "QueueIdentity", sets: ["Identity"], mandatory: true, position: 1 },
      Filter: { type: "String", sets: ["Filter"], mandatory: true },
      Confirm: { type: "SwitchParameter" },
      Resubmit: { type: "Boolean" },
      Server: { type: "ServerIdParameter", sets: ["Filter"] },
      WhatIf: { type: "SwitchParameter" },
    },
  },
  {
    cmdlet: "Redirect-Message",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    prompts: true,
    parameters: {
      Server: { type: "ServerIdParameter", mandatory: true },
      Target: { type: "MultiValuedProperty", mandatory: true },
      Confirm: { type: "SwitchParameter" },
      WhatIf: { type: "SwitchParameter" },
    },
  },
];
