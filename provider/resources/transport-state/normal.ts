// What is normal for a server's transport: its service running or stopped, and the marks of somebody's maintenance. Pure.
import type { Normal } from "../../engine/normal.ts";
import { typedNormal } from "../given-normal.ts";
import type { ActualTransport } from "./observe.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";

type NormalTransport = TransportRecorded["normal"];

export const normal: Normal<TransportStateArgs, ActualTransport, NormalTransport> = {
  asked: { state: "running" },
  // Not given back, but proved by it.
  servesProgram: ({ kind }) => kind === "token",
  given: (args) => args.normal,
  read: (_args, actual, before) => (before === undefined || isSettled(actual) ? { service: serviceIn(actual) } : before),
  say: ({ service }) => `MSExchangeTransport ${service}`,
  mark(args, actual) {
    const found = markIn(actual);
    if (found === undefined) return undefined;
    return {
      sign: `it bears a mark of maintenance: ${found}`,
      remedy: `Bring ${args.server} back first, or give ${typedNormal(args.server, { service: "Running" })}.`,
    };
  },
};

/** Signs that somebody has taken this server out of service; in words, or `undefined`. */
function markIn(actual: ActualTransport): string | undefined {
  if (actual.service === "Paused") return "MSExchangeTransport is paused";
  if (actual.maintenance === "Inactive" || actual.maintenance === "Draining") return `HubTransport is ${actual.maintenance} by Maintenance`;
  return undefined;
}

function serviceIn(actual: ActualTransport): NormalTransport["service"] {
  return actual.service === "Stopped" ? "Stopped" : "Running";
}

/** A service that starts by itself and is found stopped may have been stopped by accident; it becomes normal only where nobody starts it. */
function isSettled(actual: ActualTransport): boolean {
  return actual.service === "Running" || (actual.service === "Stopped" && actual.startType !== "Automatic");
}
