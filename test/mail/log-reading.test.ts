// Which log is read, the file or the journal, and what is said where neither can be: on the lab's buffer host, whose journal behaves as a real one was seen to
// (test/contract/postfix.test.ts asks that one).
import assert from "node:assert/strict";
import { BufferHost, type BufferOptions } from "../../lab/world/buffer.ts";
import { Events } from "../../lab/world/events.ts";
import { HostCommands } from "../../provider/mail/host-commands.ts";
import { type LogStart, readLogSince } from "../../provider/mail/log-reading.ts";
import type { SshResult } from "../../provider/mail/ssh.ts";

const startMs = Date.UTC(2026, 11, 5, 18);
const minuteMs = 60_000;

function makeHost(options: Partial<BufferOptions> = {}, user = "root", rewrite = (stdout: string) => stdout) {
  const events = new Events(startMs);
  const reply = { code: 250, text: "2.1.5 Ok" };
  const nextHop = { name: "mail.contoso.com", open: () => undefined, sender: () => reply, recipient: () => reply, accept: () => reply };
  const buffer = new BufferHost(events, { domains: ["contoso.com"], isRecipient: () => true, nextHop, seed: 1, ...options });
  const run = async (command: string): Promise<SshResult> => {
    const { code, stdout, stderr } = buffer.run(command, "", user);
    return { code, stdout: Buffer.from(command.includes("journalctl") ? rewrite(stdout) : stdout), stderr };
  };
  const layout = {
    sudo: false,
    configDirectory: "/etc/postfix",
    claimFile: "/var/lib/claim",
    logFile: "/var/log/mail.log",
    timeZone: "Europe/Berlin",
  };
  let count = 0;
  return {
    buffer,
    read: (start?: LogStart) => readLogSince(new HostCommands("buffer", { run }), layout, start),
    /** A message arrives, a minute after what was before. */
    send: () => {
      events.advanceTo(events.now() + minuteMs);
      buffer.accept({ id: `${++count}@partner.example`, from: "", to: ["anna@contoso.com"], sizeBytes: 1, sentAtMs: events.now() });
    },
    now: () => events.now(),
  };
}

const identified = ({ events }: Awaited<ReturnType<ReturnType<typeof makeHost>["read"]>>) =>
  events.flatMap((event) => (event.kind === "identified" ? [event.messageId.replace("@partner.example", "")] : []));

