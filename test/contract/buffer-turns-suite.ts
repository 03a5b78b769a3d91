// What claims and turns do on a host behind SSH, and that nothing that acts is sent when it is another run's turn: part of the suite for buffer hosts.
import assert from "node:assert/strict";
import type { Buffer } from "../../provider/mail/buffer.ts";
import { type BufferSite, bufferName } from "./buffer-site.ts";

export function turnsSuite(given: () => { readonly site: BufferSite; readonly buffer: Buffer }): void {
  const buffer = () => given().buffer;
  const site = () => given().site;

  it("one program claims the buffer, another is refused until it gives it back", async () => {
    assert.equal((await buffer().observe()).claim, undefined);
    await buffer().claim(["org/berlin"]);
    const { claim, readAtMs } = await buffer().observe();
    assert.equal(claim?.program, "org/berlin");
    assert.ok(Math.abs(readAtMs - claim.sinceMs) < 60_000);
    await buffer().claim(["org/berlin"]);
    assert.deepEqual((await buffer().observe()).claim, claim);
    for (const attempt of [() => buffer().claim(["org/potsdam"]), () => buffer().unclaim(["org/potsdam"])]) {
      await assert.rejects(attempt, {
        reason: "rejected",
        message:
          /^buffer\.contoso-mail\.net is in use by org\/berlin since \w{3} \d+ \w{3,4} \d\d:\d\d UTC, so org\/potsdam leaves it alone\. Go on with org\/berlin; if that program is gone or was this one before it was renamed, type on buffer\.contoso-mail\.net: (sudo )?rm \S+\/claim$/,
      });
    }
    await buffer().unclaim(["org/berlin"]);
    assert.equal((await buffer().observe()).claim, undefined);
    await buffer().unclaim(["org/berlin"]);
  });

  it("a program that was renamed renews its claim, works under it meanwhile, and gives it back by either name", async () => {
    const names = ["org/potsdam", "org/berlin"];
    await buffer().claim(["org/berlin"]);
    assert.equal(await buffer().turns.newest(names), undefined);
    await buffer().claim(names);
    assert.equal((await buffer().observe()).claim?.program, "org/potsdam");
    await assert.rejects(buffer().claim(["org/berlin"]), { reason: "rejected" });
    await buffer().unclaim(names);
    await buffer().claim(["org/berlin"]);
    await buffer().unclaim(names);
    assert.equal((await buffer().observe()).claim, undefined);
  });

  it("turns are given once each, the newest is told with who has it, and one that has ended says so", async () => {
    const note = { program: "org/berlin", host: "runner-1", pid: 4711, startedAt: "99", machine: 'it\'s "one"', sinceMs: 1, waits: false };
    const other = { ...note, pid: 812, waits: true };
    const { turns } = buffer();
    assert.equal(await turns.newest(["org/berlin"]), undefined);
    assert.deepEqual(await Promise.all([turns.take(1, note), turns.take(1, other)]).then((taken) => taken.sort()), [false, true]);
    const first = await turns.newest(["org/berlin"]);
    assert.deepEqual([[note, other].filter(({ pid }) => pid === first?.note.pid), first?.number, first?.ended], [[first?.note], 1, false]);
    for (let number = 2; number <= 12; number += 1) assert.equal(await turns.take(number, other), true);
    assert.equal(await turns.take(11, note), false);
    for (const expected of [undefined, 12, 3])
      assert.deepEqual(await turns.newest(["org/berlin"], expected), { number: 12, note: other, ended: false });
    for (let times = 0; times < 2; times += 1) await turns.end(12);
    assert.deepEqual(await turns.newest(["org/berlin"], 12), { number: 12, note: other, ended: true });
    assert.equal(await turns.take(13, note), true);
    assert.deepEqual(await turns.newest(["org/berlin"], 12), { number: 13, note, ended: false });
  });

  it("turns are nobody's business while another program has claimed the host", async () => {
    await buffer().claim(["org/berlin"]);
    await assert.rejects(buffer().turns.newest(["org/potsdam"]), {
      reason: "rejected",
      message:
        /^buffer\.contoso-mail\.net is in use by org\/berlin since \w{3} \d+ \w{3,4} \d\d:\d\d UTC; last used by process 4711 on runner-1 since Thu 1 Jan 00:00 UTC, which has not said that it ended, so org\/potsdam leaves it alone\. /,
    });
    assert.equal((await buffer().turns.newest(["org/berlin"]))?.number, 13);
    await buffer().unclaim(["org/berlin"]);
  });

  it("old turns are cleared away, and a turn that somebody spoilt is named with what to type", async () => {
    const note = { program: "org/berlin", host: "runner-1", pid: 4711, startedAt: "", machine: "", sinceMs: 1, waits: false };
    for (let number = 14; number <= 34; number += 1) await buffer().turns.take(number, note);
    const folder = site().claimFile.slice(0, site().claimFile.lastIndexOf("/"));
    await site().shell(`test -e ${folder}/turn-15`);
    await assert.rejects(site().shell(`test -e ${folder}/turn-14`));
    await site().shell(`rm ${folder}/turn-34`);
    await site().shell(`tee ${folder}/turn-34`, "spoilt");
    await assert.rejects(buffer().turns.newest(["org/berlin"]), {
      reason: "invalidAnswer",
      message: `${bufferName}: reading whose turn it is failed: '${folder}/turn-34' holds what no run wrote there; look at it, then remove it (rm '${folder}/turn-34')`,
    });
    await site().shell(`rm ${folder}/turn-34`);
    assert.equal((await buffer().turns.newest(["org/berlin"]))?.number, 33);
  });

  it("what acts asks whether it may when the connection stands, and is not sent when it may not", async () => {
    const asked: string[] = [];
    const mayNot = async () => {
      asked.push("asked");
      throw new Error("it is another run's turn");
    };
    for (const act of [
      () => buffer().unhold({ beforeSend: mayNot }),
      () => buffer().claim(["org/berlin"], { beforeSend: mayNot }),
      () => buffer().releaseBatch(["4hXYZ"], { requeue: false }, { beforeSend: mayNot }),
    ])
      await assert.rejects(act, { message: "it is another run's turn" });
    assert.equal(asked.length, 3);
    const { holding, claim } = await buffer().observe();
    assert.deepEqual([holding, claim], [true, undefined]);
    await buffer().claim(["org/berlin"]);
    await assert.rejects(buffer().unclaim(["org/berlin"], { beforeSend: mayNot }), { message: "it is another run's turn" });
    assert.equal((await buffer().observe()).claim?.program, "org/berlin");
    await buffer().unclaim(["org/berlin"], { beforeSend: async () => undefined });
  });
}
