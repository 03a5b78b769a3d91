// What stands behind the benchmark's endpoint: one cmdlet that answers with one object, and one that writes very many.
// Both are made once, before anyone asks: what is measured is how they are carried, not how they come about.
import { commandNotFound } from "../lab/serve/binding-errors.ts";
import type { CmdletHost, CmdletReply } from "../lab/serve/cmdlet-host.ts";
import { psObject } from "../provider/remoting/clixml/build.ts";
import { PsDate, type PsObject, PsTagged } from "../provider/remoting/clixml/values.ts";

export const SERIAL_CMDLET = "Get-ExchangeServer";
export const ROWS_CMDLET = "Get-MailboxDatabase";

const directoryClasses = ["ADObject", "ADRawEntry"].map((name) => `Microsoft.Exchange.Data.Directory.${name}`);
const bases = [...directoryClasses, "Microsoft.Exchange.Data.ConfigurableObject", "System.Object"];
const texts = [
  "Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
  "Microsoft.Exchange.Data.MultiValuedPropertyBase",
  "System.Object",
];
const container =
  "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=local";

/** A host of which `Get-MailboxDatabase` writes `rows` objects. */
export function benchHost(rows: number): CmdletHost {
  const replies = new Map<string, CmdletReply>([
    [SERIAL_CMDLET, reply([exchangeServer])],
    [ROWS_CMDLET, reply(Array.from({ length: rows }, (_, index) => mailboxDatabase(index + 1)))],
  ]);
  return async ({ cmdlet }) => replies.get(cmdlet) ?? { ...reply([]), failed: commandNotFound(cmdlet) };
}

const exchangeServer = psObject({
  typeNames: ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer", ...bases],
  text: "EX01",
  properties: {
    Name: "EX01",
    Fqdn: "ex01.contoso.local",
    Edition: "StandardEvaluation",
    AdminDisplayVersion: "Version 15.2 (Build 1544.4)",
    ServerRole: "Mailbox, ClientAccess",
    IsMailboxServer: true,
    Site: "contoso.local/Configuration/Sites/Berlin",
    DistinguishedName: `CN=EX01,CN=Servers,${container}`,
  },
});

function mailboxDatabase(number: number): PsObject {
  const name = `DB${String(number).padStart(5, "0")}`;
  return psObject({
    typeNames: ["Database", "MailboxDatabase"].map((type) => `Microsoft.Exchange.Data.Directory.SystemConfiguration.${type}`).concat(bases),
    text: name,
    properties: {
      Name: name,
      Server: "EX01",
      Mounted: true,
      Recovery: false,
      ReplicationType: "Remote",
      AdminDisplayVersion: "Version 15.2 (Build 1544.4)",
      DatabaseSize: "1.5 GB (1,610,612,736 bytes)",
      ProhibitSendQuota: "2 GB (2,147,483,648 bytes)",
      DeletedItemRetention: "14.00:00:00",
      EdbFilePath: `D:\\ExchangeDatabases\\${name}\\${name}.edb`,
      LogFileSize: 1024,
      LastFullBackup: null,
      Servers: psObject({ typeNames: texts, items: ["EX01", "EX02"] }),
      Guid: new PsTagged("G", `6f1903ca-e06a-4a8b-bdfc-${String(number).padStart(12, "0")}`),
      WhenChanged: new PsDate("2026-10-02T11:20:23+02:00"),
      DistinguishedName: `CN=${name},CN=Databases,${container}`,
    },
  });
}

function reply(output: readonly PsObject[]): CmdletReply {
  return { output, warnings: [], errors: [] };
}
