// Shadow redundancy: another server of the DAG keeps a safety copy of each message until the primary has delivered it.
// A primary that does not answer for ShadowResubmitTimeSpan has its copies sent by their keeper: mail that it still holds
// itself then arrives twice. Facts: facts/exchange.md 3.3 and 3.6.
import type { Agenda } from "./events.ts";
import type { Message } from "./message.ts";
import type { Item, ShadowCopy } from "./queue.ts";

/** A server as shadow redundancy sees it. */
export interface ShadowKeeper {
  readonly name: string;
  readonly fqdn: string;
  readonly adSite: string;
  /** Its transport service runs or is paused. */
  transportAnswers(): boolean;
  takesMail(): boolean;
  resubmit(item: Item): void;
}

export interface ShadowQueue {
  readonly keeper: string;
  /** FQDN of the primary server. */
  readonly nextHopDomain: string;
  readonly number: number;
  copies: ShadowCopy[];
  /** Since when the keeper, itself running, has had no answer from the primary. */
  silentSinceMs: number | undefined;
}

export const shadowHeartbeatMs = 120_000;
export const shadowResubmitMs = 3 * 3_600_000;

export class ShadowStore {
  readonly #agenda: Agenda;
  readonly #keepers: readonly ShadowKeeper[];
  readonly #queues = new Map<string, ShadowQueue>();
  #turn = 0;

  /** `keepers` may be filled after construction. */
  constructor(agenda: Agenda, keepers: readonly ShadowKeeper[]) {
    this.#agenda = agenda;
    this.#keepers = keepers;
    agenda.every(shadowHeartbeatMs, () => this.#heartbeat());
  }

  /** Makes the safety copy of what `primary` just took: in another AD site if it can be, `undefined` when nobody can keep it. */
  keep(message: Message, primary: string): ShadowCopy | undefined {
    const home = this.#keepers.find((keeper) => keeper.name === primary);
    if (home === undefined) return undefined;
    const able = (inSameSite: boolean) =>
      this.#keepers.filter((one) => one !== home && (one.adSite === home.adSite) === inSameSite && one.takesMail());
    const remote = able(false);
    const choice = remote.length > 0 ? remote : able(true);
    const keeper = choice[this.#turn++ % Math.max(choice.length, 1)];
    if (keeper === undefined) return undefined;
    const copy: ShadowCopy = { message, primary, sinceMs: this.#agenda.now(), open: 1 };
    this.#queueOf(keeper.name, home).copies.push(copy);
    return copy;
  }

  /** The shadow queues on one server. */
  on(keeper: string): readonly ShadowQueue[] {
    return [...this.#queues.values()].filter((queue) => queue.keeper === keeper && queue.copies.length > 0);
  }

  /** Retry-Queue on a shadow queue: asks the primary at once what may be dropped. */
  discard(queue: ShadowQueue): void {
    const primary = this.#keepers.find((keeper) => keeper.fqdn === queue.nextHopDomain);
    if (primary?.transportAnswers()) queue.copies = queue.copies.filter((copy) => copy.open > 0);
  }

  #heartbeat(): void {
    for (const queue of this.#queues.values()) {
      const keeper = this.#keepers.find((one) => one.name === queue.keeper);
      const primary = this.#keepers.find((one) => one.fqdn === queue.nextHopDomain);
      if (keeper === undefined || primary === undefined || !keeper.transportAnswers() || primary.transportAnswers()) {
        queue.silentSinceMs = undefined;
        if (keeper?.transportAnswers()) this.discard(queue);
        continue;
      }
      queue.silentSinceMs ??= this.#agenda.now();
      if (this.#agenda.now() - queue.silentSinceMs >= shadowResubmitMs) this.#send(queue, keeper);
    }
  }

  /** The keeper cannot know what the silent primary had delivered before: it sends all it has not been told of. */
  #send(queue: ShadowQueue, keeper: ShadowKeeper): void {
    for (const { message, sinceMs } of queue.copies) keeper.resubmit({ message, acceptedAtMs: sinceMs, shadow: undefined });
    queue.copies = [];
  }

  #queueOf(keeper: string, primary: ShadowKeeper): ShadowQueue {
    const key = `${keeper} ${primary.name}`;
    const found = this.#queues.get(key);
    if (found !== undefined) return found;
    const number = [...this.#queues.values()].filter((queue) => queue.keeper === keeper).length + 1;
    const made: ShadowQueue = { keeper, nextHopDomain: primary.fqdn, number, copies: [], silentSinceMs: undefined };
    this.#queues.set(key, made);
    return made;
  }
}
