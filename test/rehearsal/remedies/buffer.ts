// Remedies about the buffer host: its settings, its log, its queue, whose it is, and what it says of whoever asks.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Part } from "../../../provider/components/stages.ts";
import { checkout } from "../../../setup/places.ts";
import { MemoryRehearsal, smallest } from "../../support/memory-rehearsal.ts";
import { MiniPulumi } from "../../support/mini-pulumi.ts";
import { onBuffer, type Row, setting } from "./row.ts";

const again = "run `pulumi up` again";
const goesOn = `${again}: it goes on from here.`;

/** What docs/site-pause.md lets the user of the buffer host run by sudo. */
const documented = readFileSync(path.join(checkout, "docs", "site-pause.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("mailops ALL=(root) NOPASSWD: "))
  .flatMap((line) => [...line.matchAll(/\/usr\/s?bin\/\w+/g)].map(([program]) => program));
const mayBySudo: string[] = [];

export const aboutTheBuffer: readonly Row[] = [
  {
    what: "a program without a host to take turns on",
    start: "online",
    program: () => ({ amend: withoutTurns }),
    word: "prepared",
    says: ["Give `turnsAt: { host, user, hostKey }`: the buffer host of the site, or any other host that is reached by SSH."],
  },
  {
    what: "a buffer that would keep the site's mail itself",
    start: "prepared",
    trouble: (site) => setting(site, "mydestination", "contoso.com"),
    word: "offline",
    says: [`The MX was not changed. Correct it on the host, then ${again}.`],
    obey: (site) => setting(site, "mydestination", ""),
  },
  {
    what: "a buffer on which the log may not be read",
    start: "prepared",
    site: () => {
      mayBySudo.splice(0, mayBySudo.length, ...documented.filter((program) => program !== "/usr/bin/journalctl"));
      return new MemoryRehearsal({ ...smallest, buffer: { mayBySudo } });
    },
    word: "offline",
    says: [
      `The MX was not changed. Name the file that Postfix writes its log to as logFile, or leave it to the journal; if mailops may not read it, the sudo rules of mailops must name what docs/site-pause.md lists. Then ${again}.`,
    ],
    obey: () => mayBySudo.splice(0, mayBySudo.length, ...documented),
  },
  {
    what: "a buffer whose hold queue somebody empties",
    start: "prepared",
    trouble: (site) => undone(site, 100, ["-H"]),
    word: "offline",
    says: [`See who undoes it, and put an end to that; then ${goesOn}`],
    obey: (_site, undo) => undo(),
  },
  {
    what: "a buffer whose hold queue somebody empties, so that nothing leaves either",
    start: "prepared",
    trouble: (site) => undone(site, 40, ["-H", "-r"]),
    program: () => ({ args: { stuckAfterSeconds: 60 } }),
    word: "offline",
    says: [
      `Mail sent there now would not be kept; the MX was not changed. See in the mail log of buffer.contoso-mail.net who takes mail out of its hold queue (postsuper, a script, a service of master.cf with settings of its own), put an end to that, then ${goesOn}`,
    ],
    obey: (_site, undo) => undo(),
  },
  {
    what: "a buffer with an old log beside the journal",
    start: "prepared",
    trouble: ({ world: { buffer } }) =>
      buffer.run("tee /var/log/mail.log", "2024-12-05T18:00:00.000000+00:00 buffer postfix/qmgr[1]: 4jWZjw4n0vz1SCJW: removed\n", "root"),
    word: "offline",
    says: [
      `The MX was not changed. See where Postfix writes its log. If it is another file, name it as logFile; if it is the journal and /var/log/mail.log is an old file, type: ssh -p 22 mailops@buffer.contoso-mail.net sudo mv /var/log/mail.log /root/. Then ${again}.`,
    ],
    obey: (site) => onBuffer(site, "sudo -n mv /var/log/mail.log /root/", "mailops"),
  },
  {
    what: "a program that was renamed, and whose state does not say its old name",
    start: "offline",
    program: ({ pulumi }) => ({ program: "site/potsdam", pulumi: nameless(pulumi) }),
    word: "online",
    says: [
      "Two programs must not pause one site. Use site/berlin, or, if that program is gone or was this one before it was renamed, type: ssh -p 22 mailops@buffer.contoso-mail.net sudo rm /var/lib/pulumi-exchange/claim",
      `Two programs must not pause one site. Finish the pause with site/berlin. If that program is gone, or was this one before it was renamed, write "pulumi-exchange site/potsdam: paused; normally TTL 600" into the comment of each MX record of contoso.com at the DNS API, then ${goesOn}`,
    ],
    obey: (site) => {
      const claim = "/var/lib/pulumi-exchange/claim";
      if (site.world.buffer.run(`cat ${claim}`, "", "root").stdout.trim() === "site/berlin")
        return onBuffer(site, `sudo -n rm ${claim}`, "mailops");
      for (const { id, records } of site.world.zones.zones())
        for (const record of records.values()) {
          const comment = record.comment?.replace("site/berlin", "site/potsdam") ?? "";
          site.world.zones.edit(id, record.id, { comment });
        }
    },
    correct: (before) => before,
  },
  {
    what: "a buffer whose next hop does not answer",
    start: "offline",
    trouble: (site) => nextHop(site, "nowhere.contoso.local"),
    word: "online",
    says: [`Mail stays held on buffer.contoso-mail.net; nothing is released. See to nowhere.contoso.local, then ${goesOn}`],
    obey: (site) => nextHop(site, "mail.contoso.com"),
  },
  {
    what: "an Exchange that takes nothing of what the buffer gives back",
    start: "offline",
    trouble: refuseAtExchange,
    word: "online",
    says: [`None of it is lost, and the MX was not changed back. See why Exchange does not take it, then ${goesOn}`],
    obey: (_site, undo) => undo(),
  },
  ...(["helo", "sender"] as const).map(
    (what): Row => ({
      what: `a buffer that refuses ${what === "helo" ? "the name that we greet with" : "the sender that we name"}`,
      start: "prepared",
      trouble: (site) => {
        refuseCallers(site, ({ helo, from }) =>
          what === "helo"
            ? helo === "contoso.com" && "5.7.1 <contoso.com>: Helo command rejected: You are not me"
            : from === "postmaster@contoso.com" && "5.7.23 <postmaster@contoso.com>: Sender address rejected: SPF fail",
        );
      },
      program: () => ({ introduced: { helo: what === "helo" ? "contoso.com" : "admin.contoso-mail.net" } }),
      word: "offline",
      says: [
        what === "helo"
          ? `It is not about the host: it looks up the name that it is greeted with. Set \`exchange:helo\` to a name of this machine that DNS knows (\`pulumi config set exchange:helo …\`), then ${again}.`
          : `It is not about the recipient: it looks at the sender. Set \`exchange:sender\` to a mailbox that may send from this machine (\`pulumi config set exchange:sender …\`), then ${again}.`,
      ],
      correct: () => ({
        introduced: what === "helo" ? { helo: "admin.contoso-mail.net" } : { sender: "pause@contoso-mail.net" },
      }),
    }),
  ),
  {
    what: "a buffer that takes no mail from our machine",
    start: "prepared",
    trouble: (site) => refuseCallers(site, () => "5.7.1 Client host rejected: Access denied"),
    word: "offline",
    says: ["It takes no mail from this machine's address. Let it, or run `pulumi up` from a machine whose mail it takes."],
    obey: (_site, undo) => undo(),
  },
];

/** As an earlier version recorded it. */
function nameless({ state }: MiniPulumi): MiniPulumi {
  const forgetful = Object.entries(state).map(([name, kept]) => {
    const { program: _name, ...recorded } = Object(kept.outputs["recorded"]);
    return [name, { ...kept, outputs: { ...kept.outputs, recorded } }] as const;
  });
  return new MiniPulumi(Object.fromEntries(forgetful));
}

function withoutTurns(part: Part): Part {
  const { turnsAt: _turnsAt, ...args } = part.args;
  return { ...part, args };
}

function nextHop(site: MemoryRehearsal, host: string): void {
  const maps = site.world.cast.domains.map((domain) => `{ ${domain} = relay:[${host}]:25 }`);
  setting(site, "transport_maps", `inline:{${maps.join(", ")}}`);
}

/** A script on the buffer host that does this to its whole queue, every so often. */
function undone({ world: { buffer, events } }: MemoryRehearsal, everyMs: number, acts: readonly string[]): () => void {
  let isUndone = true;
  events.every(everyMs, () => {
    for (const act of isUndone ? acts : []) buffer.run(`/usr/sbin/postsuper -c /etc/postfix ${act} ALL`, "", "root");
  });
  return () => {
    isUndone = false;
  };
}

function refuseAtExchange({ world: { site } }: MemoryRehearsal): () => void {
  const { frontEnd } = site;
  const { accept } = frontEnd;
  frontEnd.accept = () => ({ code: 452, text: "4.3.1 Insufficient system resources" });
  return () => {
    frontEnd.accept = accept;
  };
}

/** A policy of the buffer's host; `why` it refuses a caller, where it does. */
function refuseCallers(
  { world: { buffer } }: MemoryRehearsal,
  why: (caller: { readonly helo: string; readonly from: string }) => string | false,
): () => void {
  const { recipient } = buffer;
  buffer.recipient = (address, caller) => {
    const text = why(caller);
    if (text === false) return recipient.call(buffer, address, caller);
    buffer.log.write("smtpd", `NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 550 ${text}; from=<${caller.from}> to=<${address}>`);
    return { code: 550, text };
  };
  return () => {
    buffer.recipient = recipient;
  };
}
