// How a server that is given back proves that it takes mail: by a test message to the end. One left Draining takes the connection and EHLO, and
// says 421 after MAIL, so that answering proves nothing. Asked of a server that took such mail from here while nothing was paused. Pure.
import type { Wait } from "../../engine/plan.ts";
import type { Phase } from "../../engine/resource.ts";
import { remembered } from "../known-host.ts";
import { fitnessOf } from "../mail-host.ts";
import type { ActualTransport } from "./observe.ts";
import type { TransportRecorded, TransportStateArgs } from "./shape.ts";

export interface TokenStep {
  readonly kind: "token";
  readonly server: string;
  readonly host: string;
  readonly from: string;
  readonly to: string;
}

/** What is known of its port 25, and whether it has something to prove. */
export function follow(
  args: TransportStateArgs,
  actual: ActualTransport,
  recorded: TransportRecorded,
  _nowMs: number,
  phase: Phase,
): TransportRecorded {
  const { smtp: before, unproved, ...rest } = recorded;
  const isAtRest = phase === "atRest" && unproved === undefined && actual.smtp !== undefined;
  const [smtp = before] = isAtRest ? remembered(before === undefined ? [] : [before], [actual.smtp]) : [];
  const isDue = canProve(args, { ...rest, ...(smtp === undefined ? {} : { smtp }) }) && isUnproved(args, actual, unproved, phase);
  return { ...rest, ...(smtp === undefined ? {} : { smtp }), ...(isDue ? { unproved: true } : {}) };
}

/** The test message where one is due, after whatever its host must do first; nothing else. */
export function prove(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded): readonly (Wait | TokenStep)[] {
  const { server, token } = args;
  if (token === undefined || !canProve(args, recorded)) return [];
  // While its service does not run, it is about to be given back.
  if (actual.service === "Running" && recorded.unproved === undefined) return [];
  const step: TokenStep = { kind: "token", server, host: actual.smtpHost, from: actual.tokenSender, to: token };
  if (actual.smtp === undefined) return [step];
  const { host, reading } = actual.smtp;
  return [...fitnessOf(host, reading, remedyOf(server)).waits, step];
}

/** What a server says for good against taking the test message. */
export function refusalsOf(args: TransportStateArgs, actual: ActualTransport, recorded: TransportRecorded) {
  if (args.state !== "running" || recorded.unproved === undefined || actual.smtp === undefined) return [];
  const { host, reading } = actual.smtp;
  return fitnessOf(host, reading, remedyOf(args.server), recorded.smtp).refusals;
}

function canProve({ token }: TransportStateArgs, { normal, smtp }: TransportRecorded): boolean {
  return token !== undefined && normal.service === "Running" && smtp?.reachable === true && smtp.accepts;
}

function isUnproved(args: TransportStateArgs, actual: ActualTransport, before: true | undefined, phase: Phase): boolean {
  if (args.state === "drained") return true;
  if (actual.service !== "Running") return before === true || phase === "underWay";
  return before === true && !actual.proved;
}

function remedyOf(server: string): string {
  return `The MX was not changed back. See to transport on ${server}: MSExchangeTransport and MSExchangeFrontEndTransport must run, and HubTransport be Active (\`Get-ServerComponentState ${server}\`; after a change, \`Restart-Service MSExchangeTransport\` there). Then run \`pulumi up\` again: it goes on from here.`;
}
