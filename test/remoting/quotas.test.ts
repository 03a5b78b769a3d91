import { deepEqual, equal } from "node:assert/strict";
import { quotaIn } from "../../provider/remoting/quotas.ts";

describe("words about a limit", () => {
  for (const { text, waitMs, names } of [
    { text: "The system load quota of 500 requests per 3 seconds has been exceeded.", waitMs: undefined, names: "500 requests in 3 s" },
    {
      text: "This user is allowed a maximum of 18 concurrent shells, which has been exceeded.",
      waitMs: undefined,
      names: "all 18 sessions",
    },
    { text: "The maximum number of concurrent shells for this user has been exceeded.", waitMs: undefined, names: "all sessions" },
    { text: "This user is allowed a maximum number of 15 concurrent operations", waitMs: undefined, names: "all 15 operations" },
    { text: "a maximum number of 10 concurrent users", waitMs: undefined, names: "all 10 users" },
    { text: "you have exceeded your budget to create runspace. Please wait for 2 seconds.", waitMs: 2_000, names: "throttling policy" },
    { text: "exceeded the budget. Please wait for at least 3 minutes", waitMs: 180_000, names: "throttling policy" },
  ])
    it(`name it and the time to wait: ${text}`, () => {
      const quota = quotaIn(text);
      deepEqual([quota?.retryAfterMs, quota?.advice.includes(names)], [waitMs, true]);
    });

  it("ask for an hour at most, whatever number stands there", () => {
    const text = (ms: string) => `load quota of 1 requests per 1 seconds … not be approved for at least ${ms} milliseconds`;
    equal(quotaIn(text("1299312128"))?.retryAfterMs, 3_600_000);
    equal(quotaIn(text("9".repeat(400)))?.retryAfterMs, 3_600_000);
    equal(quotaIn(text("0"))?.retryAfterMs, 0);
  });

  it("are none in what only sounds like it", () => {
    for (const text of [
      "",
      "Micro delay applied. Actual delayed: 21956 msecs, Enforced",
      "The maximum number of recipients is 500.",
      "The mailbox is over its quota; please wait for 5 seconds",
      "a maximum of 2 concurrent moves",
    ])
      equal(quotaIn(text), undefined, text);
  });
});
