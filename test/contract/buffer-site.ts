// What the suite for buffer hosts needs of one: where it is, how it is entered, and its surroundings to play with.
import type { ConnectTo } from "../../provider/common/address.ts";

export const bufferName = "buffer.contoso-mail.net";

/** One running buffer host that takes mail for contoso.com, and the mail host behind it. */
export interface BufferSite {
  readonly connectTo: ConnectTo;
  readonly user: string;
  readonly sudo: boolean;
  readonly privateKey: string;
  readonly hostKey: string;
  readonly configDirectory: string;
  readonly logFile: string;
  readonly claimFile: string;
  /** Runs a command on the host, with `stdin`, by another way than the one under test. */
  shell(command: string, stdin?: string): Promise<void>;
  /** Whether the next hop answers. */
  setNextHop(up: boolean): Promise<void>;
  /** Message-IDs that reached the next hop, in their order. */
  arrived(): Promise<readonly string[]>;
  /** Lets a little time go by. */
  pass(): Promise<void>;
  stop(): Promise<void>;
}
