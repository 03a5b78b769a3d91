// Plays Set-MailboxServer, as far as it says what may be activated on a server: both settings live in the directory. Source: facts/exchange.md 4.5.
import type { ActivationPolicy } from "../../world/activation.ts";
import { shown } from "../../world/cast.ts";
import type { Attribute } from "../../world/directory.ts";
import type { Call } from "./call.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { knownServer } from "./lookup.ts";

const policies: readonly ActivationPolicy[] = ["Unrestricted", "IntrasiteOnly", "Blocked"];

export const SetMailboxServer = defineCmdlet({
  name: "Set-MailboxServer",
  reads: ["Identity", "DatabaseCopyAutoActivationPolicy", "DatabaseCopyActivationDisabledAndMoveNow"],
  roles: { named: ["Exchange Servers"] },
  run(call) {
    const { args } = call;
    const server = knownServer(call, args.text("Identity") ?? "");
    const { policy, moveNow } = server.activation;
    const asked = args.text("DatabaseCopyAutoActivationPolicy")?.toLowerCase();
    const wanted = policies.find((one) => one.toLowerCase() === asked);
    const named = args.names.some((name) => name.toLowerCase() === "databasecopyactivationdisabledandmovenow");
    const changed = [
      wanted !== undefined && write(call, policy, wanted),
      named && write(call, moveNow, args.flag("DatabaseCopyActivationDisabledAndMoveNow")),
    ];
    if (changed.includes(true)) return {};
    return { warnings: [`The command completed successfully but no settings of '${shown(server.name)}' have been modified.`] };
  },
});

/** True when that is another value than the domain controller has. */
function write<T>({ controller, args }: Call, attribute: Attribute<T>, value: T): boolean {
  if (attribute.at(controller) === value) return false;
  if (!args.flag("WhatIf")) attribute.write(value, controller);
  return true;
}
