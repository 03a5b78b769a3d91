// The data of a record that came from a name server, as text in the one spelling of `DnsRecord`. Pure. Rules: RFC 1035 5.1, RFC 6698 2.2 (TLSA).
import type { Answer as WireRecord } from "dns-packet";
import { hostName } from "../common/host-name.ts";
import { keyOf } from "./sets.ts";

/** `10 mail.contoso.com`, `"v=spf1 mx -all"`; `undefined` for a type that is no `RecordType`. */
export function dataOf(record: WireRecord): string | undefined {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.data;
    case "CNAME":
      return hostName(record.data);
    case "MX":
      return keyOf({ preference: record.data.preference ?? 0, exchange: hostName(record.data.exchange) });
    case "TLSA":
      return `${record.data.usage} ${record.data.selector} ${record.data.matchingType} ${record.data.certificate.toString("hex")}`;
    case "TXT":
      return [record.data].flat().map(quoted).join(" ");
    default:
      return undefined;
  }
}

function quoted(text: string | Buffer): string {
  return `"${String(text).replace(/["\\]/g, "\\$&")}"`;
}
