// Remembers what was done to a lab's world, so that a fresh world can be brought to the same state without the runs that did it.
// What only reads is left out, for it changes nothing; what a test does to a world by hand is not known here.
import type { SiteWorld } from "../../lab/site-world.ts";

/** Something done to a world. It knows no other world than the one it is given, so that it can be done to a second one. */
export type Act<T = unknown> = (world: SiteWorld) => T | Promise<T>;

export class Journal {
  readonly world: SiteWorld;
  readonly #done: { readonly atMs: number; readonly act: Act }[] = [];

  constructor(world: SiteWorld) {
    this.world = world;
  }

  /** Does `act`, and remembers it. */
  do<T>(act: Act<T>): T | Promise<T> {
    this.#done.push({ atMs: this.world.events.now(), act });
    return act(this.world);
  }

  /** Does the same, at the same moments, to the fresh world of `other`. */
  async repeatIn(other: Journal): Promise<void> {
    for (const { atMs, act } of this.#done) {
      other.world.events.advanceTo(atMs);
      try {
        await other.do(act);
      } catch {
        // Refused, as it was here.
      }
    }
    other.world.events.advanceTo(this.world.events.now());
  }
}
