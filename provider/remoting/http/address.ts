// Where a URL really leads: to its own host and port, or elsewhere as told. Pure.
import { type Address, addressOf, type ConnectTo } from "../../common/address.ts";

/** The address really connected to; without a port of its own, a URL means that of its scheme. @throws {RangeError} as `addressOf` does */
export function addressOfUrl({ hostname, port, protocol }: URL, connectTo: ConnectTo = {}): Address {
  return addressOf(hostname, port === "" ? (protocol === "https:" ? 443 : 80) : Number(port), connectTo);
}

/** Whether an address can only be this machine. A name counts only when it is `localhost`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
