// How a TTL and a name are written for people. Pure.
import { sayNumber } from "../../engine/progress.ts";

export { sayName } from "../../common/host-name.ts";

/** `86,400 s`; Cloudflare's `1` is `automatic`. */
export function sayTtl(ttlSeconds: number): string {
  return ttlSeconds === 1 ? "automatic" : `${sayNumber(ttlSeconds)} s`;
}

/** Cloudflare's automatic TTL is served as 300 s. */
export function servedTtl(ttlSeconds: number): number {
  return ttlSeconds === 1 ? 300 : ttlSeconds;
}
