// How a TTL is written for people. Pure.
import { formatCount } from "../../engine/progress.ts";

/** `86,400 s`; Cloudflare's `1` is `automatic`. */
export function sayTtl(ttlSeconds: number): string {
  return ttlSeconds === 1 ? "automatic" : `${formatCount(ttlSeconds)} s`;
}
