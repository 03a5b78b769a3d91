// Writes docs/cmdlets.md, the page of what is sent to the servers and of the right to each of it, from the declared cmdlets: `npm run reference`.
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Cmdlet } from "../provider/exchange/cmdlet.ts";
import { cmdlets } from "../provider/exchange/cmdlets.ts";
import { checkout } from "./places.ts";

/** The text of docs/cmdlets.md. */
export function cmdletsPage(): string {
  const byName = [...cmdlets].sort((one, other) => one.name.localeCompare(other.name));
  return `# Cmdlets that are sent

These, with these parameters, and nothing else; how the servers are reached: [remote-cmdlets.md](remote-cmdlets.md). A cmdlet that is asked of any
server is asked of another one where the first lets nobody in. A role that is marked with * is likely: no page of Microsoft's says which cmdlets a
role holds, and \`Get-ManagementRole -Cmdlet <name>\` names all that do. \`npm run check-site\` asks each server which of these the account has, by \`Get-Command\`.

| cmdlet | parameters | asked of | changes something | role, and the groups that have it |
|---|---|---|---|---|
${byName.map(rowOf).join("\n")}
`;
}

function rowOf(cmdlet: Cmdlet): string {
  const names = [...Object.keys(cmdlet.parameters), ...(cmdlet.domainController ? ["DomainController"] : [])];
  const asked = `${cmdlet.endpoint === "exchange" ? "Exchange" : "Windows"}, ${cmdlet.scope === "anyServer" ? "any server" : "that server"}`;
  const cells = [`\`${cmdlet.name}\``, names.map((name) => `\`${name}\``).join(", "), asked, cmdlet.writes ? "yes" : "no", rightTo(cmdlet)];
  return `| ${cells.join(" | ")} |`;
}

function rightTo(cmdlet: Cmdlet): string {
  if (cmdlet.endpoint === "windows") return "the server's local group Administrators";
  const { role, groups, certain } = cmdlet.role;
  return `${role}${certain ? "" : "*"}: ${groups.join(" or ")}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(path.join(checkout, "docs", "cmdlets.md"), cmdletsPage());
