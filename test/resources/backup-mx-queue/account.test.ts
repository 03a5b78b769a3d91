// The page of a pause that people read and keep.
import { equal, match } from "node:assert/strict";
import { sayAccount } from "../../../provider/resources/backup-mx-queue/account.ts";
import { pausesOf } from "../../../provider/resources/backup-mx-queue/pauses.ts";
import type { PauseLedger } from "../../../provider/resources/pause-shape.ts";
import { ledger, zoneSums } from "../../support/buffer-builders.ts";

const page = (overrides: Partial<PauseLedger>) => {
  const [pause] = pausesOf({ ledger: ledger({ fromMs: Date.UTC(2026, 11, 5, 20), toMs: Date.UTC(2026, 11, 6, 6, 40), ...overrides }) });
  return pause === undefined ? "" : sayAccount(pause, "berlin", "Europe/Berlin");
};

describe("the account of a pause", () => {
  it("of a night without loss says what was taken, what became of it, by zone, and why some went back", () => {
    const text = page({
      accepted: 4_812,
      recipients: 1_903,
      delivered: 4_809,
      bounced: 3,
      refused: 31,
      over: true,
      longestWayMs: 37_260_000,
      longestWay: { id: "4jWZjw4n0vz1SCJW", arrivedAtMs: Date.UTC(2026, 11, 5, 20, 19) },
      zones: [
        zoneSums("contoso.com", { accepted: 4_000, delivered: 3_997, bounced: 3 }),
        zoneSums("contoso.de", { accepted: 812, delivered: 812 }),
      ],
      bounces: [{ count: 3, reply: "550 5.1.10 RESOLVER.ADR.RecipientNotFound", id: "4jWZkz3lW3z1SC8K" }],
      refusals: [{ count: 31, reply: "550 5.1.1 <…>: Recipient address rejected" }],
    });
    equal(
      text,
      `Mail during the pause of berlin, Sat 5 Dec 20:00 UTC (21:00 in Berlin) to Sun 6 Dec 06:40 UTC (07:40 in Berlin): 10 h 40 min
  accepted by the buffer    4,812 messages for 1,903 recipients
  delivered to Exchange     4,809 messages
  lost 0   duplicated 0   bounced 3
  refused at the door       31 recipients; nothing was taken for them
  longest way               10 h 21 min: message 4jWZjw4n0vz1SCJW, taken Sat 5 Dec 20:19 UTC (21:19 in Berlin)
By zone, in messages; one for two zones is counted in both:
                  accepted  delivered still held       lost    bounced  discarded
  contoso.com        4,000      3,997          0          0          3          0
  contoso.de           812        812          0          0          0          0
Bounced, by what the next host said (recipients):
       3  550 5.1.10 RESOLVER.ADR.RecipientNotFound (such as 4jWZkz3lW3z1SC8K)
Refused at the door, by what the buffer said (recipients):
      31  550 5.1.1 <…>: Recipient address rejected
`,
    );
  });

  it("of a log with a gap names the gap, and does not say that nothing was lost", () => {
    const gaps = [
      "/var/log/mail.log no longer has all that was written from 2026-12-05 21:00 to 2026-12-05 22:00 UTC",
      "1 message lay there",
    ];
    equal(
      page({ accepted: 3, recipients: 2, stillHere: 3, gaps }),
      `Mail during the pause of berlin, Sat 5 Dec 20:00 UTC (21:00 in Berlin) to Sun 6 Dec 06:40 UTC (07:40 in Berlin): 10 h 40 min
  The pause is not over: this is how it stood then.
  NOT COMPLETE: whether more was lost is not known. Missing in the proof:
    ${gaps[0]}
    ${gaps[1]}
  accepted by the buffer    3 messages for 2 recipients
  delivered to Exchange     0 messages
  still held                3 messages
  lost is not known   duplicated 0   bounced 0
`,
    );
  });

  it("of losses names the messages, as the buffer's log knows them", () => {
    const arrivedAtMs = Date.UTC(2026, 11, 6, 1);
    match(
      page({
        accepted: 3,
        lost: 1,
        duplicated: 1,
        lostMessages: [{ id: "4jW", arrivedAtMs }],
        duplicatedMessages: [{ id: "4jX", arrivedAtMs }],
      }),
      /\n {2}lost 1 {3}duplicated 1 .*\nLost; the buffer's log knows them by these ids:\n {2}4jW, taken Sun 6 Dec 01:00 UTC \(02:00 in Berlin\)\nDelivered more than once; .*\n {2}4jX, /,
    );
    const twenty = Array.from({ length: 20 }, (_, index) => ({ id: `M${index}`, arrivedAtMs }));
    match(page({ accepted: 99, lost: 40, lostMessages: twenty }), /\nLost \(the first twenty\); /);
  });
});
