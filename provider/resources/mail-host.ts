// Whether a mail host is fit to be sent mail: it answers, offers TLS, takes what it must and turns away what nobody has. Pure.
// What it refuses for good is a refusal; what it puts off is waited for; what it refuses of us is ours to correct.
import type { Refusal, Wait } from "../engine/plan.ts";
import type { RecipientAnswer, SmtpReading } from "../mail/probe.ts";
import { isTemporary, type RefusedOfUs } from "../mail/reply.ts";

/** What is asked of a host. Whether it turns away what nobody has is judged where the probe asked for it. */
export interface Demands {
  /** Answers on port 25. */
  readonly reachable: boolean;
  /** Offers STARTTLS. */
  readonly startTls: boolean;
  /** Takes the recipients that it must. */
  readonly accepts: boolean;
}

export interface Fitness {
  readonly refusals: readonly Refusal[];
  /** One, or none: that it answers, or takes what it puts off. */
  readonly waits: readonly Wait[];
}

/** What is asked of a host that is not known yet. */
export const ofAnyHost: Demands = { reachable: true, startTls: true, accepts: true };

/** Greylisting and postscreen let the same question through some minutes later. */
const recheckMs = 15_000;

/** What keeps mail from being sent to `host`, by its answers at port 25; nothing when it is fit. `remedy` is for what is wrong with the host. */
export function fitnessOf(host: string, reading: SmtpReading, remedy: string, demands: Demands = ofAnyHost): Fitness {
  if (!reading.reachable) return demands.reachable ? unreachable(host, reading, remedy) : { refusals: [], waits: [] };
  const tls = reading.startTls || !demands.startTls ? [] : [noTls(host, remedy)];
  const asked = reading.recipients.filter(({ expected }) => expected === "refused" || demands.accepts);
  const later = asked.find(({ code }) => isTemporary(code));
  return {
    refusals: unique([...tls, ...asked.flatMap((answer) => refusalOf(host, answer, remedy))]),
    waits: later === undefined ? [] : [untilTaken(host, later, remedy)],
  };
}

/** The setting to change where a host refuses what we say of ourselves. */
export const remedyFor: Readonly<Record<RefusedOfUs, string>> = {
  helo: "It is not about the host: it looks up the name that it is greeted with. Set `exchange:helo` to a name of this machine that DNS knows (`pulumi config set exchange:helo …`), then run `pulumi up` again.",
  sender:
    "It is not about the recipient: it looks at the sender. Set `exchange:sender` to a mailbox that may send from this machine (`pulumi config set exchange:sender …`), then run `pulumi up` again.",
  client: "It takes no mail from this machine's address. Let it, or run `pulumi up` from a machine whose mail it takes.",
};

const ofUs: Readonly<Record<RefusedOfUs, string>> = {
  helo: "the name that we greet with",
  sender: "the sender that we name",
  client: "this machine",
};

function unreachable(host: string, reading: Extract<SmtpReading, { reachable: false }>, remedy: string): Fitness {
  const why = reading.why.replace(/\.$/, "");
  const { about } = reading;
  const sentence = about === undefined ? `${host} does not answer on port 25: ${why}.` : `${host} refuses ${ofUs[about]}: ${why}.`;
  const whatToDo = about === undefined ? remedy : remedyFor[about];
  if (reading.isFinal) return { refusals: [{ sentence, remedy: whatToDo }], waits: [] };
  const what = about === undefined ? "answer on port 25" : `take ${ofUs[about]}`;
  const stuck = { sentence: `${host} did not ${what} for {time}: ${why}.`, remedy: whatToDo };
  return { refusals: [], waits: [{ kind: "wait", key: `${host} answers`, for: `${host} to ${what}: ${why}`, recheckMs, stuck }] };
}

function noTls(host: string, remedy: string): Refusal {
  return { sentence: `${host} offers no STARTTLS: senders that insist on TLS would keep or bounce their mail.`, remedy };
}

function refusalOf(host: string, answer: RecipientAnswer, remedy: string): Refusal[] {
  const { address, expected, code, about } = answer;
  const taken = code >= 200 && code < 300;
  if (isTemporary(code)) return [];
  if (!taken && about !== undefined)
    return [{ sentence: `${host} refuses ${ofUs[about]}: "${saidIn(answer)}".`, remedy: remedyFor[about] }];
  if (taken === (expected === "accepted")) return [];
  const sentence = taken
    ? `${host} accepts ${address}, which nobody has ("${saidIn(answer)}"): it would bounce such mail later.`
    : `${host} refuses ${address}: expected 250, found "${saidIn(answer)}".`;
  return [{ sentence, remedy }];
}

function untilTaken(host: string, answer: RecipientAnswer, remedy: string): Wait {
  const { address, about, expected } = answer;
  const what = about !== undefined ? `take ${ofUs[about]}` : expected === "accepted" ? `take ${address}` : `say that nobody has ${address}`;
  return {
    kind: "wait",
    key: `${host} answers`,
    for: `${host} to ${what}: it puts us off with "${saidIn(answer)}"`,
    recheckMs,
    stuck: {
      sentence: `${host} did not ${what} for {time}, and says "${saidIn(answer)}".`,
      remedy: about === undefined ? remedy : remedyFor[about],
    },
  };
}

function saidIn({ code, text }: RecipientAnswer): string {
  return `${code} ${text}`.trim();
}

/** One fault of ours is told once, however many recipients were asked for. */
function unique(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.filter(({ sentence }, index) => refusals.findIndex((other) => other.sentence === sentence) === index);
}
