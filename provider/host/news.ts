// What has changed by itself since the last run, in lines that stay.
import type { Moment, RecordedState } from "../engine/resource.ts";
import type { SiteResource } from "../resources/define-resource.ts";
import type { Properties } from "./operation.ts";

/** `before` is what the last run recorded, `now` what is recorded after this reading. */
export function newsOf(
  resource: SiteResource,
  args: Properties,
  actual: unknown,
  before: RecordedState,
  now: RecordedState,
  moment: Moment,
): readonly string[] {
  const [normal, ofNow] = [before, now].map((each) => sayNormal(resource, each));
  return [
    ...(normal === ofNow
      ? []
      : [`What is normal for ${resource.titleOf(args)} has changed since the last run, and is taken over: ${normal} -> ${ofNow}.`]),
    ...(resource.news?.(args, actual, before, now, moment) ?? []),
  ];
}

/** What is normal in words; with a reading, also what is not part of it. */
export function sayNormal({ normal }: SiteResource, recorded: RecordedState, actual?: unknown): string | undefined {
  return recorded.normal === undefined ? undefined : normal?.say?.(recorded.normal, actual);
}
