// Worlds for tests: small ones, stepped by hand, with somebody to send a message when the test says so.
import assert from "node:assert/strict";
import type { Message } from "../../../lab/world/message.ts";
import type { Server } from "../../../lab/world/server.ts";
import { makeWorld, type World, type WorldOptions } from "../../../lab/world/world.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** A world in which nobody sends anything by himself. */
export function stillWorld(options: WorldOptions = {}): World {
  return makeWorld({ senders: { count: 0 }, internal: { perHour: 0 }, ...options });
}

/** Lets `ms` pass. */
export function pass(world: World, ms: number): void {
  world.events.advanceTo(world.events.now() + ms);
}

export function serverOf(world: World, name: string): Server {
  const server = world.site.server(name);
  assert.ok(server, `no server ${name}`);
  return server;
}

export function databaseOf(world: World, name: string) {
  const database = world.site.database(name);
  assert.ok(database, `no database ${name}`);
  return database;
}

/** A recipient whose mailbox is in `database`. */
export function recipientIn(world: World, database: string): string {
  const found = [...world.cast.mailboxes].find(([, name]) => name === database);
  assert.ok(found, `no mailbox in ${database}`);
  return found[0];
}

let count = 0;

/** A message to one recipient, entered in the ledger. */
export function messageTo(world: World, to: string): Message {
  const message = {
    id: `test-${++count}@sender.example`,
    from: "user@sender.example",
    to: [to],
    sizeBytes: 10_000,
    sentAtMs: world.events.now(),
  };
  world.ledger.sent(message);
  return message;
}

/** Gives `count` messages to the transport of one server. */
export function fill(world: World, server: string, to: string, howMany: number): void {
  for (let index = 0; index < howMany; index++) assert.ok(serverOf(world, server).transport.accept(messageTo(world, to)), "not accepted");
}

/** Messages in a server's queues by next hop, without empty queues. */
export function queued(world: World, server: string): Record<string, number> {
  const rows = serverOf(world, server)
    .transport.queues()
    .filter((queue) => queue.items.length > 0);
  return Object.fromEntries(rows.map((queue) => [queue.nextHopDomain, queue.items.length]));
}

/** The queue to a next hop on a server. */
export function queueTo(world: World, server: string, nextHop: string) {
  const found = serverOf(world, server)
    .transport.queues()
    .find((queue) => queue.nextHopDomain === nextHop);
  assert.ok(found, `${server} has no queue to ${nextHop}`);
  return found;
}
