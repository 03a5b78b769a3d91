// Words errors as Exchange and Windows do, with their ids. What went wrong is decided by the cmdlets.
// The id's form is known from issues (facts/objects.md); sentences marked below are not from a recording.
import { guidOf, hash } from "../../world/guid.ts";
import type { Site } from "../../world/site.ts";
import { exchangeTime } from "../../world/text.ts";
import type { HostError } from "../cmdlet-host.ts";
import { type Call, CmdletFailure } from "./call.ts";

/** Number and name of a PowerShell ErrorCategory. */
export const categories = {
  notSpecified: { number: 0, name: "NotSpecified" },
  openError: { number: 1, name: "OpenError" },
  closeError: { number: 2, name: "CloseError" },
  invalidArgument: { number: 5, name: "InvalidArgument" },
  invalidOperation: { number: 7, name: "InvalidOperation" },
  notImplemented: { number: 11, name: "NotImplemented" },
  objectNotFound: { number: 13, name: "ObjectNotFound" },
  resourceUnavailable: { number: 21, name: "ResourceUnavailable" },
  connectionError: { number: 27, name: "ConnectionError" },
} as const;

export interface ExchangeFailure {
  readonly message: string;
  /** .NET type name of the exception. */
  readonly exception: string;
  readonly category?: HostError["category"];
  readonly targetName?: string;
}

const tasks = "Microsoft.Exchange.Management.SystemConfigurationTasks";

/** An error as Exchange writes it, with its prefix and hash. */
export function exchangeError(call: Call, failure: ExchangeFailure): HostError {
  const { site, local, cmdlet } = call;
  const category = failure.exception.slice(failure.exception.lastIndexOf(".") + 1);
  const prefix = `${requestPrefix(site, local.name, failure.message)} [FailureCategory=Cmdlet-${category}]`;
  const task = cmdlet.className ?? `${tasks}.${cmdlet.name.replace("-", "")}`;
  return {
    message: failure.message,
    fullyQualifiedErrorId: `${prefix} ${hash(failure.message).toUpperCase()},${task}`,
    exception: failure.exception,
    category: failure.category ?? categories.notSpecified,
    ...(failure.targetName === undefined ? {} : { targetName: failure.targetName }),
  };
}

/** How Exchange says which request on which server it was; `what` makes the request's id another one. */
export function requestPrefix(site: Site, server: string, what: string): string {
  const now = site.agenda.now();
  return `[Server=${server.toUpperCase()},RequestId=${guidOf(`${now} ${server} ${what}`)},TimeStamp=${exchangeTime(now)}]`;
}

/** Ends the cmdlet with that error. */
export function refuse(call: Call, failure: ExchangeFailure): never {
  throw new CmdletFailure(exchangeError(call, failure));
}

/** "The operation couldn't be performed because object 'DB99' couldn't be found on 'dc01.contoso.local'." */
export function refuseUnknown(call: Call, identity: string): never {
  return refuse(call, {
    message: `The operation couldn't be performed because object '${identity}' couldn't be found on '${call.controller.fqdn}'.`,
    exception: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
  });
}

/** A domain controller that is not there or does not answer. The sentence is known from reports of other cmdlets and of Setup. */
export function refuseController(call: Call, name: string): never {
  return refuse(call, {
    message: `An Active Directory error 0x51 occurred when trying to check the suitability of server '${name}'. Error: 'Active directory response: The LDAP server is unavailable.'`,
    exception: "Microsoft.Exchange.Data.Directory.SuitabilityDirectoryException",
  });
}

/** A server that is off does not answer the RPC that the cmdlet makes. The sentence around the code is not from a recording. */
export function refuseUnreachable(call: Call, fqdn: string, service: string): never {
  return refuse(call, {
    message: `Couldn't contact the ${service} service on server "${fqdn}". Error 0x6ba (The RPC server is unavailable).`,
    exception: "Microsoft.Exchange.Rpc.RpcException",
    category: categories.resourceUnavailable,
    targetName: fqdn,
  });
}

/** The lab has the cmdlet but does not simulate what this parameter means. Exchange would know it. */
export function notSimulated(cmdlet: string, parameter: string): HostError {
  return {
    message: `The lab does not simulate -${parameter} of ${cmdlet}.`,
    fullyQualifiedErrorId: `ParameterNotSimulated,${cmdlet}`,
    exception: "System.NotImplementedException",
    category: categories.notImplemented,
  };
}
