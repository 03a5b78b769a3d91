// Every state that a pause goes through leads on, and back: plans replayed on a model of the API, its two servers and the world's caches.
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Exchange, keyOf } from "../../../provider/dns/sets.ts";
import type { MxRecordArgs, MxRecorded } from "../../../provider/resources/mx-record/shape.ts";
import { buffer, mail, mail2, mark, markedNotes, mx, mxArgs, mxRecorded, offline, online, prepared } from "../../support/builders.ts";
import { eveningMs } from "../../support/hand-clock.ts";
import { breaks, type Point, resumed, type Walk, walk } from "../../support/replay.ts";
import { assertIsAsAsked, assertSendersFindAHost, type MxWorld, mxModel, mxWorld, version } from "./mx-world.ts";

type MxPoint = Point<MxWorld, MxRecorded>;

const hourAgo = { lowSinceMs: eveningMs - 3_600_000 };
const longAgo = { lowSinceMs: eveningMs - 90_000_000, flippedSinceMs: eveningMs - 86_400_000 };
const normal = mxRecorded();

/** A situation: what the program said before, what it says now, the world and the recorded it starts from. */
interface Situation {
  readonly when: string;
  readonly was: MxRecordArgs;
  readonly asked: MxRecordArgs;
  readonly world: MxWorld;
  readonly recorded?: MxRecorded;
}

const atMail = version([mail], 3600);
const atMailLow = version([mail], 300);
const atBoth = version([mail, buffer], 300);
const atBuffer = version([buffer], 300);
const withNote = { "10 mail.contoso.com": "front end, ticket 4711" };

const situations: readonly Situation[] = [
  { when: "online, to prepared", was: online, asked: prepared, world: mxWorld({}, [atMail]) },
  { when: "online, to offline", was: online, asked: offline, world: mxWorld({}, [atMail]) },
  {
    when: "online with a remark, to offline",
    was: online,
    asked: offline,
    world: mxWorld(withNote, [atMail]),
    recorded: mxRecorded({ notes: withNote }),
  },
  { when: "online, to offline without a lower TTL", was: online, asked: mxArgs({ exchanges: [buffer] }), world: mxWorld({}, [atMail]) },
  { when: "the TTL just lowered, to offline", was: online, asked: offline, world: mxWorld(markedNotes(mail), [atMail, atMailLow]) },
  {
    when: "prepared, to offline, in time",
    was: prepared,
    asked: offline,
    world: mxWorld(markedNotes(mail), [atMailLow]),
    recorded: mxRecorded({}, hourAgo),
  },
  {
    when: "prepared, to offline, in time, while ns2 does not answer",
    was: prepared,
    asked: offline,
    world: mxWorld(markedNotes(mail), [atMailLow], { silentMs: 120_000 }),
    recorded: mxRecorded({}, hourAgo),
  },
  {
    when: "the buffer just added, to offline",
    was: prepared,
    asked: offline,
    world: mxWorld(markedNotes(mail, buffer), [atMailLow, atBoth]),
    recorded: mxRecorded({}, hourAgo),
  },
  {
    when: "mail just removed, to offline",
    was: prepared,
    asked: offline,
    world: mxWorld(markedNotes(buffer), [atBoth, atBuffer]),
    recorded: mxRecorded({}, hourAgo),
  },
  {
    when: "offline, to online",
    was: offline,
    asked: online,
    world: mxWorld(markedNotes(buffer), [atBuffer]),
    recorded: mxRecorded({}, longAgo),
  },
  {
    when: "offline, to prepared",
    was: offline,
    asked: prepared,
    world: mxWorld(markedNotes(buffer), [atBuffer]),
    recorded: mxRecorded({}, longAgo),
  },
  {
    when: "offline, to online, while ns2 does not answer",
    was: offline,
    asked: online,
    world: mxWorld(markedNotes(buffer), [atBuffer], { silentMs: 120_000 }),
    recorded: mxRecorded({}, longAgo),
  },
  {
    when: "offline, to online with two hosts and a remark",
    was: offline,
    asked: online,
    world: mxWorld(markedNotes(buffer), [atBuffer]),
    recorded: mxRecorded({ exchanges: [mail, mail2], notes: withNote }, longAgo),
  },
  {
    when: "offline, to online with the automatic TTL",
    was: offline,
    asked: online,
    world: mxWorld({ "10 buffer.contoso-mail.net": mark.replace("3600", "1") }, [atBuffer]),
    recorded: mxRecorded({ ttlSeconds: 1 }, longAgo),
  },
  {
    when: "an automatic TTL, to offline",
    was: online,
    asked: mxArgs({ exchanges: [buffer], ttlSeconds: 60 }),
    world: mxWorld({}, [version([mail], 1)]),
    recorded: mxRecorded({ ttlSeconds: 1 }),
  },
  {
    when: "mail just added again, to online",
    was: offline,
    asked: online,
    world: mxWorld(markedNotes(mail, buffer), [atBuffer, atBoth]),
    recorded: mxRecorded({}, longAgo),
  },
  { when: "the buffer just removed, to online", was: offline, asked: online, world: mxWorld(markedNotes(mail), [atBoth, atMailLow]) },
  { when: "the TTL just raised, to online", was: offline, asked: online, world: mxWorld({}, [atMailLow, atMail]) },
  {
    when: "a normal TTL as low as the paused one, to offline",
    was: online,
    asked: offline,
    world: mxWorld({}, [atMailLow]),
    recorded: mxRecorded({ ttlSeconds: 300 }),
  },
  {
    when: "one of two hosts, to that one alone",
    was: online,
    asked: mxArgs({ exchanges: [mail], ttlSeconds: 300 }),
    world: mxWorld({}, [version([mail, mail2], 3600)]),
    recorded: mxRecorded({ exchanges: [mail, mail2] }),
  },
];

