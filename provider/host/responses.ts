// Answers of Check and Diff in Pulumi's wire form.
import type * as wire from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { Properties } from "./operation.ts";
import { same } from "./same.ts";
import { structOf } from "./structs.ts";

export function checkResponse(
  inputs: Properties,
  failures: readonly { readonly property: string; readonly reason: string }[],
): wire.CheckResponse {
  const response = new proto.CheckResponse().setInputs(structOf(inputs));
  return response.setFailuresList(failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason)));
}

export function diffResponse(replaces: readonly string[], changes: readonly string[]): wire.DiffResponse {
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

/** The names of members that are not the same in both. */
export function differing(olds: Properties, news: Properties): readonly string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !same(olds[name], news[name])).sort();
}
