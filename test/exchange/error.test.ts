// Words and reasons for what Exchange answers when it does not do what was asked.
import assert from "node:assert/strict";
import { GetDatabaseAvailabilityGroup } from "../../provider/exchange/availability-group.ts";
import { type Cmdlet, defineCmdlet } from "../../provider/exchange/cmdlet.ts";
import { GetServerComponentState } from "../../provider/exchange/components.ts";
import { GetMailboxDatabase, MountDatabase } from "../../provider/exchange/databases.ts";
import { cmdletError } from "../../provider/exchange/error.ts";
import { GetQueue } from "../../provider/exchange/queues.ts";
import { GetService, StartService } from "../../provider/exchange/services.ts";
import type { CmdletErrorRecord, CmdletParameters } from "../../provider/remoting/transport.ts";
import { errorRecord } from "../support/fake-organisation.ts";

const windows = { endpoint: "windows", scope: "thisServer", writes: false, domainController: false, parameters: {} } as const;
const GetClusterNode = defineCmdlet({
  name: "Get-ClusterNode",
  ...windows,
  module: { name: "FailoverClusters", feature: "RSAT-Clustering-PowerShell" },
});
const GetDnsServerZone = defineCmdlet({
  name: "Get-DnsServerZone",
  ...windows,
  module: { name: "DnsServer", feature: "RSAT-DNS-Server" },
});

