// How a reference page is laid out, whatever it is about.

export interface Page {
  readonly name: string;
  readonly about: string;
  /** A program of a few lines. */
  readonly example: string;
  /** Rows of the table of arguments. */
  readonly rows: readonly string[];
  /** Each output with what it is. */
  readonly outputs: readonly (readonly [name: string, meaning: string])[];
  /** What stands below. */
  readonly more?: readonly string[];
}

export function page({ name, about, example, rows, outputs, more = [] }: Page): string {
  const given = outputs.map(([output, meaning]) => `- \`${output}\`: ${meaning}`).join("\n");
  return paragraphs([
    `# ${name}`,
    about,
    `\`\`\`ts\n${example}\n\`\`\``,
    `## Arguments\n\n${table(rows)}`,
    `## Outputs\n\n${given}`,
    ...more,
  ]);
}

export function paragraphs(texts: readonly string[]): string {
  return `${texts.join("\n\n")}\n`;
}

export function table(rows: readonly string[]): string {
  return `| name | type | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}`;
}

/** A row of the table. `type` and `fallback` are written as they are. */
export function row(name: string, type: string, fallback: string, meaning: string): string {
  return `| \`${name}\` | ${type} | ${fallback} | ${meaning.replaceAll("|", "\\|")} |`;
}
