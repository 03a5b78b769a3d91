// Reads a command line into pipelines and words, for postfix-shell.ts. Quoting is resolved here, expansion is not.

export type WordPart =
  | { readonly kind: "text"; readonly text: string }
  /** `$?` */
  | { readonly kind: "status"; readonly quoted: boolean }
  /** `$(source)` */
  | { readonly kind: "command"; readonly source: string; readonly quoted: boolean };

export type Word = readonly WordPart[];

export interface Redirection {
  readonly operator: "<" | ">" | ">>" | "2>" | "2>>" | "2>&1";
  /** Empty for `2>&1`. */
  readonly target: Word;
}

export interface SimpleCommand {
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export type Pipeline = readonly SimpleCommand[];

export interface Step {
  /** How it depends on the one before. */
  readonly joint: ";" | "&&" | "||";
  readonly pipeline: Pipeline;
}

type Token = { readonly kind: "word"; readonly word: Word } | { readonly kind: "operator"; readonly text: string };

const operators = ["2>&1", "2>>", "2>", "&&", "||", ">>", ";", "|", ">", "<", "\n"];
/** What this shell has no meaning for, where it is not quoted. */
const foreign = /[&(){}`*?[\]~#!$]/;

/** The steps of `source`, `undefined` when it is not a command line that this shell understands. */
export function parse(source: string): readonly Step[] | undefined {
  const tokens = tokensOf(source);
  if (tokens === undefined) return undefined;
  const steps: Step[] = [];
  let joint: Step["joint"] = ";";
  let pipeline: SimpleCommand[] = [];
  let command: { words: Word[]; redirections: Redirection[] } = { words: [], redirections: [] };
  const queue = [...tokens, { kind: "operator", text: "\n" } satisfies Token];
  for (let index = 0; index < queue.length; index++) {
    const token = queue[index];
    if (token === undefined) return undefined;
    if (token.kind === "word") {
      command.words.push(token.word);
      continue;
    }
    const text = token.text;
    if (text === "2>&1") command.redirections.push({ operator: text, target: [] });
    else if (text === "<" || text === ">" || text === ">>" || text === "2>" || text === "2>>") {
      const target = queue[++index];
      if (target?.kind !== "word") return undefined;
      command.redirections.push({ operator: text, target: target.word });
    } else {
      const isEmpty = command.words.length === 0;
      if (isEmpty && (pipeline.length > 0 || (text !== "\n" && text !== ";") || joint !== ";")) return undefined;
      if (!isEmpty) pipeline.push(command);
      command = { words: [], redirections: [] };
      if (text === "|") continue;
      if (pipeline.length > 0) steps.push({ joint, pipeline });
      pipeline = [];
      joint = text === "&&" || text === "||" ? text : ";";
    }
  }
  return joint === ";" ? steps : undefined;
}

function tokensOf(source: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    if (source[at] === " " || source[at] === "\t") {
      at++;
      continue;
    }
    const operator = operators.find((text) => source.startsWith(text, at));
    if (operator !== undefined) {
      tokens.push({ kind: "operator", text: operator });
      at += operator.length;
      continue;
    }
    const read = wordAt(source, at);
    if (read === undefined) return undefined;
    tokens.push({ kind: "word", word: read.word });
    at = read.end;
  }
  return tokens;
}

interface ReadWord {
  readonly word: Word;
  readonly end: number;
}

function wordAt(source: string, start: number): ReadWord | undefined {
  const word: WordPart[] = [];
  let at = start;
  while (at < source.length && !/[\s;|<>]/.test(source[at] ?? "") && !source.startsWith("&&", at)) {
    const character = source[at] ?? "";
    if (character === "'") {
      const end = source.indexOf("'", at + 1);
      if (end < 0) return undefined;
      word.push({ kind: "text", text: source.slice(at + 1, end) });
      at = end + 1;
    } else if (character === '"') {
      const quoted = quotedAt(source, at + 1);
      if (quoted === undefined) return undefined;
      word.push({ kind: "text", text: "" }, ...quoted.word);
      at = quoted.end;
    } else if (character === "\\") {
      word.push({ kind: "text", text: source[at + 1] ?? "" });
      at += 2;
    } else if (character === "$") {
      const read = dollarAt(source, at, false);
      if (read === undefined) return undefined;
      word.push(...read.word);
      at = read.end;
    } else if (foreign.test(character)) return undefined;
    else {
      word.push({ kind: "text", text: character });
      at++;
    }
  }
  return { word, end: at };
}

/** The inside of double quotes, from behind the first one to behind the last. */
function quotedAt(source: string, start: number): ReadWord | undefined {
  const word: WordPart[] = [];
  let at = start;
  while (at < source.length && source[at] !== '"') {
    const character = source[at] ?? "";
    if (character === "`") return undefined;
    if (character === "$") {
      const read = dollarAt(source, at, true);
      if (read === undefined) return undefined;
      word.push(...read.word);
      at = read.end;
      continue;
    }
    const escaped = character === "\\" && /["\\$`]/.test(source[at + 1] ?? "");
    word.push({ kind: "text", text: escaped ? (source[at + 1] ?? "") : character });
    at += escaped ? 2 : 1;
  }
  return source[at] === '"' ? { word, end: at + 1 } : undefined;
}

function dollarAt(source: string, at: number, quoted: boolean): ReadWord | undefined {
  if (source[at + 1] === "?") return { word: [{ kind: "status", quoted }], end: at + 2 };
  if (source[at + 1] !== "(") return undefined;
  let depth = 1;
  let end = at + 2;
  for (let single = false; end < source.length && depth > 0; end++) {
    const character = source[end];
    if (character === "'") single = !single;
    else if (!single && character === "(") depth++;
    else if (!single && character === ")") depth--;
  }
  return depth === 0 ? { word: [{ kind: "command", source: source.slice(at + 2, end - 1), quoted }], end } : undefined;
}
