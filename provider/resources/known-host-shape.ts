// What is recorded of a mail host while nothing is paused. What follows from it: known-host.ts.
import { z } from "zod";

export const knownHost = z.strictObject({
  host: z.string(),
  /** Whether it answered on port 25 from where the program runs. */
  reachable: z.boolean(),
  startTls: z.boolean(),
  /** Whether it took the real recipient. */
  accepts: z.boolean(),
});

export type KnownHost = z.output<typeof knownHost>;
