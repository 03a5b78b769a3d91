// How a reading is wanted, and what a call that changes something has to ask first: the same for every edge.

export interface ReadOptions {
  /** Milliseconds that a shared reading may be old; `0` asks the site again. */
  readonly maxAgeMs: number;
  readonly signal?: AbortSignal;
}

export interface ActOptions {
  /** Awaited right before each request that changes something is sent; what it throws comes out instead, and nothing was sent. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}
