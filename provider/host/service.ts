// The plugin's gRPC service: each request of the engine becomes one operation, each answer its wire form. No decision about a site is made here.
import * as grpc from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as wire from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Clock } from "../engine/clock.ts";
import { type Entry, entryOf } from "../resources/kinds.ts";
import type { Site } from "../resources/site.ts";
import { check, withoutUndefined } from "./check.ts";
import { type Config, config, fromStack } from "./config.ts";
import type { Fences } from "./fences.ts";
import type { EngineLog } from "./log.ts";
import { openSite } from "./open-site.ts";
import { type Around, create, diff, idOf, type Properties, type Reading, read, remove, same, Unfinished, update } from "./operations.ts";
import { schema } from "./schema.ts";
import { failure, partialFailure, propertiesOf, revealed, structOf } from "./structs.ts";

export interface Host {
  readonly version: string;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly environment: NodeJS.ProcessEnv;
  readonly fences: Fences;
  /** The engine has given up a call that was under way. */
  readonly onGivenUp?: () => void;
}

export interface Service {
  readonly methods: grpc.UntypedServiceImplementation;
  /** Everything that is under way ends at its next safe point. */
  stop(why: string): void;
  /** When all calls have ended: says that this run acts no more, and gives back what it has of the site. */
  close(): Promise<void>;
}

type Handler<Request, Response> = (request: Request) => Promise<Response>;

export function service(host: Host): Service {
  const stop = new AbortController();
  const readings = new Map<string, Reading>();
  const underWay = new Set<Promise<unknown>>();
  let settings: Config = config.parse({});
  let site: Site | undefined;

  /** One request, answered once; whatever goes wrong becomes one sentence, never a dead plugin. */
  const answer =
    <Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> =>
    (call, reply) => {
      const work = handler(call.request);
      underWay.add(work);
      const end = (error: Partial<grpc.StatusObject> | null, response?: Response) => {
        underWay.delete(work);
        reply(error, response);
      };
      work.then(
        (response) => end(null, response),
        (error: unknown) => end(isWireError(error) ? error : failure(error)),
      );
      // Said of each call that has ended, too.
      call.once("cancelled", () => {
        if (underWay.has(work)) host.onGivenUp?.();
      });
    };

  /** One site for all resources of the operation; its program is named by the first URN that asks. */
  const siteOf = (urn: string): Site => {
    site ??= openSite(settings, programOf(urn), host.clock, host.environment, (text) => void host.log.lasting(urn, text, "warning"));
    return site;
  };
  const aroundOf = (urn: string, args: Properties): Around => ({
    site: siteOf(urn),
    turn: host.fences.turnOf(siteOf(urn), entry(urn), args, {
      say: (text) => void host.log.lasting(urn, text, "warning"),
      signal: stop.signal,
    }),
    clock: host.clock,
    signal: stop.signal,
    timeZone: settings.timeZone,
    maxWaitMs: Number(args["maxWaitSeconds"] ?? 900) * 1000,
    status: (text) => host.log.status(urn, text),
    lasting: (text) => void host.log.lasting(urn, text, "info"),
    warning: (text) => void host.log.lasting(urn, text, "warning"),
  });

  const methods: grpc.UntypedServiceImplementation = {
    getPluginInfo: answer(async () => new pluginProto.PluginInfo().setVersion(host.version)),
    getSchema: answer(async () => new proto.GetSchemaResponse().setSchema(JSON.stringify(schema(host.version)))),
    checkConfig: answer(async (request: wire.CheckRequest) => {
      const news = propertiesOf(request.getNews());
      const { failures } = check(config, fromStack(revealed(news)));
      return checkResponse(
        news,
        failures.map((found) => ({ ...found, reason: `exchange:${found.property}: ${found.reason}` })),
      );
    }),
    // Said to be the same, the engine would go on with a provider that it configured from its state for the refresh: with the old settings.
    diffConfig: answer(async (request: wire.DiffRequest) =>
      diffResponse([], differing(revealed(propertiesOf(request.getOldInputs())), revealed(propertiesOf(request.getNews())))),
    ),
    configure: answer(async (request: wire.ConfigureRequest) => {
      settings = config.parse(check(config, fromStack(revealed(propertiesOf(request.getArgs())))).inputs);
      return new proto.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false);
    }),
    check: answer(async (request: wire.CheckRequest) => {
      const { inputs, failures } = check(entry(request.getUrn()).args, propertiesOf(request.getNews()));
      return checkResponse(inputs, failures);
    }),
    diff: answer(async (request: wire.DiffRequest) => {
      const { kind, args } = known(request.getUrn(), request.getNews());
      const oldInputs = propertiesOf(request.getOldInputs());
      const difference = await diff(
        kind,
        oldInputs,
        propertiesOf(request.getOlds()),
        args,
        readings.get(request.getUrn()),
        aroundOf(request.getUrn(), args),
      );
      return diffResponse(difference.replaces, difference.changes);
    }),
    create: answer(async (request: wire.CreateRequest) => {
      const { kind, args } = known(request.getUrn(), request.getProperties());
      const id = idOf(kind, args);
      return recorded(id, async () => {
        const state = await create(kind, args, request.getPreview(), aroundOf(request.getUrn(), args));
        return new proto.CreateResponse().setId(id).setProperties(structOf(state)).setRefreshBeforeUpdate(true);
      });
    }),
    read: answer(async (request: wire.ReadRequest) => {
      const inputs = propertiesOf(request.getInputs());
      if (Object.keys(inputs).length === 0)
        throw new Error("There is nothing to import: write the resource into the program, and `pulumi up` takes it over as it is.");
      const { kind, args } = known(request.getUrn(), request.getInputs());
      const result = await read(kind, args, propertiesOf(request.getProperties()), aroundOf(request.getUrn(), args));
      readings.set(request.getUrn(), result.reading);
      return new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(structOf(result.state))
        .setInputs(structOf(result.inputs))
        .setRefreshBeforeUpdate(true);
    }),
    update: answer(async (request: wire.UpdateRequest) => {
      const { kind, args } = known(request.getUrn(), request.getNews());
      readings.delete(request.getUrn());
      return recorded(request.getId(), async () => {
        const state = await update(kind, propertiesOf(request.getOlds()), args, request.getPreview(), aroundOf(request.getUrn(), args));
        return new proto.UpdateResponse().setProperties(structOf(state)).setRefreshBeforeUpdate(true);
      });
    }),
    delete: answer(async (request: wire.DeleteRequest) => {
      const { kind, args } = known(request.getUrn(), request.getOldInputs());
      await remove(kind, args, aroundOf(request.getUrn(), args));
      return new empty.Empty();
    }),
    cancel: answer(async () => {
      stop.abort(new Error("stopped on request"));
      return new empty.Empty();
    }),
  };
  return {
    methods,
    stop: (why) => stop.abort(new Error(why)),
    close: async () => {
      await Promise.allSettled(underWay);
      await host.fences.close();
      await site?.close();
    },
  };
}

