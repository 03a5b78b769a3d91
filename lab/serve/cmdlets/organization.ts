// Plays Get-AcceptedDomain and Get-TransportConfig: what the organisation is set to. The first as recorded on Exchange 2019,
// the second with the properties that the documentation lists.

import type { PsObject } from "../../../provider/remoting/clixml/values.ts";
import { shadowHeartbeatMs, shadowResubmitMs } from "../../world/shadow.ts";
import { spanText } from "../../world/text.ts";
import { defineCmdlet } from "./cmdlet.ts";
import { named } from "./lookup.ts";
import { configurationObject, type DirectoryView, directoryObject, texts } from "./wire.ts";

export const GetAcceptedDomain = defineCmdlet({
  name: "Get-AcceptedDomain",
  reads: ["Identity"],
  roles: { named: ["View-Only Configuration"], inferred: ["Remote and Accepted Domains"] },
  run(call) {
    const domains = named(call, call.site.cast.domains, (domain) => [domain]);
    return { output: domains.map((domain) => acceptedDomain(call, domain)) };
  },
});

export const GetTransportConfig = defineCmdlet({
  name: "Get-TransportConfig",
  reads: ["Identity"],
  roles: { named: ["View-Only Configuration"], inferred: ["Organization Transport Settings"] },
  run: (call) => ({ output: [transportConfig(call)] }),
});

function acceptedDomain(view: DirectoryView, domain: string): PsObject {
  const properties = {
    DomainName: domain,
    CatchAllRecipientID: null,
    DomainType: "Authoritative",
    MatchSubDomains: false,
    AddressBookEnabled: true,
    Default: domain === view.site.cast.domains[0],
    EmailOnly: false,
    ExternallyManaged: false,
    AuthenticationType: null,
    LiveIdInstanceType: null,
    PendingRemoval: false,
    PendingCompletion: false,
    FederatedOrganizationLink: null,
    MailFlowPartner: null,
    OutboundOnly: false,
    PendingFederatedAccountNamespace: false,
    PendingFederatedDomain: false,
    IsCoexistenceDomain: false,
    PerimeterDuplicateDetected: false,
    IsDefaultFederatedDomain: false,
    EnableNego2Authentication: false,
    InitialDomain: false,
  };
  return directoryObject(view, ["Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain", configurationObject], properties, {
    name: domain,
    container: "CN=Accepted Domains,CN=Transport Settings",
    schemaClass: "ms-Exch-Accepted-Domain",
    objectClasses: ["top", "msExchAcceptedDomain"],
    schemaVersion: "0.20 (15.0.0.0)",
  });
}

function transportConfig(view: DirectoryView): PsObject {
  const properties = {
    AddressBookPolicyRoutingEnabled: false,
    AnonymousSenderToRecipientRatePerHour: 1800,
    ClearCategories: true,
    ConvertDisclaimerWrapperToEml: false,
    DSNConversionMode: "UseExchangeDSNs",
    ExternalDelayDsnEnabled: true,
    ExternalDsnDefaultLanguage: null,
    ExternalDsnLanguageDetectionEnabled: true,
    ExternalDsnMaxMessageAttachSize: "10 MB (10,485,760 bytes)",
    ExternalDsnReportingAuthority: null,
    ExternalDsnSendHtml: true,
    ExternalPostmasterAddress: null,
    GenerateCopyOfDSNFor: texts([]),
    HygieneSuite: "Standard",
    InternalDelayDsnEnabled: true,
    InternalDsnDefaultLanguage: null,
    InternalDsnLanguageDetectionEnabled: true,
    InternalDsnMaxMessageAttachSize: "10 MB (10,485,760 bytes)",
    InternalDsnReportingAuthority: null,
    InternalDsnSendHtml: true,
    InternalSMTPServers: texts([]),
    JournalingReportNdrTo: "<>",
    MaxDumpsterSizePerDatabase: "18 MB (18,874,368 bytes)",
    MaxDumpsterTime: "7.00:00:00",
    MaxReceiveSize: "36 MB (37,748,736 bytes)",
    MaxRecipientEnvelopeLimit: "500",
    MaxRetriesForLocalSiteShadow: 2,
    MaxRetriesForRemoteSiteShadow: 4,
    MaxSendSize: "36 MB (37,748,736 bytes)",
    RejectMessageOnShadowFailure: false,
    Rfc2231EncodingEnabled: false,
    SafetyNetHoldTime: "2.00:00:00",
    ShadowHeartbeatFrequency: spanText(shadowHeartbeatMs),
    ShadowMessageAutoDiscardInterval: "2.00:00:00",
    ShadowMessagePreferenceSetting: "PreferRemote",
    ShadowRedundancyEnabled: true,
    ShadowResubmitTimeSpan: spanText(shadowResubmitMs),
    SupervisionTags: texts(["Reject", "Allow"]),
    TLSReceiveDomainSecureList: texts([]),
    TLSSendDomainSecureList: texts([]),
    VerifySecureSubmitEnabled: false,
    VoicemailJournalingEnabled: true,
    Xexch50Enabled: true,
  };
  return directoryObject(
    view,
    ["Microsoft.Exchange.Data.Directory.SystemConfiguration.TransportConfigContainer", configurationObject],
    properties,
    {
      name: "Transport Settings",
      container: "CN=Global Settings",
      schemaClass: "ms-Exch-Transport-Settings",
      objectClasses: ["top", "container", "msExchTransportSettings"],
    },
  );
}
