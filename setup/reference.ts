// The reference pages of docs/, made from the same tables that check a program's input and a stack's settings: `npm run reference` writes them.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { shapes } from "../provider/host/catalogue.ts";
import { config, secretVariables } from "../provider/host/config.ts";
import type { Shape } from "../provider/resources/define-shape.ts";
import { type Component, componentPage } from "./component-page.ts";
import { checkout } from "./places.ts";
import { page, paragraphs, row, table } from "./reference-page.ts";

const components: readonly Component[] = [
  {
    name: "SitePause",
    file: "site-pause.ts",
    args: "site-parts.ts",
    example: `new exchange.SitePause("berlin", {
  state: exchange.wordOf("site:state"), // online | prepared | offline
  dag: "DAG1",
  servers: ["ex01", "ex02"],
  mail: [{ zone: "contoso.com" }],
  buffer: { host: "buffer.contoso-mail.net", user: "mailops", hostKey: "SHA256:…" },
});`,
  },
];

/** Every page by its path in docs/. */
export function referencePages(): Readonly<Record<string, string>> {
  const resources = shapes.map((shape) => [`resources/${shape.name}.md`, pageOf(shape)] as const);
  const made = components.map((component) => [`components/${component.name}.md`, componentPage(component)] as const);
  return Object.fromEntries([...resources, ...made, ["settings.md", settingsPage()]]);
}

function settingsPage(): string {
  const secrets = Object.entries(secretVariables).map(([name, variable]) => `- \`${name}\`: \`${variable}\``);
  return paragraphs([
    "# Settings of the provider",
    "Each stands in `Pulumi.<stack>.yaml` as `exchange:<name>`; lists and objects are written as JSON. How the servers are reached, with examples: [remote-cmdlets.md](remote-cmdlets.md).",
    table(argumentRows(config)),
    `Secrets are best given in the environment: then they are in no state at all, and a changed one is taken at once.\n\n${secrets.join("\n")}`,
  ]);
}

function pageOf({ name, about, example, args, outputs, refuses, identity, wanted }: Shape): string {
  return page({
    name,
    about,
    example,
    rows: argumentRows(args),
    outputs: Object.entries(outputs.shape).map(([output, { description = "" }]) => [output, description] as const),
    more: [
      `## What it refuses, and what it never does\n\n${refuses.map((line) => `- ${line}`).join("\n")}`,
      `What identifies it: ${identity.map((key) => `\`${key}\``).join(", ")}. What is wanted of it: ${wanted.map((key) => `\`${key}\``).join(", ")}.`,
    ],
  });
}

function argumentRows(args: z.ZodObject): readonly string[] {
  const schema = z.toJSONSchema(args, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => argumentRow(name, property, schema.required ?? []));
}

function argumentRow(name: string, property: z.core.JSONSchema._JSONSchema, required: readonly string[]): string {
  if (typeof property === "boolean") return `| \`${name}\` | anything | | |`;
  const fallback = required.includes(name) ? "required" : property.default === undefined ? "" : `\`${JSON.stringify(property.default)}\``;
  return row(name, typeOf(property), fallback, property.description ?? "");
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
  for (const [file, text] of Object.entries(referencePages())) {
    const page = path.join(checkout, "docs", file);
    mkdirSync(path.dirname(page), { recursive: true });
    writeFileSync(page, text);
  }
}
