// Where a host and port are really reached: a lab and a tunnel put them elsewhere than the name says (`connectTo`, as curl's --connect-to).
// One resolver for all edges, so that none contacts the real host where another does not. Pure.
import { hostName } from "./host-name.ts";

/** `mail.contoso.com:25` -> `127.0.0.1:2525`. Case and a dot at the end of a name do not matter; an IPv6 address stands in brackets. */
export type ConnectTo = Readonly<Record<string, string>>;

export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The address to connect to for `host` and `port`.
 * @throws {RangeError} when its entry does not lead to `<host>:<port>`, or when any entry begins with something else: it may be meant for this host
 */
export function addressOf(host: string, port: number, connectTo: ConnectTo = {}): Address {
  const named: Address = { host: host.replace(/^\[(.*)\]$/, "$1"), port };
  const entries = Object.entries(connectTo).map(([from, to]) => ({ from, to, key: keyOf(parseAddress(from, "connectTo has")) }));
  const found = entries.find(({ key }) => key === keyOf(named));
  return found === undefined ? named : parseAddress(found.to, `connectTo of ${found.from} is`);
}

/** Reads `<host>:<port>`; `where` begins the sentence about anything else. @throws {RangeError} */
export function parseAddress(text: string, where = "an address is"): Address {
  const match = /^(?:\[([^[\]]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) throw new RangeError(`${where} "${text}"; expected <host>:<port>, such as 127.0.0.1:2525`);
  return { host, port };
}

function keyOf({ host, port }: Address): string {
  return `${hostName(host)} ${port}`;
}
