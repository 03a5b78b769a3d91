// The plugin that ours is measured against: it answers every request of the engine at once, with what it was given, and knows nothing.
import * as grpc from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as wire from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

type Answer = grpc.sendUnaryData<object>;
type Call<Request> = { readonly request: Request };

const { DIFF_NONE } = proto.DiffResponse.DiffChanges;

const server = new grpc.Server();
server.addService(ResourceProviderService, {
  getPluginInfo: (_call: unknown, answer: Answer) => answer(null, new pluginProto.PluginInfo().setVersion("0.0.1")),
  checkConfig: ({ request }: Call<wire.CheckRequest>, answer: Answer) =>
    answer(null, new proto.CheckResponse().setInputs(request.getNews())),
  diffConfig: (_call: unknown, answer: Answer) => answer(null, new proto.DiffResponse().setChanges(DIFF_NONE)),
  configure: (_call: unknown, answer: Answer) => answer(null, new proto.ConfigureResponse().setSupportspreview(true)),
  check: ({ request }: Call<wire.CheckRequest>, answer: Answer) => answer(null, new proto.CheckResponse().setInputs(request.getNews())),
  diff: (_call: unknown, answer: Answer) => answer(null, new proto.DiffResponse().setChanges(DIFF_NONE)),
  create: ({ request }: Call<wire.CreateRequest>, answer: Answer) =>
    answer(null, new proto.CreateResponse().setId(request.getUrn()).setProperties(request.getProperties()).setRefreshBeforeUpdate(true)),
  read: ({ request }: Call<wire.ReadRequest>, answer: Answer) =>
    answer(
      null,
      new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs())
        .setRefreshBeforeUpdate(true),
    ),
  cancel: (_call: unknown, answer: Answer) => answer(null, new empty.Empty()),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
