// A real Postfix in a folder of its own behind a real sshd, with smtp-sink as next hop. Needs root, as Postfix does, and an address of the machine
// besides 127.0.0.1: what is handed over there is not known to have left the host.
import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { selfSigned } from "../../lab/serve/self-signed.ts";
import { findOnPath } from "../../setup/places.ts";
import { type BufferSite, bufferName } from "./buffer-site.ts";
import { freePort, listening, runFile, type Started, start, until } from "./processes.ts";
import { sshdAvailable, startSshd } from "./sshd.ts";

const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

export function postfixAvailable(): boolean {
  return (
    sshdAvailable() &&
    ["postfix", "smtp-sink"].every((name) => findOnPath(name, systemPath) !== undefined) &&
    existsSync("/usr/lib/postfix/sbin/master") &&
    outerAddress() !== undefined
  );
}

function outerAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

/** `logsTo: "journal"`: to whatever listens at /dev/log, and the program is told of a file that is not there. */
/** A running Postfix, whose configuration a test may change. */
export interface PostfixSite extends BufferSite {
  /** Runs postconf with these arguments each; resolves once every process of Postfix works by what they say. */
  configure(...settings: readonly (readonly string[])[]): Promise<void>;
}

export async function startPostfix({ logsTo = "file" }: { readonly logsTo?: "file" | "journal" } = {}): Promise<PostfixSite> {
  const hop = outerAddress() ?? "";
  const folder = mkdtempSync(path.join(tmpdir(), "exchange-postfix-"));
  chmodSync(folder, 0o755);
  const [smtpPort, hopPort] = [await freePort(), await freePort()];
  await configure(folder, smtpPort, `${hop}:${hopPort}`, logsTo);
  const configDirectory = path.join(folder, "conf");
  const sshd = await startSshd(folder);
  await runFile("/usr/sbin/postfix", ["-c", configDirectory, "start"]);
  await listening(smtpPort);
  const sinkFolder = path.join(folder, "sink");
  let sink: Started | undefined;

  async function setNextHop(up: boolean): Promise<void> {
    if (!up) await sink?.stop();
    if (!up) sink = undefined;
    if (!up || sink !== undefined) return;
    sink = start("/usr/sbin/smtp-sink", ["-u", "nobody", "-d", "%Y%m%d%H%M%S.", `${hop}:${hopPort}`, "100"], sinkFolder);
    await listening(hopPort, hop);
  }

  return {
    connectTo: { [`${bufferName}:25`]: `127.0.0.1:${smtpPort}`, [`${bufferName}:22`]: `127.0.0.1:${sshd.port}` },
    user: "root",
    sudo: false,
    privateKey: sshd.privateKey,
    hostKey: sshd.fingerprint,
    configDirectory,
    logFile: path.join(folder, "log", "maillog"),
    claimFile: path.join(folder, "claims", "claim"),
    shell: async (command, stdin = "") => {
      const running = promisify(execFile)("/bin/sh", ["-c", command]);
      // A command that reads nothing may have ended by then.
      running.child.stdin?.on("error", () => undefined).end(stdin);
      await running;
    },
    configure: (...settings) => reconfigure(folder, settings),
    setNextHop,
    arrived: async () => messageIds(sinkFolder),
    pass: () => new Promise((resolve) => setTimeout(resolve, 50)),
    stop: async () => {
      await sink?.stop();
      await runFile("/usr/sbin/postfix", ["-c", configDirectory, "stop"]);
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function messageIds(folder: string): readonly string[] {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  const byTime = files.toSorted((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs);
  return byTime.flatMap((file) => /^Message-ID: <(.*)>$/im.exec(readFileSync(file, "utf8"))?.[1] ?? []);
}

/** `[192.0.2.2]:2525` */
function bracketed(hostAndPort: string): string {
  return hostAndPort.replace(/^(.*):/, "[$1]:");
}

/** A process goes on by what it read at its start, and takes a connection so until the master has told it to end. */
async function reconfigure(folder: string, settings: readonly (readonly string[])[]): Promise<void> {
  const config = path.join(folder, "conf");
  for (const setting of settings) await runFile("/usr/sbin/postconf", ["-c", config, ...setting]);
  const master = readFileSync(path.join(folder, "queue", "pid", "master.pid"), "utf8").trim();
  const children = async (): Promise<string[]> => {
    const { stdout } = await runFile("ps", ["axo", "pid=,ppid="]);
    return stdout.split("\n").flatMap((line) => (line.trim().endsWith(` ${master}`) ? [line.trim().split(" ")[0] ?? ""] : []));
  };
  const old = new Set(await children());
  await runFile("/usr/sbin/postfix", ["-c", config, "reload"]);
  await until("the processes of before are gone", async () => !(await children()).some((child) => old.has(child)));
}

async function configure(folder: string, smtpPort: number, hop: string, logsTo: "file" | "journal"): Promise<void> {
  const config = path.join(folder, "conf");
  for (const name of ["conf", "queue", "data", "log", "sink"]) mkdirSync(path.join(folder, name));
  const owner = async (user: string) => Number((await runFile("id", ["-u", user])).stdout);
  chownSync(path.join(folder, "data"), await owner("postfix"), -1);
  chownSync(path.join(folder, "sink"), await owner("nobody"), -1);
  const { key, cert } = selfSigned(bufferName);
  writeFileSync(path.join(config, "tls.pem"), key + cert, { mode: 0o600 });
  const settings = {
    compatibility_level: "3.6",
    queue_directory: path.join(folder, "queue"),
    data_directory: path.join(folder, "data"),
    command_directory: "/usr/sbin",
    daemon_directory: "/usr/lib/postfix/sbin",
    mail_owner: "postfix",
    setgid_group: "postdrop",
    maillog_file: logsTo === "file" ? path.join(folder, "log", "maillog") : "",
    maillog_file_prefixes: path.join(folder, "log"),
    process_id_directory: "pid",
    myhostname: bufferName,
    mydestination: "",
    mynetworks: "",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    disable_dns_lookups: "yes",
    smtp_host_lookup: "native",
    alias_maps: "",
    alias_database: "",
    local_recipient_maps: "",
    biff: "no",
    default_database_type: "lmdb",
    enable_long_queue_ids: "yes",
    relay_domains: "contoso.com",
    relay_recipient_maps: "inline:{{anna.abel@contoso.com=x}, {postmaster@contoso.com=x}}",
    transport_maps: `inline:{{contoso.com = relay:${bracketed(hop)}}}`,
    relayhost: bracketed(hop),
    smtpd_relay_restrictions: "reject_unauth_destination",
    smtpd_recipient_restrictions: "reject_unauth_destination",
    smtpd_discard_ehlo_keywords: "etrn",
    smtpd_etrn_restrictions: "reject",
    smtpd_tls_security_level: "may",
    smtpd_tls_chain_files: path.join(config, "tls.pem"),
    fast_flush_domains: "",
    maximal_queue_lifetime: "30d",
    bounce_queue_lifetime: "30d",
    message_size_limit: "37748736",
    smtputf8_enable: "no",
    minimal_backoff_time: "1s",
  };
  writeFileSync(
    path.join(config, "main.cf"),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(""),
  );
  writeFileSync(path.join(config, "master.cf"), readFileSync("/usr/share/postfix/master.cf.dist"));
  const postconf = (...words: string[]) => runFile("/usr/sbin/postconf", ["-c", config, ...words]);
  await postconf("-MX", "smtp/inet");
  await postconf("-Me", `127.0.0.1:${smtpPort}/inet = 127.0.0.1:${smtpPort} inet n - n - - smtpd`);
  await postconf("-F", "*/*/chroot = n");
  for (const service of ["maildrop", "uucp", "ifmail", "bsmtp", "scalemail-backend", "mailman"]) await postconf("-MX", `${service}/unix`);
}
