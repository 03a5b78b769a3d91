// What a client of the remoting benchmark is given, and what it says it has measured.
import { z } from "zod";

/** How both clients prove who asks: in each request, or with Kerberos, which then encrypts every message. */
export type Way = "basic" | "kerberos";

export interface Given {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly way: Way;
  /** Serial calls of `serialCmdlet` of a fresh process. */
  readonly calls: number;
  /** Calls after which a process counts as warm. As many as `calls` are then measured again. */
  readonly warmAfter: number;
  readonly serialCmdlet: string;
  readonly rowsCmdlet: string;
}

const Timed = z.object({ wallMs: z.number(), cpuMs: z.number() });
export type Timed = z.infer<typeof Timed>;

export const ClientReport = z.object({
  calls: Timed,
  warmCalls: Timed,
  rows: Timed,
  /** Peak of its memory before the first request, and at the end. */
  startBytes: z.number(),
  peakBytes: z.number(),
  /** What came, for comparison: objects of the serial calls, rows, and characters of two properties of each. */
  seen: z.object({ served: z.number(), objects: z.number(), characters: z.number() }),
  /** HTTP exchanges that opening a session takes, that one call makes, and that it waits for. Ours alone counts them. */
  trips: z.object({ opening: z.number(), call: z.number(), awaited: z.number() }).optional(),
});
export type ClientReport = z.infer<typeof ClientReport>;