/** Walks there, and from every point of the way, killed or stopped, there again and home. */
function assertLeadsOnAndBack({ was, asked, world, recorded = normal }: Situation): void {
  const start: MxPoint = { world, recorded };
  const proper = [...recorded.normal.exchanges, ...(was.exchanges ?? []), ...(asked.exchanges ?? [])];
  const there = arrive(start, asked, proper);
  goHome("stopped", { args: was, recorded }, asked, there.end, proper);
  for (const point of there.points) {
    for (const how of breaks) {
      goHome(how, { args: was, recorded }, asked, point, proper);
      const again = arrive(resumedAt(how, { args: was, recorded }, asked, point), asked, proper);
      goHome("stopped", { args: asked, recorded: again.end.recorded }, asked, again.end, proper);
    }
  }
}

interface Before {
  readonly args: MxRecordArgs;
  readonly recorded: MxRecorded;
}

function resumedAt(how: (typeof breaks)[number], before: Before, asked: MxRecordArgs, point: MxPoint): MxPoint {
  const next = resumed(mxModel, how, before, asked, point);
  assert.deepEqual(sorted(next.recorded.normal), sorted(before.recorded.normal), `${how}, and what is normal was forgotten`);
  return next;
}

/** The order of a set says nothing. */
function sorted(normal: MxRecorded["normal"]): MxRecorded["normal"] {
  return { ...normal, exchanges: [...normal.exchanges].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)) };
}

function goHome(how: (typeof breaks)[number], before: Before, asked: MxRecordArgs, point: MxPoint, proper: readonly Exchange[]): void {
  arrive(resumedAt(how, before, asked, point), online, proper);
}

function arrive(start: MxPoint, asked: MxRecordArgs, proper: readonly Exchange[]): Walk<MxWorld, MxRecorded> {
  const walked = walk(mxModel, asked, start);
  for (const point of walked.points) assertSendersFindAHost(point, proper);
  assertIsAsAsked(walked.end, asked);
  assert.deepEqual(walk(mxModel, asked, walked.end).did, [], "a plan over its own result is empty");
  return walked;
}

const hosts = [mail, mail2, buffer, mx("mx3.contoso.com", 30)];
const sets = fc.uniqueArray(fc.constantFrom(...hosts), { minLength: 1, maxLength: 3 });
const normals = fc
  .record({ exchanges: sets, ttlSeconds: fc.constantFrom(1, 300, 3600), remarked: fc.boolean() })
  .map(({ exchanges, ttlSeconds, remarked }) => {
    const notes = remarked
      ? Object.fromEntries(exchanges.slice(1).map((exchange) => [keyOf(exchange), `remark on ${exchange.exchange}`]))
      : {};
    return mxRecorded({ exchanges, ttlSeconds, notes });
  });
/** What a program may ask, with one and the same lower TTL whenever it gives one. */
const asks = fc.record({ exchanges: sets, ttlSeconds: fc.constant(60) }, { requiredKeys: [] }).map((asked) => mxArgs(asked));

describe("an MX set on its way", () => {
  for (const situation of situations) {
    it(`${situation.when}: arrives, and from every point of the way goes on or home, and senders always find a host`, () => {
      assertLeadsOnAndBack(situation);
    });
  }

  it("lowered twice before the flip, is not said to be done while caches keep what they got with the TTL between", () => {
    const recorded = mxRecorded({}, hourAgo);
    const there = walk(mxModel, mxArgs({ exchanges: [buffer], ttlSeconds: 60 }), {
      world: mxWorld(markedNotes(mail), [atMailLow]),
      recorded,
    });
    assertIsAsAsked(there.end, mxArgs({ exchanges: [buffer], ttlSeconds: 60 }));
  });

  it("through any changes of mind, each broken off anywhere, comes home as it was, and senders always find a host", () => {
    const run = fc.record({ asked: asks, how: fc.constantFrom(...breaks), at: fc.nat(20) });
    fc.assert(
      fc.property(normals, fc.array(run, { minLength: 1, maxLength: 4 }), (recorded, runs) => {
        const { exchanges, ttlSeconds, notes } = recorded.normal;
        let point: MxPoint = { world: mxWorld(notes, [version(exchanges, ttlSeconds)]), recorded };
        let was = online;
        for (const { asked, how, at } of runs) {
          const walked = arrive(point, asked, hosts);
          const reached = walked.points[at] ?? walked.end;
          point = resumedAt(how, { args: was, recorded: point.recorded }, asked, reached);
          if (how === "stopped") was = asked;
        }
        arrive(point, online, hosts);
      }),
      { numRuns: 120 },
    );
  });

  it("from any set that bears our marks, however it came about, arrives and comes home", () => {
    const ttlSeconds = 60;
    fc.assert(
      fc.property(normals, asks, asks, sets, sets, (recorded, asked, was, before, found) => {
        const notes = Object.fromEntries(
          found.map((exchange) => [keyOf(exchange), mark.replace("3600", String(recorded.normal.ttlSeconds))]),
        );
        const world = mxWorld(notes, [version(before, ttlSeconds), version(found, ttlSeconds)]);
        const there = arrive({ world, recorded }, asked, hosts);
        for (const point of there.points) goHome("killed", { args: mxArgs({ exchanges: found, ...was }), recorded }, asked, point, hosts);
      }),
      { numRuns: 60 },
    );
  });
});
