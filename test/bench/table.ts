/** Figures of a benchmark: percentiles, and the table that they are shown in. */

/** One line of the table. */
export interface Row {
  readonly what: string;
  /** The figure with its unit, or why there is none. */
  readonly measured: string;
  /** The budget that the project gave itself, or what the figure is to be compared with. */
  readonly budget: string;
  /** Machine-readable value, so that two revisions can be compared: smaller is better. */
  readonly value?: number;
}

/** The `q` quantile (0 to 1) of a non-empty list. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** `1.23 ms`, `12 ms`, `1.2 s`: as many digits as mean something. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 10_000 ? 0 : 1)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;
}

export function formatBytes(bytes: number): string {
  return bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MB` : `${Math.round(bytes / 1024)} KB`;
}

/** A Markdown table, its columns padded so that it reads well on a terminal too. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}
