// Which of the cmdlets that the provider sends an account has at Exchange's endpoint. Exchange hides what no role holds, so the list of what a session
// offers is the list of rights. Asked by Get-Command, which every session of limited commands has, and which asks for no role.
import { type Cmdlet, defineCmdlet } from "../exchange/cmdlet.ts";
import { cmdlets } from "../exchange/cmdlets.ts";
import { CmdletError } from "../exchange/error.ts";
import type { Organisation } from "../exchange/organisation.ts";
import { textIn } from "../exchange/parse.ts";
import { type ManagementRole, missingCmdlet, viewOnlyConfiguration } from "../exchange/roles.ts";
import type { CmdletErrorRecord } from "../remoting/transport.ts";
import { failed, type Line, ok } from "./line.ts";

const GetCommand = defineCmdlet({
  name: "Get-Command",
  endpoint: "exchange",
  scope: "thisServer",
  writes: false,
  domainController: false,
  parameters: { Name: "String[]" },
  role: viewOnlyConfiguration,
});

/** Names of cmdlets that a session offers; `unknown` where it does not say. */
export type Held = ReadonlySet<string> | "unknown";

type ExchangeCmdlet = Extract<Cmdlet, { endpoint: "exchange" }>;

const sent = cmdlets.filter((cmdlet): cmdlet is ExchangeCmdlet => cmdlet.endpoint === "exchange");

/** Those of the cmdlets that are sent to Exchange that `server` lets the account use. @throws {RemotingError} when nobody is let in */
export async function heldOn(organisation: Organisation, server: string): Promise<Held> {
  const isAnswer = ({ fullyQualifiedErrorId: id }: CmdletErrorRecord) => /^CommandNotFoundException,.*GetCommand/.test(id);
  try {
    const found = await organisation.run(server, GetCommand, { Name: sent.map(({ name }) => name) }, { isAnswer });
    return new Set(found.map((command) => textIn(command, "Name", GetCommand)));
  } catch (error) {
    if (error instanceof CmdletError) return "unknown";
    throw error;
  }
}

/** A line for each role, with the cmdlets that the account has of it; one for each cmdlet that would be refused. Pure. */
export function rightsFrom(server: string, held: Held): readonly Line[] {
  if (held === "unknown")
    return [
      failed(
        `Rights: ${server} does not say which cmdlets the account has.`,
        "Type Get-ManagementRoleAssignment -RoleAssignee <account> in the Exchange Management Shell and compare it with docs/cmdlets.md.",
      ),
    ];
  const roles = new Map<string, ManagementRole>(sent.map(({ role }) => [role.role, role]));
  return [...roles.keys()].sort().flatMap((name) => {
    const of = sent.filter(({ role }) => role.role === name);
    const has = of.filter((cmdlet) => held.has(cmdlet.name)).map((cmdlet) => cmdlet.name);
    return [
      ...(has.length === 0 ? [] : [ok(`Rights: ${has.join(", ")} (role "${name}")`)]),
      ...of.filter((cmdlet) => !held.has(cmdlet.name)).map(refused),
    ];
  });

  function refused(cmdlet: ExchangeCmdlet): Line {
    const advice = missingCmdlet(server, cmdlet).replace("then run Pulumi again", "then run this check again");
    return failed(`Rights: ${cmdlet.name} would be refused: ${advice}`);
  }
}
