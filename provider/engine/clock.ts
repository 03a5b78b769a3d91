// Time as a port: nothing else in the provider asks what time it is or waits.
import { setTimeout as realSleep } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Waits `ms` milliseconds of this clock's time. @throws the signal's reason once it is aborted */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that runs at `rate` times the real one and showed the real time at `originMs`. */
export function rateClock(rate: number, originMs: number): Clock {
  return {
    now: () => originMs + (Date.now() - originMs) * rate,
    sleep: async (ms, signal) => {
      await realSleep(Math.ceil(ms / rate), undefined, signal ? { signal } : {}).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    },
  };
}

export const systemClock: Clock = rateClock(1, 0);

/**
 * Real time that passes, in milliseconds since this clock was made, also while the machine sleeps or the process stands still. It never goes back; a
 * correction of the system's clock may make it go faster. Of the two clocks of a system, one stands still while it sleeps, and the other may be set.
 */
export function elapsedClock(monotonicMs: () => number = () => performance.now(), systemMs: () => number = Date.now): Clock {
  let [monotonic, system, elapsed] = [monotonicMs(), systemMs(), 0];
  return {
    ...systemClock,
    now: () => {
      const [before, systemBefore] = [monotonic, system];
      [monotonic, system] = [monotonicMs(), systemMs()];
      elapsed += Math.max(monotonic - before, system - systemBefore);
      return elapsed;
    },
  };
}

/**
 * The clock that `EXCHANGE_CLOCK` asks for: `60@1790000000000` is 60 times as fast since that instant. Absent: the real one.
 * A lab sets it; nothing else tells a lab's time from the world's.
 */
export function clockFrom(text: string | undefined): Clock {
  if (text === undefined || text === "") return systemClock;
  const match = /^(\d+(?:\.\d+)?)@(\d+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined || Number(match[1]) <= 0) {
    throw new Error(`EXCHANGE_CLOCK is "${text}"; expected <rate>@<milliseconds since 1970>, such as 60@1790000000000`);
  }
  return rateClock(Number(match[1]), Number(match[2]));
}
