// The sessions that this process has open at servers, so that they can be given back when it is told to end: one that nobody gives back keeps
// one of the user's 18 places on an Exchange server taken for minutes. Whoever opens a session puts it in before it asks the server for it.

/** What can be given back. */
export interface Closable {
  /** Stops what runs in it and gives it back. Never throws, and may be called twice. */
  close(): Promise<void>;
}

const open = new Set<Closable>();

/** Remembers a session until `forget`. */
export function remember(session: Closable): void {
  open.add(session);
}

/** It is given back, or never was there. */
export function forget(session: Closable): void {
  open.delete(session);
}

/** Gives all sessions back, those too that are opened meanwhile, within `graceMs` milliseconds. Returns how many are left. */
export async function closeAllSessions(graceMs: number): Promise<number> {
  const { promise: over, resolve } = Promise.withResolvers<"over">();
  const timer = setTimeout(() => resolve("over"), graceMs);
  try {
    while (open.size > 0) {
      const closed = Promise.all([...open].map((session) => session.close().then(() => forget(session))));
      if ((await Promise.race([closed, over])) === "over") break;
    }
    return open.size;
  } finally {
    clearTimeout(timer);
  }
}
