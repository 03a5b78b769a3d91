// A real MIT KDC for tests: a realm of its own on a free port of loopback, in a temporary folder, stopped by its process.
// What it needs of Debian: krb5-kdc, krb5-admin-server, krb5-user. Sources: kdc.conf(5), krb5.conf(5), kadmin(1), krb5kdc(8).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { freePort } from "../contract/processes.ts";
import { commandAvailable } from "./judges.ts";

export interface KdcOptions {
  /** Default CONTOSO.LOCAL. */
  readonly realm?: string;
  /** People. As a domain controller does, the KDC asks them to prove the password before it answers (pre-authentication). */
  readonly principals?: readonly { readonly name: string; readonly password: string }[];
  /** With random keys, all in `serviceKeytab`. Default: HTTP/ex01.contoso.local. */
  readonly services?: readonly string[];
  /** Encryption of the services' keys. Default: AES with 256 bits and with 128. */
  readonly serviceEnctypes?: readonly ("aes256-cts-hmac-sha1-96" | "aes128-cts-hmac-sha1-96")[];
  /** Longest life of a ticket, in krb5's spelling (`10h`, `90s`). Default 10h. */
  readonly maxLife?: string;
  /** Seconds by which the KDC's clock is ahead of the machine's; negative: behind. Default 0. */
  readonly clockOffsetSeconds?: number;
  /** More of the section [libdefaults] of clients and acceptors, such as `{ clockskew: "60", kdc_timesync: "0" }`. */
  readonly libdefaults?: Readonly<Record<string, string>>;
}

