// Says whether an endpoint opens a session for an account, and in whose words it does not. Proving who asks came before; the fault's XML comes after.
// Words: Exchange's of a user without a role, and its "Access is denied." with its code, from Microsoft's troubleshooting pages; that the latter
// is what a user without remote PowerShell meets is likely, not verified. Windows': ERROR_ACCESS_DENIED.
import { connectRefusal } from "../../world/accounts.ts";
import type { Site } from "../../world/site.ts";
import type { CmdletRequest } from "../cmdlet-host.ts";
import type { SessionRefusal } from "../wsman/endpoint.ts";
import { requestPrefix } from "./errors.ts";

/**
 * Why a Create is refused; `undefined` when it is not. To be asked before a shell is made, for who was authenticated. Windows' code is 5, that of
 * Exchange's plug-in 2150858819 (0x80338043).
 */
export function refusedSession(
  site: Site,
  { server, configuration, user }: Pick<CmdletRequest, "server" | "configuration" | "user">,
): SessionRefusal | undefined {
  const account = site.account(user);
  const refusal = connectRefusal(account, server, configuration);
  switch (refusal) {
    case undefined:
      return undefined;
    case "notAdministrator":
      return { code: 5, message: "Access is denied. " };
    case "remotePowerShellDisabled":
      return { code: 2150858819, message: `${requestPrefix(site, server, user)} Access is denied. ` };
    case "noManagementRole":
      return {
        code: 2150858819,
        message: `${requestPrefix(site, server, user)} [FailureCategory=AuthZ-CmdletAccessDeniedException] The user "${site.cast.adDomain}/Users/${account.name}" isn't assigned to any management roles. `,
      };
  }
}
