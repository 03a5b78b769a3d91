// The environment in which the Pulumi CLI runs here: everything that it keeps is in one folder, and the user's own login, plugins and stacks are not touched.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Variables for the CLI (and for the Automation API) that keep its home and its state below `folder`, which is made.
 * Plugins are those that a project names by path and those beside the CLI: none is looked for on PATH, none is downloaded.
 * The state has no files with metadata beside it: Pulumi writes those in place, so that a kill can leave one empty, and the stack unreadable (EOF).
 * The passphrase guards nothing but that folder's own throw-away stacks. Colour is left to the caller.
 */
export function pulumiEnvironment(folder: string): Record<string, string> {
  const state = path.join(folder, "state");
  const home = path.join(folder, "home");
  for (const made of [state, home]) mkdirSync(made, { recursive: true });
  return {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `${pathToFileURL(state).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "pulumi-exchange",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
  };
}
