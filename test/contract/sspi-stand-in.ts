// Compiles sspi-stand-in.c into a folder of its own and loads it as the provider loads Windows' library. A stand-in: see the C file's header.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as koffi from "koffi";
import type { SealedMessage } from "../../provider/remoting/auth/security.ts";
import { Sspi } from "../../provider/remoting/auth/sspi/library.ts";
import { checkout } from "../../setup/places.ts";
import { runFile } from "./processes.ts";

export interface StandInOptions {
  /** What a context is granted. Default: all that the provider asks for. */
  readonly granted?: number;
  /** Tokens that the client sends. */
  readonly tokens?: number;
  /** Milliseconds that a step takes. */
  readonly sleepMs?: number;
  /** Bytes of padding that a sealed message gets; AES has none. */
  readonly paddingBytes?: number;
  /** What an opened message is said to be. */
  readonly quality?: number;
}

export interface StandIn {
  readonly sspi: Sspi;
  /** Forgets everything but handles that were not freed. */
  reset(options?: StandInOptions): void;
  /** SECURITY_STATUS of the next calls, in turn; `undefined`: what it would be anyway. */
  answer(...statuses: readonly (number | undefined)[]): void;
  /** A line for each call since the last look. */
  told(): readonly string[];
  /** Handles that were made and not freed: credentials, contexts. */
  live(): readonly [credentials: number, contexts: number];
  /** What the server reads in the client's `number`th message, from 0; `undefined` when it was changed. */
  serverOpens(number: number, message: SealedMessage): Buffer | undefined;
  /** The server's `number`th message, from 0. */
  serverSeals(number: number, plain: Uint8Array): SealedMessage;
}

const ALL = 0x1_001e;
const TRAILER_BYTES = 60;
const UNCHANGED = 0xffff_ffff;

let loaded: Promise<StandIn> | undefined;

/** One for the whole process: koffi knows each struct's name once. */
export function sspiStandIn(): Promise<StandIn> {
  loaded ??= load();
  return loaded;
}

/** Text as the stand-in tells it. */
export function wide(text: string): string {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, "0")).join("");
}

async function load(): Promise<StandIn> {
  const folder = await mkdtemp(path.join(tmpdir(), "sspi-"));
  try {
    const file = path.join(folder, "secur32.so");
    const source = path.join(checkout, "test", "contract", "sspi-stand-in.c");
    await runFile("gcc", ["-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-pthread", "-o", file, source]);
    return standIn(new Sspi(koffi, file), koffi.load(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function standIn(sspi: Sspi, library: koffi.LibraryHandle): StandIn {
  const reset = library.func("void StandInReset(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)");
  const answer = library.func("void StandInAnswer(uint32_t)");
  const told = library.func("const char *StandInTold()");
  const live = library.func("uint32_t StandInLive(uint32_t)");
  const open = library.func("uint32_t StandInOpen(uint32_t, uint8_t *, uint32_t, uint8_t *)");
  const seal = library.func("void StandInSeal(uint32_t, uint8_t *, uint32_t, uint8_t *)");
  return {
    sspi,
    reset({ granted = ALL, tokens = 1, sleepMs = 0, paddingBytes = 0, quality = 0 } = {}) {
      reset(granted, tokens, sleepMs, paddingBytes, quality);
    },
    answer(...statuses) {
      for (const status of statuses) answer(status ?? UNCHANGED);
    },
    told: () => String(told()).split("\n").slice(0, -1),
    live: () => [Number(live(0)), Number(live(1))],
    serverOpens(number, { signature, data }) {
      const bytes = Buffer.from(data);
      return open(number, bytes, bytes.length, Buffer.from(signature)) === 1 ? bytes : undefined;
    },
    serverSeals(number, plain) {
      const [data, signature] = [Buffer.from(plain), Buffer.alloc(TRAILER_BYTES)];
      seal(number, data, data.length, signature);
      return { signature, data };
    },
  };
}
