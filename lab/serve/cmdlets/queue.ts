// Plays Get-Queue, Suspend-, Resume- and Retry-Queue and Redirect-Message on one server's transport. Properties: facts/exchange.md 3.1 (documentation and a part of a
// real record). The words for a transport that does not answer are not from a recording.
import { psObject } from "../../../provider/remoting/clixml/build.ts";
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import { guidOf } from "../../world/guid.ts";
import type { Queue } from "../../world/queue.ts";
import type { Server } from "../../world/server.ts";
import type { ShadowQueue } from "../../world/shadow.ts";
import { type Call, isLike } from "./call.ts";
import { type Cmdlet, defineCmdlet } from "./cmdlet.ts";
import { categories, refuse, refuseUnreachable } from "./errors.ts";
import { knownServer, serverOf } from "./lookup.ts";
import { array, guid, texts, utcDate } from "./wire.ts";

const typeNames = [
  "Microsoft.Exchange.Data.QueueViewer.PropertyBagBasedQueueInfo",
  "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo",
  "Microsoft.Exchange.Data.QueueViewer.PagedDataObject",
  "Microsoft.Exchange.Data.ConfigurableObject",
  "System.Object",
];
const serviceName = "Microsoft Exchange Transport";

/** One row of Get-Queue. */
type Row = { readonly kind: "own"; readonly queue: Queue } | { readonly kind: "shadow"; readonly queue: ShadowQueue };

// Somebody reports that view-only administrators have it and meet "out of the current user's write scope": not verified, so not here.
export const GetQueue = defineCmdlet({
  name: "Get-Queue",
  className: "Microsoft.Exchange.Management.QueueViewerTasks.GetQueueInfo",
  reads: ["Identity", "Server", "ResultSize"],
  roles: { named: ["Transport Queues"] },
  run(call) {
    const { server, label } = target(call);
    const found = rowsOf(call, server).filter((row) => label === undefined || isNamed(row, label));
    if (found.length === 0 && label !== undefined && !label.includes("*")) refuseUnknownQueue(call, server, label);
    const limit = call.args.text("ResultSize") ?? "1000";
    const shownRows = limit.toLowerCase() === "unlimited" ? found : found.slice(0, Number(limit));
    const warnings =
      shownRows.length < found.length
        ? [`There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.`]
        : [];
    return { output: shownRows.map((row) => rowObject(call, server, row)), warnings };
  },
});

export const RetryQueue = changesQueues({
  name: "Retry-Queue",
  reads: ["Resubmit"],
  change(call, { transport }, row) {
    const resubmit = call.args.flag("Resubmit");
    if (row.kind === "shadow") call.site.shadows.discard(row.queue);
    else if (row.queue.status() === "Retry" || (resubmit && row.queue === transport.unreachable)) transport.retryNow(row.queue, resubmit);
  },
});

/** Not for poison messages, of which each is suspended anyhow. */
export const SuspendQueue = changesQueues({
  name: "Suspend-Queue",
  reads: [],
  change(_call, { transport }, row) {
    if (row.kind === "own" && row.queue !== transport.poison) transport.suspend(row.queue, true);
  },
});

export const ResumeQueue = changesQueues({
  name: "Resume-Queue",
  reads: [],
  change(_call, { transport }, row) {
    if (row.kind === "own") transport.suspend(row.queue, false);
  },
});

/** A cmdlet that does the same to each queue that it is given; beside what it `reads`, it is told which. */
function changesQueues(declared: {
  readonly name: string;
  readonly reads: readonly string[];
  readonly change: (call: Call, server: Server, row: Row) => void;
}): Cmdlet {
  return defineCmdlet({
    name: declared.name,
    className: `Microsoft.Exchange.Management.QueueViewerTasks.${declared.name.replace("-", "")}`,
    prompts: true,
    reads: ["Identity", "Server", ...declared.reads],
    roles: { named: ["Transport Queues"] },
    run(call) {
      const { server, label = "*" } = target(call);
      const found = rowsOf(call, server).filter((row) => isNamed(row, label));
      if (found.length === 0 && !label.includes("*")) refuseUnknownQueue(call, server, label);
      if (!call.args.flag("WhatIf")) for (const row of found) declared.change(call, server, row);
      return {};
    },
  });
}

export const RedirectMessage = defineCmdlet({
  name: "Redirect-Message",
  className: "Microsoft.Exchange.Management.QueueViewerTasks.RedirectMessage",
  prompts: true,
  reads: ["Server", "Target"],
  roles: { named: ["Transport Queues"] },
  run(call) {
    const server = serverOf(call, "Server");
    const targets = call.args.texts("Target").map((name) => knownServer(call, name));
    for (const one of [server, ...targets]) answering(call, one);
    if (targets.includes(server)) {
      refuse(call, {
        message: `The target server "${server.fqdn}" is the same as the source server.`,
        exception: "Microsoft.Exchange.Data.Common.LocalizedException",
        category: categories.invalidArgument,
      });
    }
    if (!call.args.flag("WhatIf")) server.transport.redirect(targets.map((one) => one.transport));
    return {};
  },
});

