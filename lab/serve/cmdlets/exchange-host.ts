// Runs a cmdlet of the list on the site, as the endpoint that was asked: a name asked at the wrong endpoint is not there.
// Binding of parameters and prompts came before; transport comes after.
import type { Site } from "../../world/site.ts";
import { commandNotFound } from "../binding-errors.ts";
import type { CmdletHost, CmdletReply, CmdletRequest } from "../cmdlet-host.ts";
import { type Answer, Arguments, type Call, CmdletFailure } from "./call.ts";
import type { Cmdlet } from "./cmdlet.ts";
import { notSimulated, refuseController } from "./errors.ts";
import { cmdletAt } from "./list.ts";

/** Understood the same way in all of them: prompts were seen to before, and -DomainController is read below. */
const understood = ["Confirm", "WhatIf", "DomainController", "ActiveDirectoryTimeout"];

/** Every cmdlet has these; only ErrorAction says anything here. */
const common = /^(verbose|debug|(error|warning|information)(action|variable)|out(variable|buffer)|pipelinevariable)$/i;

/** The asked server does not answer at all: whoever serves the endpoint lets the connection time out. */
export class EndpointSilent extends Error {
  override readonly name = "EndpointSilent";
  constructor(request: CmdletRequest) {
    super(`${request.server} does not answer at ${request.configuration}`);
  }
}

/** The site's endpoints. Rejects with {@link EndpointSilent} when the asked server is off or its endpoint dead. */
export function exchangeHost(site: Site): CmdletHost {
  return async (request) => {
    const local = site.server(request.server);
    if (local === undefined || !local.endpointAnswers(request.configuration)) throw new EndpointSilent(request);
    const cmdlet = cmdletAt(request.configuration, request.cmdlet);
    if (cmdlet === undefined) return { output: [], warnings: [], errors: [], failed: commandNotFound(request.cmdlet) };
    const args = new Arguments(request.parameters);
    const unread = args.names.find((parameter) => !isRead(cmdlet, parameter));
    if (unread !== undefined) return { output: [], warnings: [], errors: [], failed: notSimulated(cmdlet.name, unread) };
    return replyOf(
      answer(() => cmdlet.run(askedController({ site, local, controller: local.controller, cmdlet, args }))),
      args,
    );
  };
}

function isRead(cmdlet: Cmdlet, parameter: string): boolean {
  return common.test(parameter) || [...understood, ...cmdlet.reads].some((name) => name.toLowerCase() === parameter.toLowerCase());
}

/** The same call, on the view of the domain controller that it names. */
function askedController(call: Call): Call {
  const name = call.args.text("DomainController");
  if (name === undefined) return call;
  const controller = call.site.directory.find(name);
  return controller !== undefined && call.site.directory.answers(controller) ? { ...call, controller } : refuseController(call, name);
}

function answer(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof CmdletFailure) return { errors: [error.error] };
    throw error;
  }
}

function replyOf({ output = [], warnings = [], errors = [] }: Answer, args: Arguments): CmdletReply {
  const [first] = errors;
  const action = args.text("ErrorAction")?.toLowerCase();
  if (first !== undefined && (action === "stop" || action === "1")) return { output, warnings, errors: [], failed: first };
  return { output, warnings, errors };
}
