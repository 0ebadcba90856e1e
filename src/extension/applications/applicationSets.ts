/** Finds ApplicationSets in a text without parsing it: enough for a menu and a lens; the server knows exactly. */

/** The 0-based lines on which the ApplicationSets of a text begin, behind `---` and comments. */
export function applicationSetLines(text: string): readonly number[] {
  if (!text.includes('ApplicationSet')) return [];
  const lines = text.split(/\r?\n/);
  const starts = [0, ...lines.flatMap((line, index) => (/^---(\s|$)/.test(line) ? [index + 1] : []))];
  return starts.flatMap((start, index) => {
    const document = lines.slice(start, starts[index + 1] ?? lines.length);
    if (!document.some((line) => /^kind:\s*(["']?)ApplicationSet\1\s*(#.*)?$/.test(line))) return [];
    const first = document.findIndex((line) => /^[^\s#-]/.test(line));
    return [start + Math.max(0, first)];
  });
}

/** A change of a text: its lines from `first` to `last` are replaced by `lines` line breaks more than none. All 0-based. */
export interface LineChange {
  readonly first: number;
  readonly last: number;
  readonly lines: number;
}

/** Where a line is after a change. One in the midst of a replaced range stays at its beginning. */
export function followLine(line: number, { first, last, lines }: LineChange): number {
  if (line <= first) return line;
  return line > last ? line + lines - (last - first) : first;
}
