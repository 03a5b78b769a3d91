// Parameters of the cmdlets about the organisation's servers, domains and settings, and its health tests, as Exchange 2019 documents them. Data only; `signatures.ts` says what it means.
import type { Signature } from "../signatures.ts";

export const organisationSignatures: readonly Signature[] = [
  {
    cmdlet: "Get-ExchangeServer",
    module: "Exchange",
    sets: ["Domain", "Identity"],
    parameters: {
      Identity: { type: "ServerIdParameter", sets: ["Identity"], position: 1 },
      Domain: { type: "Fqdn", sets: ["Domain"], mandatory: true },
      DomainController: { type: "Fqdn" },
      Status: { type: "SwitchParameter" },
    },
  },
  {
    cmdlet: "Get-MailboxServer",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Identity: { type: "MailboxServerIdParameter", position: 1 },
      DomainController: { type: "Fqdn" },
      Status: { type: "SwitchParameter" },
    },
  },
  {
    cmdlet: "Get-ServerComponentState",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Identity: { type: "ServerIdParameter", mandatory: true, position: 1 },
      Component: { type: "String" },
      DomainController: { type: "Fqdn" },
    },
  },
  {
    cmdlet: "Get-AcceptedDomain",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Identity: { type: "AcceptedDomainIdParameter", position: 1 },
      DomainController: { type: "Fqdn" },
    },
  },
  {
    cmdlet: "Get-TransportConfig",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Identity: { type: "OrganizationIdParameter", position: 1 },
      DomainController: { type: "Fqdn" },
    },
  },
  {
    cmdlet: "Test-ReplicationHealth",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Identity: { type: "ServerIdParameter", position: 1 },
      ActiveDirectoryTimeout: { type: "Int32" },
      Confirm: { type: "SwitchParameter" },
      DatabaseAvailabilityGroup: { type: "DatabaseAvailabilityGroupIdParameter" },
      DomainController: { type: "Fqdn" },
      MonitoringContext: { type: "Boolean" },
      OutputObjects: { type: "SwitchParameter" },
      TransientEventSuppressionWindow: { type: "UInt32" },
      WhatIf: { type: "SwitchParameter" },
    },
  },
  {
    cmdlet: "Test-ServiceHealth",
    module: "Exchange",
    sets: ["Default"],
    defaultSet: "Default",
    parameters: {
      Server: { type: "ServerIdParameter", position: 1 },
      ActiveDirectoryTimeout: { type: "Int32" },
      Confirm: { type: "SwitchParameter" },
      DomainController: { type: "Fqdn" },
      MonitoringContext: { type: "Boolean" },
      WhatIf: { type: "SwitchParameter" },
    },
  },
];
