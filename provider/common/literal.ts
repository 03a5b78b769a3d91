// A value as a person types it into a program. Pure.

/** `{ "contoso.com": { exchanges: [{ preference: 10, exchange: "mail.contoso.com" }], ttlSeconds: 600 } }` */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)}: ${literal(member)}`,
  );
  return `{ ${members.join(", ")} }`;
}
