// How a program is started for the engine, and what its exit means. Pure.
// Follows `@pulumi/pulumi/cmd/run`: its flags, its environment, its exit code 32.

/** The fields of a `RunRequest` that decide how the program is started. */
export interface ProgramRun {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly pwd: string;
  readonly program: string;
  readonly argsList: readonly string[];
  readonly dryrun: boolean;
  readonly parallel: number;
  readonly monitorAddress: string;
  readonly configMap: readonly (readonly [string, string])[];
  readonly configsecretkeysList: readonly string[];
  readonly info?: { readonly rootDirectory: string; readonly programDirectory: string; readonly entryPoint: string } | undefined;
}

/** Of `@pulumi/pulumi/cmd/run`: the program failed and has told the user why already. */
const EXIT_AFTER_MESSAGE = 32;

/** Arguments for `@pulumi/pulumi/cmd/run`: its flags, the entry point, the program's own arguments. */
export function programArguments(run: ProgramRun, engineAddress: string): string[] {
  const flags = {
    monitor: run.monitorAddress,
    engine: engineAddress,
    organization: run.organization,
    project: run.project,
    "root-directory": run.info?.rootDirectory ?? "",
    stack: run.stack,
    pwd: run.info?.programDirectory || run.pwd,
    parallel: run.parallel > 0 ? String(run.parallel) : "",
  };
  const given = Object.entries(flags).filter(([, value]) => value !== "");
  const entryPoint = run.info?.entryPoint || run.program || ".";
  return [...given.map(([name, value]) => `--${name}=${value}`), ...(run.dryrun ? ["--dry-run"] : []), entryPoint, ...run.argsList];
}

/** What the program's SDK reads of the stack's configuration. TypeScript stays with Node itself: no loader. */
export function programEnvironment(run: ProgramRun): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(run.configMap)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.configsecretkeysList),
    PULUMI_NODEJS_TYPESCRIPT: "false",
  };
}

/** What the engine is told when the program has ended: nothing, that it has said why itself, or that it failed. */
export function exitOf(code: number | null, signal: string | null): { readonly bail: boolean; readonly error: string } {
  if (code === 0) return { bail: false, error: "" };
  if (code === EXIT_AFTER_MESSAGE) return { bail: true, error: "" };
  return { bail: false, error: signal ? `the program was ended by ${signal}` : `the program ended with exit code ${code}` };
}
