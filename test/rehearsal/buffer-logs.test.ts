// Whole pauses with buffer hosts as they are: a log that is rotated meanwhile, an old log beside the journal, a content filter, settings that are written with
// a `$`. The account of the mail is that of the lab's own eyes, or nothing begins to hold mail.
import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { SiteWorldOptions } from "../../lab/site-world.ts";
import { type Pause, pause as pauseShape } from "../../provider/resources/pause-shape.ts";
import { checkout } from "../../setup/places.ts";
import { hour, MemoryRehearsal } from "../support/memory-rehearsal.ts";

const done = { ended: "done", sentences: [] };
/** What docs/site-pause.md lets the user of the buffer host run by sudo. */
const documented = readFileSync(path.join(checkout, "docs", "site-pause.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("mailops ALL=(root) NOPASSWD: "))
  .flatMap((line) => [...line.matchAll(/\/usr\/s?bin\/\w+/g)].map(([program]) => program));
const host = "buffer.contoso-mail.net";

function makeSite(buffer: NonNullable<SiteWorldOptions["buffer"]>): MemoryRehearsal {
  return new MemoryRehearsal({ buffer });
}

async function pause(site: MemoryRehearsal, meanwhile: () => void = () => undefined): Promise<void> {
  await site.bringTo("offline");
  site.pass(hour);
  meanwhile();
  site.pass(hour);
  const { ended, sentences } = await site.up("online");
  deepEqual({ ended, sentences }, done);
}

/** The line of the last pause, and the pause itself. */
function ledgerOf(site: MemoryRehearsal): { readonly line: string; readonly last: Pause | undefined } {
  const { ledger, pauses } = site.pulumi.outputsOf(`BackupMxQueue ${host}`) ?? {};
  return { line: String(ledger), last: z.array(pauseShape).parse(pauses)[0] };
}

describe("a pause and the log of its buffer host", function () {
  this.timeout(60_000);

  it("a log that is rotated three times meanwhile, packed and not, is read whole", async () => {
    const site = makeSite({ logsTo: "file" });
    await pause(site, () => {
      for (const name of ["mail.log-20261205.gz", "mail.log-20261206.xz", "mail.log.1"]) {
        site.world.buffer.rotateLog(name);
        site.pass(hour);
      }
    });
    deepEqual(await site.notAsBefore(), []);
  });

  it("a journal that dropped the beginning meanwhile is said to have a gap, and that no loss is known", async () => {
    const site = makeSite({});
    await pause(site, () => site.world.buffer.log.vacuum(site.world.events.now() - hour / 2));
    const { line, last } = ledgerOf(site);
    match(line, /^NOT COMPLETE, lost is not known, of \d+ delivered /);
    match(
      String(last?.gaps),
      /^the journal no longer has all that was written from Sat 5 Dec \d\d:\d\d UTC \(\d\d:\d\d in Berlin\) to Sat 5 Dec \d\d:\d\d UTC \(\d\d:\d\d in Berlin\)$/,
    );
    equal(last?.lost, undefined);
  });

  it("an old log beside the journal stops it before any mail is held but the test message; moved away as it says, the pause goes on", async () => {
    const site = makeSite({});
    await site.bringTo("prepared");
    const { buffer } = site.world;
    buffer.run("tee /var/log/mail.log", "2024-12-05T18:00:00.000000+00:00 buffer postfix/qmgr[1]: 4jWZjw4n0vz1SCJW: removed\n", "root");
    const { ended, sentences } = await site.up("offline");
    deepEqual([ended, sentences.length, buffer.queue().length], ["failed", 1, 1]);
    match(
      sentences[0] ?? "",
      /: buffer\.contoso-mail\.net holds the test message, and its mail log does not tell of it: nothing would prove/,
    );
    const [, typed = ""] = /type: ssh -p 22 mailops@buffer\.contoso-mail\.net (.*)\. Then run/.exec(sentences[0] ?? "") ?? [];
    const [, program = "", file = "", folder = ""] = /^sudo (mv) (\S+) (\S+)$/.exec(typed) ?? [];
    equal(buffer.run(`sudo -n ${program} ${file} ${folder}`, "", "mailops").code, 0);
    const again = await site.up("offline");
    deepEqual([again.ended, again.sentences], ["done", []]);
    site.pass(hour);
    const back = await site.up("online");
    deepEqual([back.ended, back.sentences], ["done", []]);
    deepEqual(await site.notAsBefore(), []);
  });

  it("the rights that the docs list are enough, for a packed log and for the journal", async () => {
    for (const logsTo of ["file", "journal"] as const) {
      const site = makeSite({ logsTo, mayBySudo: documented });
      await pause(site, () => site.world.buffer.rotateLog("mail.log.1.gz"));
      if (logsTo === "file") deepEqual(await site.notAsBefore(), []);
    }
  });

  it("a host on which the journal may not be read is refused before mail is held, and the way back is open", async () => {
    const site = makeSite({ mayBySudo: documented.filter((program) => program !== "/usr/bin/journalctl") });
    await site.bringTo("prepared");
    const { ended, sentences } = await site.up("offline");
    deepEqual([ended, sentences.length, site.world.buffer.queue().length], ["failed", 1, 0]);
    match(
      sentences[0] ?? "",
      /the journal may not be read \(sudo: a password is required\): nothing would prove that no mail was lost\.\nThe MX was not changed\./,
    );
    const back = await site.up("online");
    deepEqual([back.ended, back.sentences], ["done", []]);
  });

  it("mail that passes a content filter is counted once, and the preview names the filter", async () => {
    const site = makeSite({ settings: { content_filter: "smtp-amavis:[127.0.0.1]:10024" } });
    await site.bringTo("prepared");
    const { lines } = await site.preview("offline");
    match(
      lines.join("\n"),
      new RegExp(
        `On ${host} mail passes content_filter smtp-amavis:\\[127\\.0\\.0\\.1\\]:10024: what that discards does not reach Exchange`,
      ),
    );
    await pause(site);
    deepEqual(await site.notAsBefore(), []);
  });

  it("mail that the filter discards is said to be that, and is not delivered", async () => {
    let discarded = 0;
    const discards = ({ from }: { readonly from: string }) => {
      const isOurs = from.startsWith("pause") || discarded === 2;
      if (!isOurs) discarded++;
      return !isOurs;
    };
    const site = makeSite({ settings: { content_filter: "smtp-amavis:[127.0.0.1]:10024" }, discards });
    await pause(site);
    const { line, last } = ledgerOf(site);
    deepEqual([last?.delivered, last?.lost, last?.discarded], [Number(last?.accepted) - 2, 0, 2]);
    match(line, /^lost 0 of .*, discarded 2 \(/);
  });

  const refusals: readonly (readonly [string, NonNullable<SiteWorldOptions["buffer"]>, RegExp])[] = [
    [
      "relies on what is not known",
      { settings: { smtputf8_enable: "$$nowhere" } },
      /would lose mail: smtputf8_enable is "\$nowhere": what the \$ in it stands for/,
    ],
    [
      "takes what Exchange does not",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Postfix writes it.
      { settings: { smtputf8_enable: "${{$compatibility_level} <level {1} ? {no} : {yes}}" } },
      /smtputf8_enable is yes/,
    ],
    [
      "would keep the site's mail itself",
      { settings: { mydestination: "$mydomain", mydomain: "contoso.com" } },
      /mydestination names contoso\.com/,
    ],
    [
      "writes its log elsewhere",
      { settings: { maillog_file: "/var/log/postfix.log" } },
      /maillog_file is \/var\/log\/postfix\.log, and the program's logFile is/,
    ],
    [
      "has a filter in front of its queue",
      { services: { "smtp/inet/smtpd_proxy_filter": "[127.0.0.1]:10025" } },
      /smtp\/inet\/smtpd_proxy_filter is/,
    ],
  ];
  for (const [what, buffer, sentence] of refusals) {
    it(`a host that ${what} is refused before mail is held, by the setting's name`, async () => {
      const site = makeSite(buffer);
      await site.bringTo("prepared");
      const { ended, sentences } = await site.up("offline");
      equal(ended, "failed");
      equal(sentences.length, 1);
      match(sentences[0] ?? "", sentence);
      equal(site.world.buffer.queue().length, 0);
    });
  }
});
