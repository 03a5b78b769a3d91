// Pulumi's wire form of properties and errors, to and from plain data. The only file that knows google-protobuf.
import * as grpc from "@grpc/grpc-js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { sentenceOf } from "./defect.ts";
import type { Properties } from "./operation.ts";

export function propertiesOf(message: struct.Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

/** How Pulumi marks a value as secret where the other side is not known to keep secrets apart: as a record with this member. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The properties with every secret as the plain value that it is. Only for what is used, never for what goes back to the engine. */
export function revealed(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const members = new Map(Object.entries(value));
  return members.get(signature) === secretSignature ? plain(members.get("value")) : revealed(Object.fromEntries(members));
}

/** A struct; members must be plain data (numbers, texts, booleans, null, lists, records). */
export function structOf(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

/** The gRPC error that stands for `error`: its message, and nothing of where in our code it arose. */
export function failure(error: unknown): grpc.ServiceError {
  return serviceError(sentenceOf(error), new grpc.Metadata());
}

/** The error that makes the engine keep `state` although the operation did not end as asked. */
export function partialFailure(id: string, state: Properties, reason: string): grpc.ServiceError {
  const detail = new providerProto.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(structOf(state));
  detail.setReasonsList([reason]);
  detail.setRefreshBeforeUpdate(true);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusProto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(reason);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return serviceError(reason, metadata);
}

function serviceError(message: string, metadata: grpc.Metadata): grpc.ServiceError {
  return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

/** Whether an error is in its wire form already. */
export function isWireError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "metadata" in error && error.metadata instanceof grpc.Metadata;
}
