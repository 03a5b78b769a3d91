// The plugin's gRPC service: each request of the engine becomes one operation, each answer its wire form. No decision about a site is made here.
import type * as grpc from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as wire from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { sayInstant } from "../common/utc.ts";
import type { Clock } from "../engine/clock.ts";
import { idOf } from "../resources/define-shape.ts";
import type { Site } from "../resources/site.ts";
import { patienceOf } from "../resources/vocabulary.ts";
import { kindOf } from "./catalogue.ts";
import { check, lastArgs } from "./check.ts";
import { type Config, config, fromStack } from "./config.ts";
import type { Fences } from "./fences.ts";
import { remove } from "./leaving.ts";
import type { EngineLog } from "./log.ts";
import type { Reading } from "./look.ts";
import type { OperationCircumstances, Properties } from "./operation.ts";
import { create, diff, read, update } from "./operations.ts";
import { noOrder, Order } from "./order.ts";
import { known, programOf, recorded, rowOf, shapeFor } from "./requests.ts";
import { checkResponse, differing, diffResponse } from "./responses.ts";
import { Rundown } from "./rundown.ts";
import { schema } from "./schema.ts";
import { failure, isWireError, propertiesOf, revealed, structOf } from "./structs.ts";

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
  const order = new Order();
  const show = (urn: string, text: string) => host.log.status(urn, text, sayInstant(host.clock.now(), settings.timeZone));
  const rundown = new Rundown({
    say: (urn, text) => host.log.lasting(urn, text, "info"),
    row: show,
    sayInstant: (ms) => sayInstant(ms, settings.timeZone),
  });
  /** What the program asks something of. A refresh comes before, with Diff calls of its own. */
  const checked = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let settings: Config = config.parse({});
  let site: Promise<Site> | undefined;

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

  const warn = (urn: string, text: string) => void host.log.lasting(urn, text, "warning");

  /**
   * One site for all resources of the operation; its program is named by the first URN that asks. All that reaches it is loaded here: it takes as long as
   * everything else, and the plugin that only compares settings is done without.
   */
  const siteOf = (urn: string): Promise<Site> => {
    site ??= import("./open-site.ts").then(({ openSite }) =>
      openSite(settings, programOf(urn), host.clock, host.environment, (text) => warn(urn, text)),
    );
    return site;
  };
  const circumstancesOf = async (
    urn: string,
    args: Properties,
    planned: OperationCircumstances["planned"] = () => undefined,
  ): Promise<OperationCircumstances> => {
    const opened = await siteOf(urn);
    const say = (text: string) => warn(urn, text);
    return {
      site: opened,
      turn: host.fences.turnOf(opened, shapeFor(urn), args, { say, signal: stop.signal }),
      clock: host.clock,
      signal: stop.signal,
      timeZone: settings.timeZone,
      ...patienceOf(args),
      order: checked.has(urn) ? order : noOrder,
      status: (text) => show(urn, text),
      planned,
      lasting: (text) => void host.log.lasting(urn, text, "info"),
      warning: say,
    };
  };

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
      checked.add(request.getUrn());
      const { inputs, failures } = check(shapeFor(request.getUrn()).args, propertiesOf(request.getNews()));
      return checkResponse(inputs, failures);
    }),
    diff: answer(async (request: wire.DiffRequest) => {
      const { kind, args } = await known(request.getUrn(), request.getNews());
      const urn = request.getUrn();
      const asked = async () =>
        diff(
          kind,
          lastArgs(kind.shape, propertiesOf(request.getOldInputs())).args,
          propertiesOf(request.getOlds()),
          args,
          readings.get(urn),
          await circumstancesOf(urn, args),
        );
      const { replaces, changes } = checked.has(urn)
        ? await rundown.during(rowOf(urn, kind, args), asked, ({ changes }) => changes.length === 0)
        : await asked();
      return diffResponse(replaces, changes);
    }),
    create: answer(async (request: wire.CreateRequest) => {
      const { kind, args } = await known(request.getUrn(), request.getProperties());
      const id = idOf(kind.shape, args);
      return recorded(id, async () => {
        const state = await rundown.during(rowOf(request.getUrn(), kind, args), async (planned) =>
          create(kind, args, request.getPreview(), await circumstancesOf(request.getUrn(), args, planned)),
        );
        return new proto.CreateResponse().setId(id).setProperties(structOf(state)).setRefreshBeforeUpdate(true);
      });
    }),
    read: answer(async (request: wire.ReadRequest) => {
      const inputs = propertiesOf(request.getInputs());
      if (Object.keys(inputs).length === 0)
        throw new Error("There is nothing to import: write the resource into the program, and `pulumi up` takes it over as it is.");
      const kind = await kindOf(shapeFor(request.getUrn()));
      const { args, problem } = lastArgs(kind.shape, inputs);
      const answer = new proto.ReadResponse().setId(request.getId()).setRefreshBeforeUpdate(true);
      if (problem !== undefined) {
        warn(
          request.getUrn(),
          `${request.getId()}: ${problem}. It is read when \`pulumi up\` has taken over what the program says; until then its last known state stays.`,
        );
        return answer.setProperties(request.getProperties()).setInputs(request.getInputs());
      }
      const { state, reading } = await read(
        kind,
        args,
        propertiesOf(request.getProperties()),
        await circumstancesOf(request.getUrn(), args),
      );
      readings.set(request.getUrn(), reading);
      return answer.setProperties(structOf(state)).setInputs(structOf(args));
    }),
    update: answer(async (request: wire.UpdateRequest) => {
      const { kind, args } = await known(request.getUrn(), request.getNews());
      readings.delete(request.getUrn());
      return recorded(request.getId(), async () => {
        const state = await rundown.during(rowOf(request.getUrn(), kind, args), async (planned) =>
          update(
            kind,
            propertiesOf(request.getOlds()),
            args,
            request.getPreview(),
            await circumstancesOf(request.getUrn(), args, planned),
            lastArgs(kind.shape, propertiesOf(request.getOldInputs())).args,
          ),
        );
        return new proto.UpdateResponse().setProperties(structOf(state)).setRefreshBeforeUpdate(true);
      });
    }),
    delete: answer(async (request: wire.DeleteRequest) => {
      const kind = await kindOf(shapeFor(request.getUrn()));
      const { args, problem } = lastArgs(kind.shape, propertiesOf(request.getOldInputs()));
      if (problem === undefined)
        await remove(kind, args, propertiesOf(request.getProperties()), await circumstancesOf(request.getUrn(), args));
      else
        warn(request.getUrn(), `${request.getId()}: ${problem}. It is taken out of the program's state, and nothing was done at the site.`);
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
      await (await site)?.close();
    },
  };
}
