// One remedy, walked: how a site gets there, what a person reads, what that person then does to the letter, and how it ends.
import { deepEqual, equal } from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { z } from "zod";
import { bindingHost } from "../../../lab/serve/binding-host.ts";
import { exchangeHost } from "../../../lab/serve/cmdlets/exchange-host.ts";
import type { SitePauseArgs } from "../../../provider/components/site-parts.ts";
import type { Word } from "../../../provider/components/word.ts";
import { type MemoryRehearsal, minute, type Options } from "../../support/memory-rehearsal.ts";

export type Start = "not in the program" | "online" | "prepared" | "offline";

export interface Row {
  readonly what: string;
  readonly start: Start;
  /** Another site than the small one, brought to `start`. */
  readonly site?: () => MemoryRehearsal;
  /** What goes wrong at the site; what undoes it, where that takes more than a command. */
  readonly trouble?: (site: MemoryRehearsal) => unknown;
  /** What the program says besides its word meanwhile. */
  readonly program?: (site: MemoryRehearsal) => Options;
  /** The word that the program is asked for. */
  readonly word: Word;
  /** What is read, one after another where a second trouble shows when the first is seen to. Whole remedies. */
  readonly says: readonly string[];
  /** Does at the site what is said. */
  readonly obey?: (site: MemoryRehearsal, undo: () => unknown) => unknown;
  /** What the program says from then on, from what it says `before` and what is `said`. Default: its word alone. */
  readonly correct?: (before: Options, said: readonly string[]) => Options;
  /** What is not as it was after all, and is meant so. Default: nothing. */
  readonly stays?: readonly string[];
}

/** Walks `row` on `site`, which is in its start. */
export async function walk(row: Row, site: MemoryRehearsal): Promise<void> {
  const nameless = namesWithoutMx(site);
  const caused = await row.trouble?.(site);
  const undo = typeof caused === "function" ? () => caused() : () => undefined;
  let options = row.program?.(site) ?? {};
  for (const remedy of row.says) {
    const foreseen = await site.preview(row.word, options);
    const { ended, sentences: found } = await site.up(row.word, options);
    const sentences = [...foreseen.sentences, ...found];
    const said = [...new Set(sentences.flatMap((sentence) => sentence.split("\n")))];
    equal(ended, "failed", `expected "${remedy}"`);
    equal(said.includes(remedy), true, `expected\n${remedy}\nfound\n${sentences.join("\n")}`);
    await row.obey?.(site, undo);
    options = row.correct?.(options, said) ?? {};
  }
  await isDone(site, row.word, options);
  site.pass(20 * minute);
  // A program that was cut down to show one thing is whole again.
  const { amend: _amend, targets: _targets, ...whole } = options;
  await isDone(site, "online", whole);
  deepEqual([await site.notAsBefore(whole), [...nameless]], [row.stays ?? [], []]);
}

async function isDone(site: MemoryRehearsal, word: Word, options: Options): Promise<void> {
  const { ended, sentences } = await site.up(word, options);
  deepEqual([ended, sentences], ["done", []], `${word} after the remedy`);
}

/** Watches from now on: every name for which a name server has no MX at some moment. */
function namesWithoutMx({ world: { events, zones, cast } }: MemoryRehearsal): ReadonlySet<string> {
  const found = new Set<string>();
  events.every(1_000, () => {
    for (const server of zones.nameServers)
      for (const name of cast.domains) if (zones.lookupMx(name, server) === undefined) found.add(`${name} at ${server}`);
  });
  return found;
}

/** What is typed on the buffer host; `user`: who does. */
export function onBuffer({ world: { buffer } }: MemoryRehearsal, line: string, user = "root"): void {
  const { code, stderr } = buffer.run(line, "", user);
  equal(code, 0, `${line}: ${stderr}`);
}

/** A line of main.cf, in force. */
export function setting(site: MemoryRehearsal, name: string, value: string): void {
  onBuffer(site, `/usr/sbin/postconf -c /etc/postfix -e '${name} = ${value}'`);
  onBuffer(site, "/usr/sbin/postfix -c /etc/postfix reload");
}

/** What is typed in the Exchange Management Shell or the PowerShell of a server, and confirmed. */
export async function typed({ world: { site } }: MemoryRehearsal, server: string, line: string): Promise<void> {
  const [, cmdlet = "", identity = "", named = ""] = /^(\S+) (.*?)((?: -\w+ \S+)*)$/.exec(line) ?? [];
  const host = bindingHost(exchangeHost(site), undefined, site.switches.missingConfirm);
  const isWindows = cmdlet.endsWith("-Service");
  const parameters = new Map<string, string | boolean>([
    [isWindows ? "Name" : "Identity", identity],
    ...[...named.matchAll(/ -(\w+) (\S+)/g)].map(([, name = "", value = ""]) => [name, value] as const),
    ...(isWindows ? [] : [["Confirm", false] as const]),
  ]);
  const configuration = isWindows ? "Microsoft.PowerShell" : "Microsoft.Exchange";
  const reply = await host({ server, configuration, user: "CONTOSO\\anna", cmdlet, parameters });
  deepEqual([reply.failed, reply.errors], [undefined, []], line);
}

const normals = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The `normal` that remedies give for a SitePause, as the program takes it: what stands there is copied, `amend` is what the words beside it ask for. */
export function normalFrom(before: Options, said: readonly string[], amend: (normal: string) => string = (normal) => normal): Options {
  const codes = said.flatMap((line) => /\(in a SitePause `normal: (\{.*?\})`\)/.exec(line)?.[1] ?? []);
  const given = codes.map((code) => normals.parse(runInNewContext(`(${amend(code)})`)));
  const normal = Object.assign({}, before.args?.normal, ...given) as NonNullable<SitePauseArgs["normal"]>;
  return { ...before, args: { ...before.args, normal } };
}
