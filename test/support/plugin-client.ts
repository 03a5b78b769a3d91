// The plugin's service on loopback with Pulumi's own generated client before it: what the engine would send and get.
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import type { Clock } from "../../provider/engine/clock.ts";
import type { Properties } from "../../provider/host/operation.ts";
import { type Host, service } from "../../provider/host/service.ts";
import { propertiesOf, structOf } from "../../provider/host/structs.ts";
import { newFences } from "./turns.ts";

export interface PluginClient {
  readonly client: ResourceProviderClient;
  /** `info contoso: …`: every line that stays under Diagnostics. */
  readonly lines: readonly string[];
  readonly status: readonly string[];
  stop(): Promise<void>;
}

/** Starts the service; its clock is the caller's, its environment empty unless given. */
export async function startPlugin(clock: Clock, host: Partial<Host> = {}): Promise<PluginClient> {
  const lines: string[] = [];
  const status: string[] = [];
  const { methods, close } = service({
    version: "9.8.7",
    clock,
    environment: {},
    fences: newFences(),
    log: {
      status: (_urn, text) => void status.push(text),
      lasting: async (urn, text, severity) => void lines.push(`${severity} ${urn.split("::").at(-1)}: ${text}`),
    },
    ...host,
  });
  const server = new grpc.Server();
  server.addService(ResourceProviderService, methods);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  const client = new ResourceProviderClient(`127.0.0.1:${await promise}`, grpc.credentials.createInsecure());
  return {
    client,
    lines,
    status,
    stop: async () => {
      client.close();
      await close();
      const ended = Promise.withResolvers<void>();
      server.tryShutdown(() => ended.resolve());
      await ended.promise;
    },
  };
}

/** One request and its answer. @throws {grpc.ServiceError} */
export function ask<Response>(send: (reply: (error: grpc.ServiceError | null, response: Response) => void) => unknown): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  send((error, response) => (error === null ? resolve(response) : reject(error)));
  return promise;
}

/** What the engine asks of the resource `urn`. */
export function requests(client: ResourceProviderClient, urn: string) {
  return {
    check: (news: Properties) =>
      ask<proto.CheckResponse>((reply) => client.check(new proto.CheckRequest().setUrn(urn).setNews(structOf(news)), reply)),
    create: (properties: Properties, preview: boolean) =>
      ask<proto.CreateResponse>((reply) =>
        client.create(new proto.CreateRequest().setUrn(urn).setProperties(structOf(properties)).setPreview(preview), reply),
      ),
    read: (id: string, inputs: Properties, state: Properties) =>
      ask<proto.ReadResponse>((reply) =>
        client.read(new proto.ReadRequest().setUrn(urn).setId(id).setInputs(structOf(inputs)).setProperties(structOf(state)), reply),
      ),
    diff: (oldInputs: Properties, olds: Properties, news: Properties) =>
      ask<proto.DiffResponse>((reply) =>
        client.diff(
          new proto.DiffRequest().setUrn(urn).setOldInputs(structOf(oldInputs)).setOlds(structOf(olds)).setNews(structOf(news)),
          reply,
        ),
      ),
    update: (id: string, olds: Properties, news: Properties) =>
      ask<proto.UpdateResponse>((reply) =>
        client.update(new proto.UpdateRequest().setUrn(urn).setId(id).setOlds(structOf(olds)).setNews(structOf(news)), reply),
      ),
  };
}

/** The sentence that a gRPC error carries to the engine. */
export function detailsOf(error: unknown): string {
  return error instanceof Error && "details" in error ? String(error.details) : `no gRPC error: ${String(error)}`;
}

/** What an error makes the engine keep although the operation did not end as asked; `undefined` where it makes it keep nothing. */
export function keptBy(
  error: unknown,
): { readonly id: string; readonly state: Properties; readonly reasons: readonly string[] } | undefined {
  if (!(error instanceof Error) || !("metadata" in error) || !(error.metadata instanceof grpc.Metadata)) return undefined;
  const [details] = error.metadata.get("grpc-status-details-bin");
  if (!(details instanceof Uint8Array)) return undefined;
  const status = statusProto.Status.deserializeBinary(details);
  const failed = status.getDetailsList()[0]?.unpack(proto.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (failed === null || failed === undefined) return undefined;
  return { id: failed.getId(), state: propertiesOf(failed.getProperties()), reasons: failed.getReasonsList() };
}
