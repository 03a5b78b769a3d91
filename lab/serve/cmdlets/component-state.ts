// Get-ServerComponentState. Shape: recordings of Exchange 2013 to 2019; a plain client gets the requesters' entries as texts.
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import type { RequesterEntry } from "../../world/components.ts";
import type { Server } from "../../world/server.ts";
import { exchangeTime } from "../../world/text.ts";
import type { Answer, Call } from "./call.ts";
import { serviceState } from "./enums.ts";
import { categories, refuse } from "./errors.ts";
import { named, serverNames } from "./lookup.ts";
import { configurable, texts } from "./wire.ts";

const typeName = "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject";

export function getServerComponentState(call: Call): Answer {
  const component = call.args.text("Component");
  return { output: named(call, call.site.servers, serverNames).flatMap((server) => statesOf(call, server, component)) };
}

function statesOf(call: Call, server: Server, component: string | undefined): readonly PsObject[] {
  if (!server.isUp())
    refuse(call, { message: "The network path was not found.", exception: "System.IO.IOException", targetName: server.fqdn });
  const readings = server.components.readings();
  const asked = component === undefined ? readings : readings.filter((one) => one.component.toLowerCase() === component.toLowerCase());
  if (asked.length === 0) {
    refuse(call, {
      message: `The component ${component} isn't a valid component on server ${shown(server.name)}.`,
      exception: "System.ArgumentException",
      category: categories.invalidArgument,
    });
  }
  return asked.map((reading) =>
    configurable(
      typeName,
      {
        ServerFqdn: server.fqdn,
        Component: reading.component,
        State: serviceState(call.site, reading.state),
        ServerWideOfflineIsOffline: server.isOffline(),
        RemoteStates: entries(reading.remote),
        LocalStates: entries(reading.local),
      },
      shown(server.name),
    ),
  );
}

function entries(all: readonly RequesterEntry[]): PsObject {
  const details = `System.Collections.Generic.List\`1[[${typeName}+RequesterDetails, Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]`;
  const lines = all.map(({ requester, state, atMs }) => `Requestor:${requester}; State:${state}; Timestamp:${exchangeTime(atMs)}`);
  return texts(lines, [details, "System.Object"]);
}