function entry(urn: string): Entry {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = entryOf(token);
  if (found === undefined) throw new Error(`pulumi-exchange has no resource ${token}.`);
  return found;
}

/** The kind and its arguments, as they were checked before. */
function known(urn: string, properties: Parameters<typeof propertiesOf>[0]): { readonly kind: Entry["kind"]; readonly args: Properties } {
  const { kind, args: shape } = entry(urn);
  const { inputs, failures } = check(shape, propertiesOf(properties));
  const [first] = failures;
  if (first !== undefined) throw new Error(`${kind.name}: ${first.property}: ${first.reason}`);
  return { kind, args: withoutUndefined(inputs) };
}

/** The names of members that are not the same in both. */
function differing(olds: Properties, news: Properties): readonly string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !same(olds[name], news[name])).sort();
}

/** `project/stack` of a URN `urn:pulumi:<stack>::<project>::…`. */
function programOf(urn: string): string {
  const [stack = "", project = ""] = urn.split("::");
  return `${project}/${stack.replace("urn:pulumi:", "")}`;
}

/** An operation that did not end as asked still has its state kept. */
async function recorded<Response>(id: string, operation: () => Promise<Response>): Promise<Response> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof Unfinished) throw partialFailure(id, error.state, error.message);
    throw error;
  }
}

function checkResponse(
  inputs: Properties,
  failures: readonly { readonly property: string; readonly reason: string }[],
): wire.CheckResponse {
  const response = new proto.CheckResponse().setInputs(structOf(inputs));
  return response.setFailuresList(failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason)));
}

function diffResponse(replaces: readonly string[], changes: readonly string[]): wire.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...replaces])
    .setDiffsList([...changes])
    .setHasdetaileddiff(true);
  const { UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
  for (const key of changes)
    response.getDetaileddiffMap().set(key, new proto.PropertyDiff().setKind(replaces.includes(key) ? UPDATE_REPLACE : UPDATE));
  return response;
}

function isWireError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "metadata" in error && error.metadata instanceof grpc.Metadata;
}
