// An organisation over transports that answer with what a test gives them and note what was asked: cmdlet, typed parameters, server, endpoint.
import type { Endpoint } from "../../provider/exchange/cmdlet.ts";
import { type Organisation, type OrganisationOptions, openOrganisation } from "../../provider/exchange/organisation.ts";
import { psObject } from "../../provider/remoting/clixml/build.ts";
import type { PsObject, PsValue } from "../../provider/remoting/clixml/values.ts";
import type { CmdletAnswer, CmdletErrorRecord, CmdletParameters } from "../../provider/remoting/transport.ts";

export interface NotedCall {
  readonly server: string;
  readonly endpoint: Endpoint;
  readonly cmdlet: string;
  readonly parameters: CmdletParameters;
}

export interface FakeOrganisation {
  readonly organisation: Organisation;
  readonly calls: NotedCall[];
  /** `exchange ex01` for each transport made. */
  readonly opened: string[];
  readonly closed: string[];
  /** The time by which the age of shared readings is told, in milliseconds; moved by the test. */
  readonly clock: { nowMs: number };
  /** Milliseconds that calls were given, and the signals that came with them. */
  readonly limits: { readonly timeoutMs: number | undefined; readonly signal: AbortSignal | undefined }[];
}

/** The domain controller that these organisations are told to use. */
export const controller = "dc01.contoso.local";

/** Answers each call with `answer`, which may also throw. */
export function fakeOrganisation(
  answer: (call: NotedCall) => Partial<CmdletAnswer> | Promise<Partial<CmdletAnswer>> = () => ({}),
  options: Partial<OrganisationOptions> = { domainController: controller },
): FakeOrganisation {
  const calls: NotedCall[] = [];
  const opened: string[] = [];
  const closed: string[] = [];
  const clock = { nowMs: 1_000_000 };
  const limits: { timeoutMs: number | undefined; signal: AbortSignal | undefined }[] = [];
  const organisation = openOrganisation({
    nowMs: () => clock.nowMs,
    timeoutMs: 60_000,
    ...options,
    transportOf: (server, endpoint) => {
      opened.push(`${endpoint} ${server}`);
      return {
        invoke: async (cmdlet, parameters, options) => {
          const call = { server, endpoint, cmdlet, parameters };
          calls.push(call);
          limits.push({ timeoutMs: options?.timeoutMs, signal: options?.signal });
          return { objects: [], warnings: [], errors: [], ...(await answer(call)) };
        },
        close: async () => {
          closed.push(`${endpoint} ${server}`);
        },
      };
    },
  });
  return { organisation, calls, opened, closed, clock, limits };
}

/** Every call is answered with these objects. */
export function answering(...objects: readonly Readonly<Record<string, PsValue>>[]): FakeOrganisation {
  return fakeOrganisation(() => ({ objects: objects.map(withProperties) }));
}

export function withProperties(properties: Readonly<Record<string, PsValue>>): PsObject {
  return psObject({ properties });
}

export function list(...values: readonly PsValue[]): PsObject {
  return psObject({ items: values });
}

export function errorRecord(overrides: Partial<CmdletErrorRecord> = {}): CmdletErrorRecord {
  return {
    message: "It failed.",
    fullyQualifiedErrorId: "",
    failureCategory: "",
    category: "NotSpecified",
    targetName: "",
    terminating: true,
    ...overrides,
  };
}

export const now = { maxAgeMs: 0 };
