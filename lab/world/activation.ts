// What the directory says of activating database copies on one server. The DAG reads it where its decisions are made; the server reads its own.
import type { Attribute } from "./directory.ts";

/** DatabaseCopyAutoActivationPolicy */
export type ActivationPolicy = "Unrestricted" | "IntrasiteOnly" | "Blocked";

export interface ActivationSettings {
  readonly policy: Attribute<ActivationPolicy>;
  /** DatabaseCopyActivationDisabledAndMoveNow */
  readonly moveNow: Attribute<boolean>;
}
