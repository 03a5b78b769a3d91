// The one spelling of a DNS name inside, and the one that people read. Names are compared and sent as A-labels (`xn--mnchen-3ya.de`), in lower case and
// without the dot at the end; people may type either spelling, and read Unicode. Pure. Rules: RFC 5890 2.3.2.1, UTS 46 as Node has it.
import { domainToASCII, domainToUnicode } from "node:url";

/** `München.DE.` as `xn--mnchen-3ya.de`. The root stays `.`; what can be no name stays as it is, in lower case, for others to refuse. */
export function hostName(name: string): string {
  const plain = name.length > 1 && name.endsWith(".") ? name.slice(0, -1).toLowerCase() : name.toLowerCase();
  return isAscii(plain) ? plain : domainToASCII(plain) || plain;
}

/** `xn--mnchen-3ya.de` as `münchen.de`; as it is where Unicode would not lead back to it. */
export function sayName(name: string): string {
  if (!name.includes("xn--")) return name;
  const said = domainToUnicode(name);
  return hostName(said) === name ? said : name;
}

/** A mail address whose domain can be sent in SMTP: A-labels. What stands before the @ stays. */
export function mailAddressName(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  return isAscii(domain) ? address : `${address.slice(0, at)}${hostName(domain)}`;
}

function isAscii(text: string): boolean {
  return [...text].every((letter) => letter <= "\x7f");
}
