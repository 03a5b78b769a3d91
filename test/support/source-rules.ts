// Reads the sources of a checkout and says where they break its rules: who imports whom, length, casts, paths of one machine, tests that mirror nothing.
// The rules themselves are data, in test/imports.test.ts.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What the files of one place may import of the checkout besides each other. A place is a folder, a file, or `folder/*.ts`: the files directly in it. */
export interface PlaceRule {
  /** `folder/*`: each folder in it is a place of its own. */
  readonly place: string;
  /** Places; `*` alone: anything. */
  readonly mayImport: readonly string[];
  /** Whether `@pulumi/…` packages may be imported: by all files, by none, or only by those called so. */
  readonly pulumi: boolean | string;
}

export interface SourceRules {
  /** The first whose `place` matches counts. */
  readonly places: readonly PlaceRule[];
  /** Files called so, below `below`, import types only, except from their own folder and from `values`. */
  readonly typesOnly: { readonly name: string; readonly below: string; readonly values: readonly string[] };
  readonly longestFile: number;
  /** Files that are one table of data and may be longer. */
  readonly dataTables: readonly string[];
  /** Where tests mirror no file: folders and files below test/. */
  readonly unmirrored: readonly string[];
}

interface Import {
  /** Where it points: a path from the root of the checkout, a package, or undefined where it is computed. */
  readonly target: string | undefined;
  readonly typesOnly: boolean;
}

const SOURCE_FOLDERS = ["provider", "stacks", "lab", "test", "bench", "setup"];
/** Absolute paths of one person's machine. */
const MACHINE_PATH = /["'`\s(]\/(?:work|home)\/[\w.]/;

/** One sentence for each place where the sources below `root` break `rules`, sorted. */
export function violations(root: string, rules: SourceRules): readonly string[] {
  const files = SOURCE_FOLDERS.flatMap((folder) => sourcesBelow(root, folder));
  return files.flatMap((file) => violationsOf(root, file, rules)).sort();
}

function sourcesBelow(root: string, folder: string): readonly string[] {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.m?ts$/.test(name) && !name.includes("node_modules"))
    .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")));
}

function violationsOf(root: string, file: string, rules: SourceRules): readonly string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.trimEnd().split("\n").length;
  return [
    ...importsOf(source).flatMap((found) => importViolations(file, found, rules)),
    ...(castsToAny(source) ? [`${file} casts to any`] : []),
    ...(MACHINE_PATH.test(text) ? [`${file} names an absolute path of one machine`] : []),
    ...(lines > rules.longestFile && !rules.dataTables.includes(file) ? [`${file} has ${lines} lines; ${rules.longestFile} at most`] : []),
    ...(mirrorsSomething(root, file, rules) ? [] : [`${file} mirrors no file or folder of provider/, lab/, setup/, stacks/ or bench/`]),
  ];
}

function importViolations(file: string, { target, typesOnly }: Import, rules: SourceRules): readonly string[] {
  const rule = rules.places.find(({ place }) => ownPlace(place, file) !== undefined);
  if (rule === undefined) return [`${file} is in no place that a rule names`];
  if (rule.mayImport.includes("*")) return [];
  if (target === undefined) return [`${file} imports something computed`];
  if (target.startsWith("@pulumi/")) return mayImportPulumi(rule, file) ? [] : [`${file} imports ${target}; it may not know Pulumi`];
  if (!target.endsWith(".ts") && !target.endsWith(".mjs")) return [];
  const own = ownPlace(rule.place, file) ?? "";
  const allowed = [own, ...rule.mayImport].some((place) => permits(place, target));
  const mustBeType = path.posix.basename(file) === rules.typesOnly.name && isBelow(rules.typesOnly.below, file);
  const mayBeValue = path.posix.dirname(file) === path.posix.dirname(target) || rules.typesOnly.values.includes(target);
  return [
    ...(allowed ? [] : [`${file} imports ${target}; of the checkout, ${own} may import ${rule.mayImport.join(", ") || "nothing else"}`]),
    ...(mustBeType && !typesOnly && !mayBeValue ? [`${file} imports more than types from ${target}`] : []),
  ];
}

/** The place that `pattern` means for `file`, such as provider/resources/mx-record; undefined where the file is elsewhere. */
function ownPlace(pattern: string, file: string): string | undefined {
  if (pattern.endsWith(".ts")) return permits(pattern, file) ? pattern : undefined;
  const wanted = pattern.split("/");
  const folders = path.posix.dirname(file).split("/");
  const matches = wanted.every((name, index) => folders[index] !== undefined && (name === "*" || name === folders[index]));
  return matches ? folders.slice(0, wanted.length).join("/") : undefined;
}

function isBelow(folder: string, file: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function permits(place: string, target: string): boolean {
  return place.includes("*") ? path.posix.matchesGlob(target, place) : isBelow(place, target);
}

function mayImportPulumi({ pulumi }: PlaceRule, file: string): boolean {
  return typeof pulumi === "string" ? path.posix.basename(file) === pulumi : pulumi;
}

function importsOf(source: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, typesOnly: boolean): void => {
    found.push({ target: ts.isStringLiteralLike(node) ? targetOf(source.fileName, node.text) : undefined, typesOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0])
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function targetOf(file: string, specifier: string): string {
  return specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
}

function castsToAny(node: ts.Node): boolean {
  const isCast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
  return (
    (isCast && node.type.kind === ts.SyntaxKind.AnyKeyword) || (ts.forEachChild(node, (child) => castsToAny(child) || undefined) ?? false)
  );
}

/** test/dns/message.test.ts mirrors provider/dns/message.ts, or one more test of the folder provider/dns; test/lab/… and test/setup/… likewise. */
function mirrorsSomething(root: string, file: string, { unmirrored }: SourceRules): boolean {
  if (!isBelow("test", file) || unmirrored.some((place) => isBelow(place, file))) return true;
  const mirrored = path.posix.relative("test", file).replace(/(\.test)?\.ts$/, "");
  return ["provider", "."].some((start) => {
    const place = path.join(root, start, mirrored);
    return (
      [".ts", ".mjs"].some((ending) => existsSync(place + ending)) ||
      isFolder(place) ||
      (mirrored.includes("/") && isFolder(path.dirname(place)))
    );
  });
}

function isFolder(place: string): boolean {
  return existsSync(place) && statSync(place).isDirectory();
}
