// The reference page of a component, made from the types and comments that a program's editor shows: the interface of its arguments, and what the
// class gives.
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { checkout } from "./places.ts";
import { page, row } from "./reference-page.ts";

/** Where a component's words stand, in provider/components/. */
export interface Component {
  readonly name: string;
  /** The file of its class. */
  readonly file: string;
  /** The file of the interface `<name>Args`. */
  readonly args: string;
  /** A program of a few lines. */
  readonly example: string;
}

export function componentPage({ name, file, args, example }: Component): string {
  const inputs = declarationIn(args, ts.isInterfaceDeclaration, `${name}Args`).members.filter(ts.isPropertySignature);
  const made = declarationIn(file, ts.isClassDeclaration, name);
  const outputs = made.members.filter((member) => ts.isPropertyDeclaration(member) && !isPrivate(member));
  return page({
    name,
    about: wordsOf(made),
    example,
    rows: inputs.flatMap((member) => rowsOf(member, "")),
    outputs: outputs.map((output) => [nameOf(output), wordsOf(output)] as const),
  });
}

/** An argument, and below it those of the object or of the list of objects that it is. */
function rowsOf(member: ts.PropertySignature, within: string): readonly string[] {
  const { type } = member;
  if (type === undefined) throw new Error(`${nameOf(member)} has no type`);
  const list = listOf(type);
  const inner = list ?? type;
  const name = `${within}${nameOf(member)}`;
  const fallback = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "default")?.comment;
  const kind = ts.isTypeLiteralNode(inner) ? (list === undefined ? "object" : "list of objects") : sayType(type);
  const given = member.questionToken === undefined ? "required" : typeof fallback === "string" ? fallback : "";
  const own = row(name, kind.replaceAll("|", "\\|"), given, wordsOf(member));
  if (!ts.isTypeLiteralNode(inner)) return [own];
  const below = `${name}${list === undefined ? "" : "[]"}.`;
  return [own, ...inner.members.filter(ts.isPropertySignature).flatMap((each) => rowsOf(each, below))];
}

/** What a `readonly X[]` is a list of. */
function listOf(type: ts.TypeNode): ts.TypeNode | undefined {
  if (ts.isTypeOperatorNode(type)) return listOf(type.type);
  return ts.isArrayTypeNode(type) ? type.elementType : undefined;
}

function sayType(type: ts.TypeNode): string {
  const list = listOf(type);
  if (list !== undefined) return `list of ${sayType(list)}`;
  const text = type.getText().replaceAll(/\s+/g, " ");
  const plain: Readonly<Record<string, string>> = {
    string: "text",
    "Input<string>": "text",
    number: "number",
    boolean: "boolean",
    Word: "`online`, `prepared`, `offline`",
  };
  return plain[text] ?? (ts.isTypeReferenceNode(type) && /^Readonly< ?Record</.test(text) ? "by name" : `\`${text}\``);
}

/** Its comment, on one line. */
function wordsOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = comment !== undefined && ts.isJSDoc(comment) ? ts.getTextOfJSDocComment(comment.comment) : undefined;
  return (text ?? "").replaceAll(/\s+/g, " ").trim();
}

function nameOf({ name }: ts.PropertySignature | ts.ClassElement): string {
  return name?.getText() ?? "";
}

function isPrivate({ name }: ts.ClassElement): boolean {
  return name !== undefined && ts.isPrivateIdentifier(name);
}

function declarationIn<T extends ts.DeclarationStatement>(file: string, is: (node: ts.Node) => node is T, name: string): T {
  const text = readFileSync(path.join(checkout, "provider", "components", file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = source.statements.find((node): node is T & ts.Statement => is(node) && node.name?.text === name);
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found;
}
