// Speaks to the engine: ephemeral lines on a resource's own row, and lines that stay under Diagnostics.
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

export interface EngineLog {
  /**
   * Shown on the row of `urn` until something else is; it leaves no trace but where rows are written one below the other, as in a log. There it is read
   * when it was said, so `at` stands behind it, where a narrow row is cut.
   */
  status(urn: string, text: string, at: string): void;
  /** Stays under Diagnostics. Lines of one text stay together. */
  lasting(urn: string, text: string, severity: "info" | "warning"): Promise<void>;
}

/** `address` is the engine's, as it was given to the plugin; without one (a plugin that is attached to) nothing is shown. */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) return { status: () => undefined, lasting: async () => undefined };
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  const log = (urn: string, text: string, severity: 0 | 1 | 2 | 3, ephemeral: boolean): Promise<void> => {
    const request = new engine.LogRequest().setUrn(urn).setMessage(text).setSeverity(severity).setEphemeral(ephemeral);
    const { promise, resolve } = Promise.withResolvers<void>();
    // An engine that is going away no longer listens; that is no failure of the resource.
    client.log(request, () => resolve());
    return promise;
  };
  const shown = new Map<string, string>();
  return {
    status: (urn, text, at) => {
      if (shown.get(urn) === text) return;
      shown.set(urn, text);
      // Behind a line break a row shows nothing.
      void log(urn, `${text.replaceAll(/\s*\n\s*/g, " ")} [${at}]`, engine.LogSeverity.INFO, true);
    },
    lasting: (urn, text, severity) => log(urn, text, severity === "info" ? engine.LogSeverity.INFO : engine.LogSeverity.WARNING, false),
  };
}
