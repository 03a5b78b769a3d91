// What is normal as the text of a file: written for people and for `git diff`, and read back with what is wrong in it by its line. Pure.
import { type Document, LineCounter, parseDocument, stringify } from "yaml";
import type { z } from "zod";
import { normalArgumentOf } from "../resources/given-normal.ts";
import * as classes from "../resources/index.ts";
import { shown } from "../resources/vocabulary.ts";

/** What is normal, by the names of parts, each in the form that its argument `normal` takes. */
export type Normals = Readonly<Record<string, object>>;

/** Every form that a part's normal state can have, with what a person sees of it: `{ service }`. */
const forms = Object.values(classes).flatMap(({ shape }) => normalArgumentOf(shape) ?? []);

/** The same for the same values, in whatever order they are told. `file`: its name. */
export function textOf(file: string, stack: string, normals: Normals): string {
  const head = [
    `What is normal in the stack ${stack}, and is given back after a pause. Written by \`pulumi up\` when it ends well: keep it in the`,
    "repository. There are no secrets in it. During a pause it says what was normal before. A ttlSeconds of 1 is Cloudflare's automatic.",
    `A stack that has lost its state gets it back by \`normal: exchange.normalFrom("${file}")\` in its SitePause, until the site is home.`,
  ];
  // Quoted is also what other readers of YAML would take for a time or for yes and no.
  const body = stringify(inOrder(normals), { compat: "yaml-1.1", lineWidth: 0 });
  return `${head.map((line) => `# ${line}\n`).join("")}\n${body}`;
}

/**
 * The text read back. `file`: what it is called in an error.
 * @throws {Error} one sentence with the line, the place, what was expected and what was found
 */
export function normalsIn(text: string, file: string): Normals {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new Error(`${file}, line ${lines.linePos(broken.pos[0]).line}: expected YAML, found this: ${broken.message}.`);
  const found = plain(document, file);
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw new Error(
      `${file}: expected what is normal by the names of parts, such as \`ex01: { service: "Running" }\`, found ${shown(found)}.`,
    );
  for (const [part, value] of Object.entries(found)) {
    const problem = problemOf(value);
    if (problem !== undefined)
      throw new Error(`${file}, line ${lineOf([part, ...problem.path])}: ${place([part, ...problem.path])}: ${problem.words}.`);
  }
  return found as Normals;

  /** What is not there has the line of what it ought to stand in. */
  function lineOf(path: readonly PropertyKey[]): number {
    const node = document.getIn(path, true) as { readonly range?: readonly [number, ...unknown[]] | null } | undefined;
    return node?.range == null && path.length > 0 ? lineOf(path.slice(0, -1)) : lines.linePos(node?.range?.[0] ?? 0).line;
  }
}

/** An alias of nothing is seen only here. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? undefined;
  } catch (error) {
    throw new Error(`${file}: expected plain YAML, found this: ${error instanceof Error ? error.message : error}.`);
  }
}

interface Problem {
  readonly path: readonly PropertyKey[];
  /** `expected …, found …` */
  readonly words: string;
}

/** What is wrong with one part's normal state, judged by the form that it has most in common with. */
function problemOf(value: unknown): Problem | undefined {
  const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const [likest] = [...forms].sort((one, other) => inCommon(other, names) - inCommon(one, names));
  if (likest === undefined || inCommon(likest, names) === 0)
    return { path: [], words: `expected ${forms.map(sayForm).join(" or ")}, found ${shown(value)}` };
  const [issue] = likest.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const words =
    unknown.length === 0 ? issue.message : `expected ${Object.keys(likest.shape).join(", ")} and no more, found ${unknown.join()}`;
  return { path: [...issue.path, ...unknown], words };
}

function inCommon(form: z.ZodObject, names: readonly string[]): number {
  return names.filter((name) => name in form.shape).length;
}

function sayForm({ shape }: z.ZodObject): string {
  const needed = Object.entries(shape).flatMap(([name, member]) => (member.safeParse(undefined).success ? [] : [name]));
  return `{ ${needed.join(", ")} }`;
}

/** `contoso.com, exchanges 2, preference`: a name may have dots of its own. */
function place(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === "number" ? `number ${step + 1}` : String(step))).join(", ");
}

/** Neither lists nor records have an order of their own: members stand by name, numbers before all others, and lists by what they hold. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder).sort((one, other) => byValue.compare(JSON.stringify(one), JSON.stringify(other)));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, inOrder(member)]);
  const sorted = members.sort(([one], [other]) => byValue.compare(one, other));
  return Object.fromEntries([...sorted.filter(isNumber), ...sorted.filter((member) => !isNumber(member))]);
}

function isNumber([, value]: readonly [string, unknown]): boolean {
  return typeof value === "number";
}

const byValue = new Intl.Collator("en", { numeric: true });
