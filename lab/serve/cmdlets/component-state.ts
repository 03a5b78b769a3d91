// Plays Get- and Set-ServerComponentState. Rules: facts/exchange.md 2.2; shape: recordings of Exchange 2013 to 2019; a plain client gets the
// requesters' entries as texts.
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import { type ComponentState, componentNames, type RequesterEntry } from "../../world/components.ts";
import type { Server } from "../../world/server.ts";
import { exchangeTime } from "../../world/text.ts";
import type { Call } from "./call.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { serviceState } from "./enums.ts";
import { categories, refuse } from "./errors.ts";
import { knownServer, named, serverNames } from "./lookup.ts";
import { configurable, texts } from "./wire.ts";

const typeName = "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject";
const states: readonly ComponentState[] = ["Active", "Inactive", "Draining"];

export const GetServerComponentState = defineCmdlet({
  name: "Get-ServerComponentState",
  reads: ["Identity", "Component"],
  roles: { inferred: ["Exchange Servers", "Monitoring", "View-Only Configuration"] },
  run(call) {
    const component = call.args.text("Component");
    return { output: named(call, call.site.servers, serverNames).flatMap((server) => statesOf(call, server, component)) };
  },
});

export const SetServerComponentState = defineCmdlet({
  name: "Set-ServerComponentState",
  reads: ["Identity", "Component", "Requester", "State", "LocalOnly", "RemoteOnly"],
  roles: { inferred: ["Exchange Servers"] },
  run(call) {
    const { args, controller } = call;
    const server = knownServer(call, args.text("Identity") ?? "");
    const component = args.text("Component") ?? "";
    const state = states.find((one) => one.toLowerCase() === args.text("State")?.toLowerCase());
    const place = args.flag("LocalOnly") ? "local" : args.flag("RemoteOnly") ? "remote" : "both";
    if (place !== "remote") reachRegistry(call, server);
    if (!componentNames.some((name) => name.toLowerCase() === component.toLowerCase())) refuseComponent(call, component, server);
    if (state !== undefined && !args.flag("WhatIf")) server.setComponent(component, args.text("Requester") ?? "", state, place, controller);
    return {};
  },
});

function statesOf(call: Call, server: Server, component: string | undefined): readonly PsObject[] {
  reachRegistry(call, server);
  const readings = server.components.readings(call.controller);
  const isOffline = readings.some(({ component: name, state }) => name === "ServerWideOffline" && state === "Inactive");
  const asked = component === undefined ? readings : readings.filter((one) => one.component.toLowerCase() === component.toLowerCase());
  if (asked.length === 0) refuseComponent(call, component ?? "", server);
  return asked.map((reading) =>
    configurable(
      typeName,
      {
        ServerFqdn: server.fqdn,
        Component: reading.component,
        State: serviceState(call.site, reading.state),
        ServerWideOfflineIsOffline: isOffline,
        RemoteStates: entries(reading.remote),
        LocalStates: entries(reading.local),
      },
      shown(server.name),
    ),
  );
}

/** The local entries are in the registry of the server itself. */
function reachRegistry(call: Call, server: Server): void {
  if (server.isUp()) return;
  refuse(call, { message: "The network path was not found.", exception: "System.IO.IOException", targetName: server.fqdn });
}

function refuseComponent(call: Call, component: string, server: Server): never {
  return refuse(call, {
    message: `The component ${component} isn't a valid component on server ${shown(server.name)}.`,
    exception: "System.ArgumentException",
    category: categories.invalidArgument,
  });
}

function entries(all: readonly RequesterEntry[]): PsObject {
  const details = `System.Collections.Generic.List\`1[[${typeName}+RequesterDetails, Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]`;
  const lines = all.map(({ requester, state, atMs }) => `Requestor:${requester}; State:${state}; Timestamp:${exchangeTime(atMs)}`);
  return texts(lines, [details, "System.Object"]);
}
