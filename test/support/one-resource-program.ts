// A Pulumi program with one resource, for what a program may say wrongly: the stack's configuration names its kind and its
// arguments; `normal` may be a file.
import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../../provider/index.ts";

interface Asked {
  readonly kind: "MxRecord" | "TransportState" | "SitePause";
  readonly args: Record<string, unknown>;
}

const kinds: Readonly<Record<Asked["kind"], new (name: string, args: never) => unknown>> = {
  MxRecord: exchange.MxRecord,
  TransportState: exchange.TransportState,
  SitePause: exchange.SitePause,
};
const { kind, args } = new pulumi.Config("site").requireObject<Asked>("resource");
const { normal } = args;
// What is wrong with the arguments is for the provider to say, not for the compiler.
new kinds[kind]("asked", { ...args, ...(typeof normal === "string" ? { normal: exchange.normalFrom(normal) } : {}) } as never);
