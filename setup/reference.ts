// The reference pages of docs/, made from the same tables that check a program's input and a stack's settings: `npm run reference` writes them.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { config, secretVariables } from "../provider/host/config.ts";
import { type Entry, kinds } from "../provider/resources/kinds.ts";
import { checkout } from "./places.ts";

/** What a page says besides its arguments. */
interface Page {
  readonly example: string;
  readonly outputs: readonly (readonly [name: string, meaning: string])[];
  readonly refuses: readonly string[];
}

const removal = "Removing it from the program changes nothing at the site.";

const pages: Readonly<Record<string, Page>> = {
  MxRecord: {
    example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.MxRecord("contoso.com", { zone: "contoso.com", ttlSeconds: 300, turnsAt }); // lowered now, given back when the argument goes`,
    outputs: [
      ["mx", "the set as the DNS API holds it"],
      ["normally", "what is given back when nothing is asked"],
      ["earliestFlipAt", "when the old TTL has run out everywhere; absent while nothing has been lowered"],
    ],
    refuses: [
      "A record that neither the program nor this resource put there: the set is left as it is.",
      "A host that does not answer on port 25, offers no STARTTLS, refuses a real recipient or accepts one that nobody has.",
      "A set that bears the mark of another program, or is locked by another service of the DNS API.",
      "An empty set, a null MX, an address instead of a name, a TTL that the API does not take.",
      removal,
    ],
  },
  BackupMxQueue: {
    example: `new exchange.BackupMxQueue("buffer", {
  host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…", domains: ["contoso.com"], state: "held",
});`,
    outputs: [
      ["messages", "messages in its queue"],
      ["ledger", "what became of the mail of the last pause, in one line"],
    ],
    refuses: [
      "Another SSH host key than the one in the program.",
      "A host that another program has claimed.",
      "Postfix settings that would lose mail, each named; a domain that it does not take mail for; less than 1 GB free.",
      "Releasing while Exchange does not answer or refuses the recipients.",
      "Removing it from the program takes its claim off the host and changes nothing else.",
    ],
  },
  TransportState: {
    example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.TransportState("ex01", { server: "ex01", state: "drained", turnsAt });`,
    outputs: [["messagesLeft", "messages in queues that a drain waits for"]],
    refuses: [
      "A drain while MSExchangeTransport is stopped and was running before: its queues cannot be seen.",
      "Waiting for ever: a queue that does not move is named with its last error.",
      "Poison, shadow and unreachable messages are reported and not waited for.",
      removal,
    ],
  },
  MailboxDatabaseState: {
    example: `const turnsAt = { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" };
new exchange.MailboxDatabaseState("DAG1", { dag: "DAG1", servers: ["ex01", "ex02"], state: "dismounted", turnsAt });`,
    outputs: [["mounted", "names of the databases that are mounted"]],
    refuses: [
      "Dismounting a database whose other copies are not level, unless the copy is accepted in `allowBehind`.",
      "Mounting what was not mounted before; a database that was mounted and that Exchange no longer knows.",
      "Moving databases: they are mounted where they are active, and auto-rebalance takes them home.",
      removal,
    ],
  },
  ReadinessGate: {
    example: `new exchange.ReadinessGate("ready", { name: "ready", state: "open", servers: ["ex01"], ports: ["dc1.contoso.local:389"] });`,
    outputs: [["asked", "how many things were asked"]],
    refuses: ["It changes nothing. What depends on it does not go on before everything answers.", removal],
  },
};

/** Every page by its path in docs/. */
export function referencePages(): Readonly<Record<string, string>> {
  const resources = kinds.map((entry) => [`resources/${entry.kind.name}.md`, pageOf(entry)] as const);
  return Object.fromEntries([...resources, ["settings.md", settingsPage()]]);
}

function settingsPage(): string {
  const secrets = Object.entries(secretVariables).map(([name, variable]) => `- \`${name}\`: \`${variable}\``);
  return [
    "# Settings of the provider",
    "Each stands in `Pulumi.<stack>.yaml` as `exchange:<name>`; lists and objects are written as JSON. How the servers are reached, with examples: [remote-cmdlets.md](remote-cmdlets.md).",
    argumentTable(config),
    `Secrets are best given in the environment: then they are in no state at all, and a changed one is taken at once.\n\n${secrets.join("\n")}`,
  ]
    .join("\n\n")
    .concat("\n");
}

function pageOf({ kind, args, about }: Entry): string {
  const page = pages[kind.name];
  if (page === undefined) throw new Error(`setup/reference.ts has no page for ${kind.name}`);
  return [
    `# ${kind.name}`,
    about,
    `\`\`\`ts\n${page.example}\n\`\`\``,
    `## Arguments\n\n${argumentTable(args)}`,
    `## Outputs\n\n${page.outputs.map(([name, meaning]) => `- \`${name}\`: ${meaning}`).join("\n")}`,
    `## What it refuses, and what it never does\n\n${page.refuses.map((line) => `- ${line}`).join("\n")}`,
    `What identifies it: ${kind.identity.map((key) => `\`${key}\``).join(", ")}. What is wanted of it: ${kind.desired.map((key) => `\`${key}\``).join(", ")}.`,
  ]
    .join("\n\n")
    .concat("\n");
}

function argumentTable(args: z.ZodObject): string {
  const schema = z.toJSONSchema(args, { io: "input", unrepresentable: "any" });
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => argumentRow(name, property, schema.required ?? []));
  return `| name | type | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function argumentRow(name: string, property: z.core.JSONSchema._JSONSchema, required: readonly string[]): string {
  if (typeof property === "boolean") return `| \`${name}\` | anything | | |`;
  const fallback = required.includes(name) ? "required" : property.default === undefined ? "" : `\`${JSON.stringify(property.default)}\``;
  return `| \`${name}\` | ${typeOf(property)} | ${fallback} | ${(property.description ?? "").replaceAll("|", "\\|")} |`;
}

function typeOf(property: z.core.JSONSchema._JSONSchema): string {
  if (typeof property === "boolean") return "anything";
  if (property.enum !== undefined) return property.enum.map((value) => `\`${String(value)}\``).join(", ");
  const items = property.items;
  if (property.type === "array") return `list of ${items === undefined || Array.isArray(items) ? "anything" : typeOf(items)}`;
  if (property.type === "object") return `{ ${Object.keys(property.properties ?? {}).join(", ")} }`;
  const range = property.minimum === undefined || property.type !== "integer" ? "" : `, ${property.minimum} to ${property.maximum}`;
  return `${property.type === "string" ? "text" : property.type === "integer" ? "whole number" : String(property.type)}${range}`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(path.join(checkout, "docs", "resources"), { recursive: true });
  for (const [file, text] of Object.entries(referencePages())) writeFileSync(path.join(checkout, "docs", file), text);
}
