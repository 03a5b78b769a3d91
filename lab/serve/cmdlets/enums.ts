// Writes enums, which exist as name and as number. Numbers marked in the switches are not settled (facts/exchange.md 10.6 and 13).
import type { PsValue } from "../../../provider/remoting/clixml/values.ts";
import type { Site } from "../../world/site.ts";
import { enumeration } from "./wire.ts";

const copyStatuses = { Healthy: 6, Mounted: 11, Dismounted: 12 };

/** DatabaseCopyAutoActivationPolicyType */
export function activationPolicy(site: Site, name: string): PsValue {
  const numbers = { Unrestricted: 0, IntrasiteOnly: 1, Blocked: site.switches.blockedNumber };
  return enumeration(site, "Microsoft.Exchange.Data.Directory.SystemConfiguration.DatabaseCopyAutoActivationPolicyType", name, numbers);
}

/** ServiceState of a server component. */
export function serviceState(site: Site, name: string): PsValue {
  const numbers = { Inactive: 0, Active: 1, Draining: site.switches.drainingNumber };
  return enumeration(site, "Microsoft.Exchange.Data.ServiceState", name, numbers);
}

/** CopyStatus, as far as numbers were recorded. */
export function copyStatus(site: Site, name: string): PsValue {
  return enumeration(site, "Microsoft.Exchange.Management.SystemConfigurationTasks.CopyStatus", name, copyStatuses);
}
