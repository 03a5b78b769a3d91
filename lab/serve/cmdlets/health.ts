// Plays Test-ReplicationHealth and Test-ServiceHealth. Shapes and required services: recordings of Exchange 2010 and 2016; checks: facts/exchange.md 4.7.
import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shown } from "../../world/cast.ts";
import type { Database } from "../../world/databases.ts";
import type { Server } from "../../world/server.ts";
import type { Call } from "./call.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { refuseUnreachable } from "./errors.ts";
import { serverOf } from "./lookup.ts";
import { configurable, texts } from "./wire.ts";

interface Check {
  readonly name: string;
  readonly description: string;
  /** What is wrong; empty when nothing is. */
  readonly error: string;
}

const common = ["IISAdmin", "MSExchangeADTopology", "MSExchangeServiceHost", "W3Svc", "WinRM"];
const mailboxServices = ["Delivery", "IS", "MailboxAssistants", "Repl", "RPC", "Submission", "Throttling", "TransportLogSearch"];
/** What each role needs, in the order of the recording. */
const roles: readonly (readonly [string, readonly string[]])[] = [
  ["Mailbox Server Role", [...common, ...mailboxServices.map((name) => `MSExchange${name}`)]],
  ["Client Access Server Role", [...common, "MSExchangeMailboxReplication", "MSExchangeRPC"]],
  ["Hub Transport Server Role", [...common, "MSExchangeEdgeSync", "MSExchangeTransport", "MSExchangeTransportLogSearch"]],
];

export const TestReplicationHealth = defineCmdlet({
  name: "Test-ReplicationHealth",
  className: "Microsoft.Exchange.Monitoring.TestReplicationHealth",
  reads: ["Identity"],
  roles: { named: ["Monitoring"] },
  run(call) {
    const server = serverOf(call, "Identity");
    if (!server.isUp()) refuseUnreachable(call, server.fqdn, "Microsoft Exchange Replication");
    return { output: checksOf(call, server).map((check) => outcome(server, check)) };
  },
});

export const TestServiceHealth = defineCmdlet({
  name: "Test-ServiceHealth",
  className: "Microsoft.Exchange.Monitoring.TestServiceHealth",
  reads: ["Server"],
  roles: { named: ["Monitoring"] },
  run(call) {
    const server = serverOf(call, "Server");
    if (!server.isUp()) refuseUnreachable(call, server.fqdn, "Service Control Manager");
    const output = roles.map(([role, required]) => {
      const ordered = [...required].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
      const runs = (name: string) => server.services.find(name)?.status === "Running";
      const stopped = ordered.filter((name) => !runs(name));
      return configurable("Microsoft.Exchange.Monitoring.ExchangeServicesStatus", {
        Role: role,
        RequiredServicesRunning: stopped.length === 0,
        ServicesNotRunning: texts(stopped),
        ServicesRunning: texts(ordered.filter(runs)),
      });
    });
    return { output };
  },
});

function checksOf({ site }: Call, server: Server): readonly Check[] {
  const { dag } = site;
  const now = site.agenda.now();
  const member = server.name;
  const copies = dag.databases.flatMap((database) => {
    const copy = database.copyOn(member);
    if (copy === undefined) return [];
    return [
      {
        name: `${database.name}\\${shown(member)}`,
        status: database.statusOf(copy, dag, now),
        counters: database.countersOf(copy),
        database,
      },
    ];
  });
  const listed = (problem: string, wrong: readonly { readonly name: string }[]) =>
    wrong.length === 0 ? "" : `${problem}: ${wrong.map((copy) => copy.name).join(", ")}`;
  const replicates = dag.replicates(member);
  const replService = replicates ? "" : `The Microsoft Exchange Replication service isn't running on ${shown(member)}.`;
  const isRedundant = (database: Database) =>
    database.copies.every((copy) => ["Mounted", "Dismounted", "Healthy"].includes(database.statusOf(copy, dag, now)));
  const absent = dag.members.filter((one) => !dag.isNodeUp(one));
  const noQuorum = dag.hasQuorum() ? "" : "The cluster has no quorum.";
  return [
    {
      name: "ClusterService",
      description: "Checks if the cluster service is healthy.",
      error: server.runs("ClusSvc") ? "" : "The cluster service isn't running.",
    },
    { name: "ReplayService", description: "Checks if the Microsoft Exchange Replication service is running.", error: replService },
    {
      name: "ActiveManager",
      description: "Checks that Active Manager is running and has a valid role.",
      error: replicates && dag.hasQuorum() ? "" : "Active Manager is in an unknown state.",
    },
    {
      name: "TasksRpcListener",
      description: "Checks that the Tasks RPC Listener is running and is responding to remote requests.",
      error: replService,
    },
    { name: "TcpListener", description: "Checks that the TCP Listener is running and is responding to requests.", error: replService },
    {
      name: "ServerLocatorService",
      description: "Checks that the Server Locator Service is running and is responding to requests.",
      error: replService,
    },
    {
      name: "DagMembersUp",
      description: "Verifies that the members of a database availability group are up and running.",
      error: listed(
        "These members aren't up",
        absent.map((one) => ({ name: shown(one.name) })),
      ),
    },
    { name: "ClusterNetwork", description: "Checks that the networks are healthy.", error: noQuorum },
    {
      name: "QuorumGroup",
      description: "Checks that the quorum and witness for the database availability group is healthy.",
      error: noQuorum,
    },
    ...(dag.usesWitness()
      ? [
          {
            name: "FileShareQuorum",
            description: "Verifies that the path used for the file share witness can be reached.",
            error: site.switches.witnessUp ? "" : "The witness can't be reached.",
          },
        ]
      : []),
    {
      name: "DatabaseRedundancy",
      description: "Verifies that databases have sufficient redundancy.",
      error: listed(
        "Too few healthy copies",
        copies.filter((copy) => !isRedundant(copy.database)),
      ),
    },
    { name: "DatabaseAvailability", description: "Verifies that databases have sufficient availability.", error: "" },
    { name: "DBCopySuspended", description: "Checks whether any database copies are suspended.", error: "" },
    {
      name: "DBCopyFailed",
      description: "Checks whether any database copies are in a failed state.",
      error: listed(
        "Failed copies",
        copies.filter((copy) => copy.status === "ServiceDown"),
      ),
    },
    {
      name: "DBInitializing",
      description: "Checks whether any database copies are initializing.",
      error: listed(
        "Initializing copies",
        copies.filter((copy) => copy.status === "Initializing"),
      ),
    },
    {
      name: "DBDisconnected",
      description: "Checks whether any database copies are disconnected.",
      error: listed(
        "Disconnected copies",
        copies.filter((copy) => copy.status === "DisconnectedAndHealthy"),
      ),
    },
    {
      name: "DBLogCopyKeepingUp",
      description: "Verifies that log copying and inspection are able to keep up with log generation.",
      error: listed(
        "Log copying is behind",
        copies.filter((copy) => copy.counters.copyQueueLength > 10),
      ),
    },
    {
      name: "DBLogReplayKeepingUp",
      description: "Verifies that log replay is able to keep up with log generation.",
      error: listed(
        "Log replay is behind",
        copies.filter((copy) => copy.counters.replayQueueLength > 50),
      ),
    },
  ];
}

function outcome(server: Server, { name, description, error }: Check): PsObject {
  return configurable("Microsoft.Exchange.Monitoring.ReplicationCheckOutcome", {
    Server: shown(server.name),
    Check: name,
    CheckDescription: description,
    Result: error === "" ? "Passed" : "*FAILED*",
    Error: error,
  });
}