const rows: readonly {
  readonly when: string;
  readonly cmdlet: Cmdlet;
  readonly parameters?: CmdletParameters;
  readonly record: Partial<CmdletErrorRecord>;
  readonly reason: string;
  readonly says: string;
}[] = [
  {
    when: "a cmdlet that the account's roles hide",
    cmdlet: MountDatabase,
    parameters: { Identity: "DB01", Confirm: false },
    record: {
      message: "The term 'Mount-Database' is not recognized as the name of a cmdlet.",
      fullyQualifiedErrorId: "CommandNotFoundException",
      category: "ObjectNotFound",
    },
    reason: "denied",
    says: 'Mount-Database on ex01 (-Identity DB01): the account has no role that holds this cmdlet; the role "Databases" (role group "Server Management" or "Organization Management") does. Run Add-RoleGroupMember "Server Management" -Member <account>, then run Pulumi again: rights are read when a session opens.',
  },
  {
    when: "a parameter that the account's roles hide",
    cmdlet: GetQueue,
    parameters: { Server: "ex01", ResultSize: "Unlimited" },
    record: {
      message: "A parameter cannot be found that matches parameter name 'Server'.",
      fullyQualifiedErrorId: "NamedParameterNotFound,Get-Queue",
      category: "InvalidArgument",
    },
    reason: "denied",
    says: 'Get-Queue on ex01 (-Server ex01): the account has no role that holds -Server of this cmdlet, or this version of Exchange has no such parameter; the role "Transport Queues" (role group "Server Management" or "Organization Management") does. Run Add-RoleGroupMember "Server Management" -Member <account>, then run Pulumi again: rights are read when a session opens.',
  },
  {
    when: "a cmdlet that roles hide, where it is not certain which of them holds it",
    cmdlet: GetServerComponentState,
    parameters: { Identity: "ex02" },
    record: notRecognized(GetServerComponentState),
    reason: "denied",
    says: 'Get-ServerComponentState on ex01 (-Identity ex02): the account has no role that holds this cmdlet; the role "Exchange Servers" (role group "Server Management" or "Organization Management") should (Get-ManagementRole -Cmdlet Get-ServerComponentState names all that do). Run Add-RoleGroupMember "Server Management" -Member <account>, then run Pulumi again: rights are read when a session opens.',
  },
  {
    when: "a cmdlet of Windows itself that is not there",
    cmdlet: GetService,
    parameters: { Name: "ClusSvc" },
    record: notRecognized(GetService),
    reason: "denied",
    says: "Get-Service on ex01 (-Name ClusSvc): it is part of Windows PowerShell (module Microsoft.PowerShell.Management), but the session configuration on ex01 does not offer it. Run Get-PSSessionConfiguration Microsoft.PowerShell there to see what restricts it.",
  },
  {
    when: "a cmdlet of the cluster on a server without its module",
    cmdlet: GetClusterNode,
    record: notRecognized(GetClusterNode),
    reason: "denied",
    says: "Get-ClusterNode on ex01: its module FailoverClusters is not installed on ex01. Run Install-WindowsFeature RSAT-Clustering-PowerShell there.",
  },
  {
    when: "a cmdlet of DNS on a server without its module",
    cmdlet: GetDnsServerZone,
    record: notRecognized(GetDnsServerZone),
    reason: "denied",
    says: "Get-DnsServerZone on ex01: its module DnsServer is not installed on ex01. Run Install-WindowsFeature RSAT-DNS-Server there.",
  },
  {
    when: "a parameter that a cmdlet of Windows does not have",
    cmdlet: StartService,
    parameters: { Name: "ClusSvc" },
    record: {
      message: "A parameter cannot be found that matches parameter name 'Name'.",
      fullyQualifiedErrorId: "NamedParameterNotFound,Microsoft.PowerShell.Commands.StartServiceCommand",
    },
    reason: "denied",
    says: "Start-Service on ex01 (-Name ClusSvc): the cmdlet has no -Name on ex01: its Windows is older, or the session configuration hides the parameter.",
  },
  {
    when: "a DAG whose members have not agreed yet who may mount",
    cmdlet: MountDatabase,
    parameters: { Identity: "DB01", Confirm: false },
    record: {
      message: 'Failed to mount database "DB01". Error: Automount consensus not reached.',
      fullyQualifiedErrorId: "1,Mount-Database",
    },
    reason: "notReady",
    says: 'Mount-Database on ex01 (-Identity DB01): Failed to mount database "DB01". Error: Automount consensus not reached.',
  },
  {
    when: "an object that Exchange does not find",
    cmdlet: MountDatabase,
    parameters: { Identity: "DB99", Confirm: false },
    record: {
      message: "The operation couldn't be performed because object 'DB99' couldn't be found on 'dc1.contoso.local'.",
      fullyQualifiedErrorId: "[Server=EX01] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Mount-Database",
      failureCategory: "Cmdlet-ManagementObjectNotFoundException",
    },
    reason: "notFound",
    says: "Mount-Database on ex01 (-Identity DB99): The operation couldn't be performed because object 'DB99' couldn't be found on 'dc1.contoso.local'. (ManagementObjectNotFoundException)",
  },
  {
    when: "an object that Windows does not find",
    cmdlet: GetService,
    parameters: { Name: "Nope" },
    record: {
      message: "Cannot find any service with service name 'Nope'.",
      fullyQualifiedErrorId: "NoServiceFoundForGivenName,Get-Service",
      category: "ObjectNotFound",
    },
    reason: "notFound",
    says: "Get-Service on ex01 (-Name Nope): Cannot find any service with service name 'Nope'.",
  },
  {
    when: "a refusal with the name of its failure",
    cmdlet: MountDatabase,
    parameters: { Identity: "DB01", Confirm: false },
    record: {
      message: 'Failed to mount database "DB01".',
      failureCategory: "Cmdlet-InvalidOperationException",
      category: "InvalidOperation",
    },
    reason: "rejected",
    says: 'Mount-Database on ex01 (-Identity DB01): Failed to mount database "DB01". (InvalidOperationException)',
  },
  {
    when: "a refusal without one, of a call without parameters",
    cmdlet: GetDatabaseAvailabilityGroup,
    record: { message: "An Active Directory error occurred." },
    reason: "rejected",
    says: "Get-DatabaseAvailabilityGroup on ex01: An Active Directory error occurred.",
  },
  {
    when: "a refusal of a call with nothing worth telling but a switch",
    cmdlet: GetMailboxDatabase,
    parameters: { Status: true, ResultSize: "Unlimited" },
    record: {},
    reason: "rejected",
    says: "Get-MailboxDatabase on ex01 (-Status true): It failed.",
  },
];

function notRecognized({ name }: Cmdlet): Partial<CmdletErrorRecord> {
  const message = `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`;
  return { message, fullyQualifiedErrorId: "CommandNotFoundException", category: "ObjectNotFound" };
}

describe("an error that Exchange answers", () => {
  for (const { when, cmdlet, parameters = {}, record, reason, says } of rows) {
    it(`for ${when} is ${reason}`, () => {
      const error = cmdletError("ex01", cmdlet, parameters, errorRecord(record));
      assert.deepEqual([error.reason, error.message, error.name], [reason, says, "CmdletError"]);
    });
  }
});
