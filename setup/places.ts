// Where the set-up keeps things: this checkout, its own throw-away files, and the user's cache that checkouts share.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** The folder of package.json. */
export const checkout: string = path.resolve(import.meta.dirname, "..");

/** Files of this checkout alone; gone with node_modules. */
export const checkoutCache: string = path.join(checkout, "node_modules", ".cache", "pulumi-exchange");

/** The Node.js that package-lock.json pins. */
export const pinnedNode: string = path.join(checkout, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** The folder that all checkouts of one user share: `$XDG_CACHE_HOME/pulumi-exchange`, by default below `~/.cache`. */
export function userCache(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), ".cache"), "pulumi-exchange");
}

/** The first file called `name` in the folders of `searchPath`; undefined where none has it. */
export function findOnPath(name: string, searchPath: string | undefined = process.env.PATH): string | undefined {
  const folders = (searchPath ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  return folders.flatMap((folder) => names.map((file) => path.join(folder, file))).find((file) => existsSync(file));
}
