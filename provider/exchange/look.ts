// Says how a reading is wanted: how old a shared one may be, and what stops it.

export interface Look {
  /** Milliseconds; `0` asks the server again. */
  readonly maxAgeMs: number;
  readonly signal?: AbortSignal;
}
