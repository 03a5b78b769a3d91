// What the benchmark prints: each figure beside its target, and whether it keeps it.

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface Figure {
  readonly what: string;
  readonly value: number;
  /** The most that it may be. */
  readonly target: number;
  readonly unit: string;
}

/** `preview of 40 resources …: 1.31 times (target at most 1.5): OK` */
export function sayFigure({ what, value, target, unit }: Figure): string {
  const number = Number.isInteger(value) ? String(value) : value.toFixed(2);
  return `${what}: ${number}${unit} (target: at most ${target}${unit}): ${keeps({ what, value, target, unit }) ? "OK" : "OVER"}`;
}

export function keeps({ value, target }: Figure): boolean {
  return value <= target;
}

/** Columns as wide as their widest cell; the first to the left, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? "").length)));
  const line = (row: readonly (string | number)[]) =>
    row
      .map((cell, column) => (column === 0 ? String(cell).padEnd(widths[column] ?? 0) : String(cell).padStart(widths[column] ?? 0)))
      .join("  ");
  return rows.map(line).join("\n");
}