/** `EX01\Submission`, `EX01\*`, `EX01`, `Submission` on the local server, or -Server. */
function target(call: Call): { readonly server: Server; readonly label: string | undefined } {
  const identity = call.args.text("Identity");
  if (identity === undefined) return { server: serverOf(call, "Server"), label: undefined };
  const at = identity.indexOf("\\");
  const head = at < 0 ? identity : identity.slice(0, at);
  const named = call.site.server(head);
  if (named !== undefined) return { server: named, label: at < 0 ? "*" : identity.slice(at + 1) };
  if (at < 0 || head.toLowerCase() === "shadow") return { server: call.local, label: identity };
  return { server: knownServer(call, head), label: identity.slice(at + 1) };
}

function rowsOf(call: Call, server: Server): readonly Row[] {
  answering(call, server);
  const isLoading = server.transport.isLoading();
  if (isLoading && call.site.switches.whileQueuesLoad === "fails") refuseUnreachable(call, server.fqdn, serviceName);
  const own = isLoading ? [server.transport.submission] : server.transport.queues();
  const shadows = isLoading ? [] : call.site.shadows.on(server.name);
  return [...own.map((queue): Row => ({ kind: "own", queue })), ...shadows.map((queue): Row => ({ kind: "shadow", queue }))];
}

function answering(call: Call, server: Server): void {
  if (!server.transportAnswers()) refuseUnreachable(call, server.fqdn, serviceName);
}

function labelOf(row: Row): string {
  return row.kind === "own" ? row.queue.label : `Shadow\\${row.queue.number}`;
}

function isNamed(row: Row, label: string): boolean {
  return isLike(labelOf(row), label) || isLike(row.queue.nextHopDomain, label);
}

function refuseUnknownQueue(call: Call, server: Server, label: string): never {
  return refuse(call, {
    message: `The operation couldn't be performed because object '${shown(server.name)}\\${label}' couldn't be found on '${server.fqdn}'.`,
    exception: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
  });
}

const noConnector = "00000000-0000-0000-0000-000000000000";

/** Mailbox queues name their database, external ones their Send connector. */
function connectorOf(call: Call, row: Row): string {
  if (row.kind === "shadow") return noConnector;
  const { deliveryType, nextHopDomain } = row.queue;
  if (deliveryType === "SmtpDeliveryToMailbox") return call.site.database(nextHopDomain)?.guid ?? noConnector;
  return deliveryType.endsWith("ConnectorDelivery") ? guidOf(`connector ${deliveryType}`) : noConnector;
}

function rowObject(call: Call, server: Server, row: Row): PsObject {
  const now = call.site.agenda.now();
  const own = row.kind === "own" ? row.queue : undefined;
  const count = row.kind === "own" ? (server.transport.isLoading() ? 0 : row.queue.items.length) : row.queue.copies.length;
  const deliveryType = own?.deliveryType ?? "ShadowRedundancy";
  const isExternal = deliveryType === "SmartHostConnectorDelivery" || deliveryType === "DnsConnectorDelivery";
  const incoming = own?.incoming.perSecond(now) ?? 0;
  const outgoing = own?.outgoing.perSecond(now) ?? 0;
  const counts = (normal: number) => array("System.Int32", [0, normal, 0, 0]);
  const identity = `${shown(server.name)}\\${labelOf(row)}`;
  const properties = {
    DeliveryType: deliveryType,
    NextHopDomain: row.queue.nextHopDomain,
    TlsDomain: "",
    NextHopConnector: guid(connectorOf(call, row)),
    Status: own?.status() ?? "Ready",
    MessageCount: count,
    LastError: own?.retry?.lastError ?? "",
    RetryCount: own?.retry?.count ?? 0,
    LastRetryTime: utcDate(own?.retry?.lastMs),
    NextRetryTime: utcDate(own?.retry?.nextMs),
    FirstRetryTime: utcDate(own?.retry?.firstMs),
    DeferredMessageCount: 0,
    LockedMessageCount: 0,
    MessageCountsPerPriority: counts(count),
    DeferredMessageCountsPerPriority: counts(0),
    PriorityDescriptions: texts(["High Priority", "Normal Priority", "Low Priority", "None Priority"]),
    RiskLevel: "Normal",
    OutboundIPPool: 0,
    NextHopCategory: isExternal ? "External" : "Internal",
    IncomingRate: incoming,
    OutgoingRate: outgoing,
    Velocity: outgoing - incoming,
    OverrideSource: "",
    QueueIdentity: identity,
    Identity: identity,
    IsValid: true,
    ObjectState: "New",
  };
  return psObject({ typeNames, text: identity, properties });
}
