// A resource provider for tests of the set-up: `exchange:index:File` keeps a file's content at `path`, and nothing more.
// A plugin for the real engine over @pulumi/pulumi/proto; the provider itself is in provider/host.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as requests from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

type Answer = grpc.sendUnaryData<object>;
type Call<Request> = { readonly request: Request };

function textOf(properties: struct.Struct | undefined, name: string): string {
  return String(properties?.toJavaScript()[name] ?? "");
}

function observed(path: string): struct.Struct {
  return struct.Struct.fromJavaScript({ path, content: readFileSync(path, "utf8") });
}

function write(news: struct.Struct | undefined): void {
  writeFileSync(textOf(news, "path"), textOf(news, "content"));
}

const server = new grpc.Server();
server.addService(ResourceProviderService, {
  getPluginInfo: (_call: unknown, answer: Answer) => answer(null, new plugin.PluginInfo().setVersion("0.0.1")),
  checkConfig: ({ request }: Call<requests.CheckRequest>, answer: Answer) =>
    answer(null, new provider.CheckResponse().setInputs(request.getNews())),
  diffConfig: (_call: unknown, answer: Answer) => answer(null, new provider.DiffResponse()),
  configure: (_call: unknown, answer: Answer) => answer(null, new provider.ConfigureResponse().setSupportspreview(false)),
  check: ({ request }: Call<requests.CheckRequest>, answer: Answer) =>
    answer(null, new provider.CheckResponse().setInputs(request.getNews())),
  diff: ({ request }: Call<requests.DiffRequest>, answer: Answer) => {
    const changed = textOf(request.getOlds(), "content") !== textOf(request.getNews(), "content");
    const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
    answer(null, new provider.DiffResponse().setChanges(changed ? DIFF_SOME : DIFF_NONE).setDiffsList(changed ? ["content"] : []));
  },
  create: ({ request }: Call<requests.CreateRequest>, answer: Answer) => {
    const path = textOf(request.getProperties(), "path");
    write(request.getProperties());
    answer(null, new provider.CreateResponse().setId(path).setProperties(observed(path)).setRefreshBeforeUpdate(true));
  },
  read: ({ request }: Call<requests.ReadRequest>, answer: Answer) => {
    const path = request.getId();
    if (!existsSync(path)) return answer(null, new provider.ReadResponse());
    const found = observed(path);
    answer(null, new provider.ReadResponse().setId(path).setProperties(found).setInputs(found).setRefreshBeforeUpdate(true));
  },
  update: ({ request }: Call<requests.UpdateRequest>, answer: Answer) => {
    write(request.getNews());
    answer(null, new provider.UpdateResponse().setProperties(observed(request.getId())).setRefreshBeforeUpdate(true));
  },
  delete: ({ request }: Call<requests.DeleteRequest>, answer: Answer) => {
    rmSync(request.getId(), { force: true });
    answer(null, new empty.Empty());
  },
  cancel: (_call: unknown, answer: Answer) => answer(null, new empty.Empty()),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
