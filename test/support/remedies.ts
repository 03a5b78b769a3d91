// Finds every remedy in the sources, wherever its words stand: at the property, in a constant, in a function that makes it, or with whoever calls one that
// takes it. Each becomes a pattern of what a person may read, with its holes open. What cannot be followed is an error, so that none is passed over.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export interface Remedy {
  /** `provider/host/fences.ts:76` */
  readonly place: string;
  /** As it stands in the source, holes as `…`. */
  readonly words: string;
  /** Whole remedies that were made from it match. */
  readonly pattern: RegExp;
}

interface Sources {
  readonly files: readonly ts.SourceFile[];
  /** Declared constants and functions, by name. */
  readonly declared: ReadonlyMap<string, readonly (ts.VariableDeclaration | ts.FunctionDeclaration)[]>;
}

/** Every remedy in the TypeScript files below `root`/`folder`. @throws {Error} for one whose words cannot be found */
export function remediesIn(root: string, folder: string): readonly Remedy[] {
  const sources = read(root, folder);
  const expressions = nodes(sources).flatMap((node) => [
    ...remedyProperty(node),
    ...(ts.isCallExpression(node) ? given(node, sources) : []),
  ]);
  const found = new Set(expressions.flatMap((expression) => textsOf(expression, sources)));
  return [...found].map((text) => remedyOf(text)).sort((one, other) => (one.place < other.place ? -1 : 1));
}

function read(root: string, folder: string): Sources {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root }).map((file) =>
    ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true),
  );
  const declared = new Map<string, (ts.VariableDeclaration | ts.FunctionDeclaration)[]>();
  for (const node of nodes({ files })) {
    const isNamed =
      (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name !== undefined && ts.isIdentifier(node.name);
    if (isNamed) declared.set(node.name.text, [...(declared.get(node.name.text) ?? []), node]);
  }
  return { files, declared };
}

function nodes({ files }: Pick<Sources, "files">): readonly ts.Node[] {
  const all: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    all.push(node);
    ts.forEachChild(node, visit);
  };
  for (const file of files) visit(file);
  return all;
}

/** What a function is called with that is handed a remedy. */
function given({ expression: called, arguments: all }: ts.CallExpression, sources: Sources): readonly ts.Expression[] {
  if (!ts.isIdentifier(called)) return [];
  return declarationsOf(called, sources).flatMap((one) => {
    const place = ts.isFunctionDeclaration(one) ? one.parameters.findIndex(({ name }) => name.getText() === "remedy") : -1;
    return place < 0 ? [] : (all[place] ?? []);
  });
}

function remedyProperty(node: ts.Node): readonly ts.Expression[] {
  if (ts.isPropertyAssignment(node) && node.name.getText() === "remedy") return [node.initializer];
  return ts.isShorthandPropertyAssignment(node) && node.name.text === "remedy" ? [node.name] : [];
}

type Text = ts.StringLiteralLike | ts.TemplateExpression;

/** None where the words are found elsewhere: with whoever hands a remedy over, or where the refusal that it is taken from was made. */
function textsOf(expression: ts.Expression, sources: Sources): readonly Text[] {
  if (ts.isStringLiteralLike(expression) || ts.isTemplateExpression(expression)) return [expression];
  if (ts.isPropertyAccessExpression(expression) && expression.name.text === "remedy") return [];
  const behind = behindOf(expression, sources);
  if (behind.length > 0) return behind.flatMap((one) => textsOf(one, sources));
  if (ts.isIdentifier(expression) && expression.text === "remedy") return [];
  const file = expression.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(expression.getStart()).line + 1;
  throw new Error(`${file.fileName}:${line}: the words of the remedy ${expression.getText()} cannot be found`);
}

/** What an expression stands for. */
function behindOf(expression: ts.Expression, sources: Sources): readonly ts.Expression[] {
  if (ts.isConditionalExpression(expression)) return [expression.whenTrue, expression.whenFalse];
  if (ts.isElementAccessExpression(expression)) return membersOf(expression.expression, sources);
  if (ts.isCallExpression(expression)) return returnsOf(expression.expression, sources);
  if (!ts.isIdentifier(expression)) return [];
  return declarationsOf(expression, sources).flatMap((one) => (ts.isVariableDeclaration(one) ? (one.initializer ?? []) : []));
}

/** Those in the same file, or else in another one that it must be imported from. A name that a parameter bears is none. */
function declarationsOf(name: ts.Identifier, { declared }: Sources): readonly (ts.VariableDeclaration | ts.FunctionDeclaration)[] {
  const all = declared.get(name.text) ?? [];
  const file = name.getSourceFile();
  const here = all.filter((one) => one.getSourceFile() === file && holds(scopeOf(one), name));
  const isImported = new RegExp(`import [^;]*\\b${name.text}\\b[^;]* from`).test(file.text);
  return here.length > 0 || !isImported ? here : all.filter((one) => scopeOf(one) === one.getSourceFile());
}

/** What a declaration can be seen in. */
function scopeOf(node: ts.Node): ts.Node {
  let scope = node.parent;
  while (!ts.isBlock(scope) && !ts.isSourceFile(scope)) scope = scope.parent;
  return scope;
}

function holds(scope: ts.Node, node: ts.Node): boolean {
  return scope.getSourceFile() === node.getSourceFile() && scope.pos <= node.pos && node.end <= scope.end;
}

function membersOf(table: ts.Expression, sources: Sources): readonly ts.Expression[] {
  const declarations = ts.isIdentifier(table) ? declarationsOf(table, sources) : [];
  return declarations.flatMap((one) =>
    ts.isVariableDeclaration(one) && one.initializer !== undefined && ts.isObjectLiteralExpression(one.initializer)
      ? one.initializer.properties.flatMap((property) => (ts.isPropertyAssignment(property) ? property.initializer : []))
      : [],
  );
}

function returnsOf(called: ts.Expression, sources: Sources): readonly ts.Expression[] {
  const functions = ts.isIdentifier(called) ? declarationsOf(called, sources).filter((one) => ts.isFunctionDeclaration(one)) : [];
  return functions.flatMap(({ body }) =>
    (body?.statements ?? []).flatMap((statement) => (ts.isReturnStatement(statement) ? (statement.expression ?? []) : [])),
  );
}

function remedyOf(text: Text): Remedy {
  const file = text.getSourceFile();
  const parts = ts.isTemplateExpression(text) ? [text.head.text, ...text.templateSpans.map(({ literal }) => literal.text)] : [text.text];
  if (parts.join("").trim().length < 15)
    throw new Error(`${file.fileName}: ${text.getText()} has too few words of its own to be told from others`);
  return {
    place: `${path.posix.join(file.fileName)}:${file.getLineAndCharacterOfPosition(text.getStart()).line + 1}`,
    words: parts.join("…"),
    pattern: new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")}$`),
  };
}
