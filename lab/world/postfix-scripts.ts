// The scripts that the lab's buffer host understands, each known by its whole text: what it does is written here, nothing is read out of it.
// That it does the same as sh(1) with that text: the suite in test/contract passes with both. Nothing here is killed by a signal.
import { CommandFailure, type Program, type ProgramCall, type ShellResult } from "./postfix-account.ts";

type Script = (parameters: readonly string[], call: ProgramCall) => ShellResult;

const scripts: Readonly<Record<string, Script>> = {
  '$1 /usr/sbin/postconf -c "$2" -e "$3" && $1 /usr/sbin/postfix -c "$2" reload': ([sudo, config = "", setting = ""], { run }) =>
    untilOneFails([
      () => run([...fields(sudo), "/usr/sbin/postconf", "-c", config, "-e", setting]),
      () => run([...fields(sudo), "/usr/sbin/postfix", "-c", config, "reload"]),
    ]),
  '$1 /usr/sbin/postsuper -c "$2" -H - && for try in 1 2 3; do $1 /usr/sbin/postqueue -c "$2" -f; code=$?; test "$code" -lt 128 && break; sleep 1; done; exit $code':
    ([sudo, config = ""], { run, stdin }) =>
      untilOneFails([
        () => run([...fields(sudo), "/usr/sbin/postsuper", "-c", config, "-H", "-"], stdin),
        () => run([...fields(sudo), "/usr/sbin/postqueue", "-c", config, "-f"]),
      ]),
  '$1 /usr/sbin/postsuper -c "$2" -r - && for try in 1 2 3; do $1 /usr/sbin/postkick -c "$2" public pickup W; code=$?; test "$code" -lt 128 && break; sleep 1; done; exit $code':
    ([sudo, config = ""], { run, stdin }) =>
      untilOneFails([
        () => run([...fields(sudo), "/usr/sbin/postsuper", "-c", config, "-r", "-"], stdin),
        () => run([...fields(sudo), "/usr/sbin/postkick", "-c", config, "public", "pickup", "W"]),
      ]),
  'exec 4>&1; status=$({ { $1 "$2" -dc "$3"; echo $? >&3; } | tail -c "+$4" | { head -c "$5"; cat > /dev/null; } >&4; } 3>&1); exit $status':
    ([sudo, packer = "", file = "", from = "", length = ""], { run }) => {
      const whole = run([...fields(sudo), packer, "-dc", file]);
      const bytes = Buffer.from(whole.stdout).subarray(Number(from) - 1);
      return { ...whole, stdout: bytes.subarray(0, Number(length)).toString() };
    },
  'sudo=$1 draft=$4; $sudo mkdir -p "$2" && printf "%s\\n" "$5" | $sudo tee "$draft" > /dev/null && $sudo ln "$draft" "$3"; made=$?; shift 5; $sudo rm -f "$draft" "$@"; exit $made':
    ([sudo, folder = "", file = "", draft = "", text = "", ...outdated], { run }) => {
      const made = untilOneFails([
        () => run([...fields(sudo), "mkdir", "-p", folder]),
        () => ({ ...run([...fields(sudo), "tee", draft], `${text}\n`), stdout: "" }),
        () => run([...fields(sudo), "ln", draft, file]),
      ]);
      return { ...both(made, run([...fields(sudo), "rm", "-f", draft, ...outdated])), code: made.code };
    },
};

/** `sh -c text name parameters…` */
export const sh: Program = (call) => {
  const [option, text = "", _name, ...parameters] = call.args;
  const script = option === "-c" ? scripts[text] : undefined;
  if (script === undefined) throw new CommandFailure(2, "sh: 1: Syntax error");
  return script(parameters, call);
};

/** An unquoted parameter: none, one or several words. */
function fields(text = ""): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}

function untilOneFails(steps: readonly (() => ShellResult)[]): ShellResult {
  let all: ShellResult = { code: 0, stdout: "", stderr: "" };
  for (const step of steps) {
    all = both(all, step());
    if (all.code !== 0) break;
  }
  return all;
}

/** What two said, with the exit code of the later one. */
function both(one: ShellResult, other: ShellResult): ShellResult {
  return { code: other.code, stdout: one.stdout + other.stdout, stderr: one.stderr + other.stderr };
}
