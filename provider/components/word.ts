// The word that a repository says of its site, read from the stack's configuration.
import * as pulumi from "@pulumi/pulumi";

export const words = ["online", "prepared", "offline"] as const;
/** What a site can be asked to be. `prepared` is online with a low TTL, so that going offline need not wait for the old one. */
export type Word = (typeof words)[number];

/**
 * The word in the stack's configuration under `key`, such as `site:state`.
 * @throws {pulumi.RunError} one sentence with what is expected and what was found
 */
export function wordOf(key: string): Word {
  const at = key.indexOf(":");
  const found = new pulumi.Config(key.slice(0, at)).get(key.slice(at + 1));
  const word = words.find((candidate) => candidate === found);
  if (word !== undefined) return word;
  throw new pulumi.RunError(`${key} is ${found === undefined ? "missing" : JSON.stringify(found)}; expected online, prepared or offline.`);
}
