// Signatures by name alone, for tests that do not care at which endpoint a cmdlet stands.
import { ok } from "node:assert/strict";
import type { Configuration } from "../../lab/serve/cmdlet-host.ts";
import { signatureOf } from "../../lab/serve/cmdlets/list.ts";
import type { Signature } from "../../lab/serve/signatures.ts";

export function signatureFor(cmdlet: string): Signature {
  const both: readonly Configuration[] = ["Microsoft.Exchange", "Microsoft.PowerShell"];
  const signature = both.map((configuration) => signatureOf(configuration, cmdlet)).find((found) => found !== undefined);
  ok(signature, cmdlet);
  return signature;
}
