// When a line of the log was written, under both kinds of time.
import assert from "node:assert/strict";
import { readLog } from "../../provider/mail/log-events.ts";

const nowMs = Date.UTC(2026, 10, 21, 3, 0, 0);
const time = { nowMs, offsetMinutes: 0 };

describe("the time of a log line", () => {
  const atMs = (line: string, at = time) => readLog([line], at)[0]?.atMs;
  const line = (when: string) => `${when} mx postfix/qmgr[1]: 4jWZjw4n0vz1SCJW: removed`;

  it("RFC 3339 is read with its own zone", () => {
    assert.equal(atMs(line("2026-11-21T02:43:48.673343+01:00")), Date.UTC(2026, 10, 21, 1, 43, 48, 673));
  });

  it("syslog's is read in the host's zone", () => {
    assert.equal(atMs(line("Nov 21 02:43:48"), { nowMs, offsetMinutes: 60 }), Date.UTC(2026, 10, 21, 1, 43, 48));
    assert.equal(atMs(line("Nov  1 02:43:48"), { nowMs, offsetMinutes: 60 }), Date.UTC(2026, 10, 1, 1, 43, 48));
  });

  it("a December read in January was last year's", () => {
    assert.equal(atMs(line("Dec 31 23:59:59"), { nowMs: Date.UTC(2027, 0, 1), offsetMinutes: 0 }), Date.UTC(2026, 11, 31, 23, 59, 59));
  });
});