describe("the buffer's log, wherever it is", () => {
  for (const logsTo of ["file", "journal"] as const) {
    it(`in the ${logsTo}: from its end on, and from there on again`, async () => {
      const host = makeHost({ logsTo });
      host.send();
      const first = await host.read();
      assert.deepEqual(first.events, []);
      host.send();
      const second = await host.read({ position: first.position, atMs: host.now() });
      host.send();
      const third = await host.read({ position: second.position, atMs: host.now() });
      assert.deepEqual([identified(second), identified(third), third.gap], [["2"], ["3"], undefined]);
      assert.equal("cursor" in third.position, logsTo === "journal");
    });
  }

  it("what comes while the log is on its way is left for the next reading", async () => {
    const { buffer, read, send } = makeHost();
    send();
    const { position, readAtMs: atMs } = await read();
    send();
    const run = buffer.run.bind(buffer);
    let comes = true;
    buffer.run = (command, ...rest) => {
      if (comes && command.includes("journalctl")) send();
      return run(command, ...rest);
    };
    const arrived = async () => (await read({ position, atMs })).events.filter(({ kind }) => kind === "arrived").length;
    assert.equal(await arrived(), 1);
    comes = false;
    assert.equal(await arrived(), 2);
  });

  it("a file that was packed meanwhile is read on in the lab, too", async () => {
    const host = makeHost({ logsTo: "file" });
    host.send();
    const { position } = await host.read();
    host.send();
    host.buffer.rotateLog("mail.log-20261206.gz");
    host.send();
    assert.deepEqual(identified(await host.read({ position, atMs: startMs })), ["2", "3"]);
  });

  it("a host that went from file to journal is read on by the time of the place", async () => {
    const host = makeHost({ logsTo: "journal" });
    host.send();
    const atMs = host.now();
    host.send();
    const byTime = await host.read({ atMs });
    assert.deepEqual([identified(byTime), byTime.gap], [["2"], undefined]);
    const { events, gap, position } = await host.read({ atMs, position: { offsetBytes: 4_711, before: "0".repeat(64) } });
    assert.deepEqual([identified({ events, position, readAtMs: 0, endedAtMs: 0 }), gap, "cursor" in position], [["2"], undefined, true]);
  });

  it("a place that is known by its time alone is there where the first line of all is of that very second", async () => {
    for (const [lateMs, hasGap] of [
      [999, false],
      [1_000, true],
    ] as const) {
      const host = makeHost();
      host.send();
      const reading = await host.read({ atMs: host.now() - lateMs });
      assert.deepEqual([identified(reading), reading.gap !== undefined], [["1"], hasGap]);
    }
  });

  it("a journal that has dropped the place has a gap, from when to when", async () => {
    const host = makeHost();
    host.send();
    const { position } = await host.read();
    const atMs = host.now();
    for (let count = 0; count < 3; count++) host.send();
    host.buffer.log.vacuum(startMs + 3 * minuteMs);
    const next = await host.read({ position, atMs });
    assert.deepEqual(identified(next), ["3", "4"]);
    assert.equal(
      next.gap,
      "the journal no longer has all that was written from Sat 5 Dec 18:01 UTC (19:01 in Berlin) to Sat 5 Dec 18:03 UTC (19:03 in Berlin)",
    );
    host.buffer.log.vacuum(host.now() + 1);
    assert.equal(
      (await host.read({ position, atMs })).gap,
      "the journal no longer has all that was written from Sat 5 Dec 18:01 UTC (19:01 in Berlin) to Sat 5 Dec 18:04 UTC (19:04 in Berlin)",
    );
  });

  it("what journald itself dropped is a gap", async () => {
    const dropped = {
      MESSAGE: "Suppressed 4711 messages from postfix@-.service",
      SYSLOG_IDENTIFIER: "systemd-journald",
      N_DROPPED: "4711",
    };
    const host = makeHost({}, "root", (stdout) =>
      stdout.replace(/^.*postfix\/cleanup.*$/m, (line) => JSON.stringify({ ...JSON.parse(line), ...dropped })),
    );
    host.send();
    const { position } = await host.read();
    host.send();
    assert.equal(
      (await host.read({ position, atMs: startMs })).gap,
      "the journal dropped 4711 lines that came too fast (RateLimitBurst in journald.conf), from Sat 5 Dec 18:02 UTC (19:02 in Berlin) to Sat 5 Dec 18:02 UTC (19:02 in Berlin)",
    );
  });

  it("text that is not UTF-8 comes as its bytes, and is read", async () => {
    const host = makeHost({}, "root", (stdout) =>
      stdout.replace(/"MESSAGE":"([^"]*message-id[^"]*)"/g, (_all, text) => `"MESSAGE":${JSON.stringify([...Buffer.from(text)])}`),
    );
    host.send();
    const { position } = await host.read();
    host.send();
    assert.deepEqual(identified(await host.read({ position, atMs: startMs })), ["2"]);
  });

  it("where there is neither a file nor a line in the journal, that is said", async () => {
    await assert.rejects(makeHost().read(), {
      reason: "invalidAnswer",
      message: "buffer: /var/log/mail.log is not there, and the journal has no line of Postfix",
    });
  });

  it("a user who may not read the journal is refused, and one of its group is not", async () => {
    const may = makeHost({ journalReaders: ["mailops"] }, "mailops");
    may.send();
    await may.read();
    await assert.rejects(makeHost({}, "mailops").read(), {
      reason: "denied",
      message: "buffer: the journal may not be read (No journal files were opened due to insufficient permissions.)",
    });
  });

  it("an answer that is none of journalctl's own is an error without its words", async () => {
    const host = makeHost({}, "root", () => '{"__CURSOR": "anna@contoso.com"}\n');
    await assert.rejects(host.read(), { message: /failed: journalctl answered a line of 32 characters that is none of its own$/ });
  });
});
