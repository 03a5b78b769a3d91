// The few files of the lab's buffer host. A file belongs to root; only root writes. Failures are in the words of coreutils, without the program's name.
import type { Agenda } from "./events.ts";
import { CommandFailure } from "./postfix-account.ts";

interface StoredFile {
  readonly inode: number;
  readonly text: string;
  readonly modifiedAtMs: number;
}

export class HostFiles {
  readonly #agenda: Agenda;
  readonly #made: Readonly<Record<string, () => string>>;
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Set(["/", "/var", "/var/lib", "/var/log", "/var/spool/postfix", "/etc/postfix", "/root", "/tmp"]);
  #inode = 1_000;

  /** `made` are files whose text comes from elsewhere in the world. */
  constructor(agenda: Agenda, made: Readonly<Record<string, () => string>>) {
    this.#agenda = agenda;
    this.#made = made;
  }

  exists(path: string): boolean {
    return this.#folders.has(path) || this.#files.has(path) || this.#made[path] !== undefined;
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  file(path: string): StoredFile {
    const made = this.#made[path];
    if (made !== undefined) return { inode: 77, text: made(), modifiedAtMs: this.#agenda.now() };
    const file = this.#files.get(path);
    if (file === undefined) throw new CommandFailure(1, `${path}: No such file or directory`);
    return file;
  }

  /** Paths of the files in a folder. */
  within(folder: string): readonly string[] {
    return [...this.#files.keys(), ...Object.keys(this.#made)].filter((path) => folderOf(path) === folder);
  }

  write(path: string, text: string, user: string): void {
    if (!this.#folders.has(folderOf(path))) throw new CommandFailure(1, `${path}: No such file or directory`);
    if (user !== "root" || this.#made[path] !== undefined) throw new CommandFailure(1, `${path}: Permission denied`);
    const inode = this.#files.get(path)?.inode ?? this.#inode++;
    this.#files.set(path, { inode, text, modifiedAtMs: this.#agenda.now() });
  }

  /** A second name for the same file; `isForced`: in place of what has that name. */
  link(from: string, to: string, user: string, isForced: boolean): void {
    const file = this.#files.get(from);
    if (file === undefined) throw new CommandFailure(1, `failed to access '${from}': No such file or directory`);
    if (this.exists(to) && !isForced) throw new CommandFailure(1, `failed to create hard link '${to}': File exists`);
    if (user !== "root") throw new CommandFailure(1, `failed to create hard link '${to}' => '${from}': Permission denied`);
    this.#files.set(to, file);
  }

  remove(path: string, user: string): void {
    if (this.#files.has(path) && user !== "root") throw new CommandFailure(1, `cannot remove '${path}': Permission denied`);
    this.#files.delete(path);
  }

  makeFolders(path: string, user: string): void {
    if (this.#folders.has(path)) return;
    if (user !== "root") throw new CommandFailure(1, `cannot create directory '${path}': Permission denied`);
    for (let folder = path; folder !== "/"; folder = folderOf(folder)) this.#folders.add(folder);
  }
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