export interface RunningKdc {
  readonly realm: string;
  readonly port: number;
  /** For programs and libraries that are to know this realm. Of this process: see `useEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The keys of all services. */
  readonly serviceKeytab: string;
  /** A file with the keys of a principal as they are; a password goes on to be valid. */
  keytab(principal: string): Promise<string>;
  addPrincipal(name: string, password: string): Promise<void>;
  /** Runs lines of kadmin.local (`modprinc -pwexpire now pauser`). @returns what it said @throws {Error} with its complaint */
  administer(...lines: readonly string[]): Promise<string>;
  /** Fills a credential cache of its own. @returns `FILE:…`, for KRB5CCNAME @throws {Error} in kinit's words */
  kinit(principal: string, proof: { readonly password: string } | { readonly keytab: string }, lifetime?: string): Promise<string>;
  /** Ends the program and leaves the realm's files: a domain controller that is off. */
  silence(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's place for some of them is not on everyone's PATH. */
const SEARCH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Whether there is a KDC to be started on this machine. */
export function kdcAvailable(): boolean {
  return ["krb5kdc", "kdb5_util", "kadmin.local", "kinit"].every(commandAvailable);
}

/** Starts one; it answers when this returns. @throws {Error} with the last lines of the program that failed */
export async function startKdc(options: KdcOptions = {}): Promise<RunningKdc> {
  const { realm = "CONTOSO.LOCAL", principals = [], services = ["HTTP/ex01.contoso.local"], clockOffsetSeconds = 0 } = options;
  const folder = await mkdtemp(path.join(tmpdir(), "kdc-"));
  const port = await freePort();
  const environment = environmentIn(folder);
  const run = (file: string, args: readonly string[], input = "") => runProgram(file, args, environment, input);
  let files = 0;
  const newFile = (kind: string) => path.join(folder, `${kind}-${++files}`);
  const administer = async (...lines: readonly string[]) => {
    const { said, complained } = await run("kadmin.local", ["-r", realm], `${lines.join("\n")}\n`);
    const complaint = complained.split("\n").filter((line) => line !== "" && !/no policy specified/i.test(line));
    if (complaint.length > 0) throw new Error(`kadmin.local: ${complaint.join(" | ")}`);
    return said;
  };
  const serviceKeytab = path.join(folder, "services.keytab");
  const enctypes = (options.serviceEnctypes ?? ENCTYPES).map((name) => `${name}:normal`).join(",");
  let kdc: ChildProcess | undefined;
  const silence = async () => {
    if (kdc === undefined || kdc.exitCode !== null || kdc.signalCode !== null) return;
    kdc.kill("SIGTERM");
    await once(kdc, "exit");
  };
  const stop = async () => {
    await silence();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(path.join(folder, "krb5.conf"), clientConfiguration(realm, port, options));
    await writeFile(path.join(folder, "kdc.conf"), kdcConfiguration(folder, realm, port, options.maxLife ?? "10h"));
    await run("kdb5_util", ["create", "-s", "-r", realm, "-P", `${Math.random()}`]);
    await administer(
      ...principals.map(({ name, password }) => `addprinc +requires_preauth -pw ${quoted(password)} ${quoted(name)}`),
      ...services.flatMap((name) => [`addprinc -randkey -e ${enctypes} ${name}`, `ktadd -q -norandkey -k ${serviceKeytab} ${name}`]),
    );
    kdc = await startDaemon(["-n", "-r", realm, "-T", String(clockOffsetSeconds)], environment);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    realm,
    port,
    environment,
    serviceKeytab,
    administer,
    silence,
    stop,
    async keytab(principal) {
      const file = newFile("keytab");
      await administer(`ktadd -q -norandkey -k ${file} ${quoted(principal)}`);
      return file;
    },
    addPrincipal: async (name, password) => void (await administer(`addprinc +requires_preauth -pw ${quoted(password)} ${quoted(name)}`)),
    async kinit(principal, proof, lifetime) {
      const cache = `FILE:${newFile("cache")}`;
      const life = lifetime === undefined ? [] : ["-l", lifetime];
      const keys = "keytab" in proof ? ["-k", "-t", proof.keytab] : [];
      await run("kinit", ["-c", cache, ...life, ...keys, principal], "password" in proof ? `${proof.password}\n` : "");
      return cache;
    },
  };
}

/** Gives this process, and the C libraries in it, the variables. @returns what puts back those that were there */
export function useEnvironment(environment: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

const ENCTYPES = ["aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96"] as const;

function environmentIn(folder: string): Readonly<Record<string, string>> {
  return {
    KRB5_CONFIG: path.join(folder, "krb5.conf"),
    KRB5_KDC_PROFILE: path.join(folder, "kdc.conf"),
    KRB5CCNAME: `FILE:${path.join(folder, "cache")}`,
    KRB5_KTNAME: path.join(folder, "services.keytab"),
    KRB5_CLIENT_KTNAME: path.join(folder, "client.keytab"),
    KRB5RCACHEDIR: folder,
  };
}

/** Line breaks inside the braces are needed: a realm written on one line is ignored without a word. */
function clientConfiguration(realm: string, port: number, { libdefaults = {} }: KdcOptions): string {
  const defaults = {
    default_realm: realm,
    dns_lookup_kdc: "false",
    dns_lookup_realm: "false",
    dns_canonicalize_hostname: "false",
    rdns: "false",
    qualify_shortname: '""',
    udp_preference_limit: "1",
    ...libdefaults,
  };
  const lines = Object.entries(defaults).map(([name, value]) => `  ${name} = ${value}\n`);
  return `[libdefaults]
${lines.join("")}[realms]
  ${realm} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  .${realm.toLowerCase()} = ${realm}
`;
}

function kdcConfiguration(folder: string, realm: string, port: number, maxLife: string): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realm} = {
    database_name = ${folder}/principal
    acl_file = ${folder}/kadm5.acl
    key_stash_file = ${folder}/stash
    supported_enctypes = ${ENCTYPES.map((name) => `${name}:normal`).join(" ")}
    max_life = ${maxLife}
  }
[logging]
  kdc = STDERR
`;
}

/** As kadmin reads it: a quotation mark inside is written twice. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

async function runProgram(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input: string,
): Promise<{ readonly said: string; readonly complained: string }> {
  const child = spawn(file, args, { env: { ...process.env, PATH: SEARCH, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close");
  child.stdin.end(input);
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(complained.trim() || said.trim() || `${file} ended with ${code}`);
  return { said, complained };
}

/** Waits for the KDC's own word that it runs. */
async function startDaemon(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn("krb5kdc", args, { env: { ...process.env, PATH: SEARCH, ...environment }, stdio: ["ignore", "ignore", "pipe"] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines: string[] = [];
  child.on("error", reject);
  child.on("exit", (code) => reject(new Error(`krb5kdc ended with ${code}: ${lines.slice(-5).join(" | ")}`)));
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (/commencing operation/.test(line)) resolve();
  });
  await promise;
  return child;
}
