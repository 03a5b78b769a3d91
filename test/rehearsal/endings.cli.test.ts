// How runs end that nobody ends on purpose, and runs that somebody else ends: a terminal that is closed, Ctrl-C twice, a job that is taken away, a lock
// that is taken away under a run, a machine that sleeps and wakes. Through the real CLI, each while a queue of ex03 does not empty.
// In the end the site is as it was, and every message is accounted for.
import { deepEqual, equal, match } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab.ts";
import { Killer, type KillPoint } from "../support/kills.ts";
import { requirePulumi } from "../support/pulumi.ts";
import { type Ran, Rehearsal, type RunOptions, rehearsalLab, settleMail, siteOf } from "../support/rehearsal.ts";
import { putOff, takeAgain } from "../support/stuck-mail.ts";

const hourMs = 3_600_000;
/** A pseudo-terminal around a command; it is hung up when whoever holds it is killed. */
const terminal = ["python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])"];
const waiting = /TransportState ex03 updating .*waits for the queues of ex03/;
const overtaken =
  /(?:The turn of this run \(\d+\) is over:|Since this run began,) site\/lab \(process \d+ on \S+, since [^)]+\)[^)]*\) has taken turn \d+ on buffer\.contoso-mail\.net\./;
const takesOver = /This run takes turn \d+ and ends turn \d+, that of site\/lab \(process \d+ on \S+, since /;

describe("a run that does not end by itself", function () {
  this.timeout(60_000);
  const killer = new Killer();
  let lab: Lab;
  let stack: Rehearsal;
  let atFirst: Readonly<Record<string, string>>;

  before(async function () {
    requirePulumi(this);
    lab = await rehearsalLab({ rate: 120, internal: { outsideShare: 0 }, faults: killer });
    killer.watch(lab);
    atFirst = siteOf(lab);
    stack = await new Rehearsal(lab).init();
    for (const word of ["online", "prepared"]) await reaches(word);
    lab.skip(hourMs);
    putOff(lab, "ex03");
  });

  after(async () => {
    stack?.remove();
    await lab?.stop();
  });

  const reaches = async (word: string): Promise<Ran> => {
    const ran = await stack.up(word);
    equal(ran.code, 0, ran.output);
    return ran;
  };

  /** `up` to offline; `act` as soon as it waits for the queue. */
  const whileWaiting = (act: (cli: ChildProcess) => void, options: RunOptions = {}): Promise<Ran> => {
    let acted = false;
    return stack.up("offline", {
      ...options,
      watch: (printed, cli) => {
        if (acted || !waiting.test(printed)) return;
        acted = true;
        act(cli);
      },
    });
  };

  const endings: readonly (readonly [title: string, end: (cli: ChildProcess) => void, options: RunOptions])[] = [
    ["its terminal is closed", (cli) => cli.kill("SIGKILL"), { within: terminal }],
    [
      "Ctrl-C is pressed twice",
      (cli) => {
        cli.kill("SIGINT");
        cli.kill("SIGINT");
      },
      {},
    ],
    ["the process group of its job is killed at once", (cli) => process.kill(-(cli.pid ?? 0), "SIGKILL"), { detached: true }],
  ];
  for (const [title, end, options] of endings) {
    it(`${title}: nothing of it is left, and the next run goes on`, async () => {
      const { code, output } = await whileWaiting(end, options);
      equal(code === 0, false, output);
      deepEqual(await stack.left(), []);
      await stack.cancel();
      const next = await whileWaiting((cli) => cli.kill("SIGINT"));
      match(`${next.output}${next.code}`, /stopped on request[\s\S]*1$/);
      deepEqual([await stack.left(), stack.locks()], [[], []]);
    });
  }

  it("leaves a state that can be read: there is no file beside it that Pulumi writes in place", () => {
    const files = readdirSync(path.join(stack.folder, "state"), { recursive: true, encoding: "utf8" });
    equal(files.filter((file) => file.endsWith("lab.json")).length > 0, true);
    deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
  });

  it("its lock is taken away while it waits, and another brings the site back: it takes no further step, and says why", async () => {
    const waits = Promise.withResolvers<void>();
    const first = whileWaiting(() => waits.resolve());
    await waits.promise;
    await stack.cancel();
    await reaches("online");
    const { code, output } = await first;
    equal(code, 1, output);
    match(output, overtaken);
    await reaches("online");
    deepEqual(siteOf(lab), atFirst);
  });

  const frozen: readonly (readonly [title: string, point: KillPoint])[] = [
    ["while it is told whose turn it is", { edge: "ssh", call: "turn-", moment: "meanwhile", nth: 2 }],
    ["while transport is paused", { edge: "wsman", call: "Suspend-Service", moment: "meanwhile", nth: 2 }],
    ["while the buffer enters an MX", { edge: "cloudflare", call: "POST dns_records", moment: "meanwhile", nth: 1 }],
  ];
  for (const [title, point] of frozen) {
    it(`it is frozen ${title}, and thawed when another has brought the site back: it takes no further step, and says why`, async () => {
      await reaches("prepared");
      lab.skip(hourMs);
      let thaw: () => void = () => undefined;
      killer.arm(point, () => {
        thaw = stack.freezePlugin();
      });
      const first = stack.up("offline");
      while (killer.isArmed) await sleep(20);
      await stack.cancel();
      const other = await reaches("online");
      match(other.output, takesOver);
      deepEqual(siteOf(lab), atFirst);
      thaw();
      const { code, output } = await first;
      equal(code, 1, output);
      match(output, overtaken);
      equal(output.match(/The turn of this run/g)?.length, 1, output);
      deepEqual([siteOf(lab), await stack.left()], [atFirst, []]);
    });
  }

  it("has nothing left to do in the end, and loses nothing, delivers nothing twice, bounces nothing", async () => {
    await reaches("online");
    deepEqual(siteOf(lab), atFirst);
    takeAgain(lab);
    deepEqual(settleMail(stack), []);
  });
});
