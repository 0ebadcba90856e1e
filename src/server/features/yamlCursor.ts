/**
 * Where a cursor stands in YAML that is being typed and so need not parse: read off the indentation of the lines around
 * it. Block style only; inside flow collections and block scalars there is no answer.
 */

export interface YamlCursor {
  /** Keys and list indexes from the root to what is being typed; for a key, to the map that it is for. */
  readonly path: readonly (string | number)[];
  /** A key (or an item that may become one) or a value is being typed. */
  readonly position: 'key' | 'value';
  /** True where a value is an item of a list: `- x`. */
  readonly isItem: boolean;
  /** The text from the beginning of the key or value up to the cursor. */
  readonly typed: string;
  /** Columns of the line that a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** The column of the key: what following lines of a snippet are indented by. */
  readonly column: number;
  /** The other fields of the map that the key is for, or that the value's key stands in, with their plain values. */
  readonly siblings: ReadonlyMap<string, string>;
}

interface Entry {
  readonly column: number;
  readonly kind: 'item' | 'key';
  readonly key: string;
  readonly value: string;
}

interface Line {
  readonly indent: number;
  readonly entries: readonly Entry[];
  readonly isBlank: boolean;
}

const keyPattern = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:[\]{},&*!|>'"%@`-][^\s#:]*|-[^\s#:][^\s#:]*)\s*:(?:\s+|$)/;

/** Where `character` on `line` stands. Undefined in a comment, a block scalar or a flow collection. */
export function findYamlCursor(lines: readonly string[], line: number, character: number): YamlCursor | undefined {
  const text = lines[line] ?? '';
  const before = text.slice(0, character);
  if (/(^|\s)#/.test(before) || isInBlockScalar(lines, line, indentOf(before))) return undefined;
  const { column, items, rest } = splitDashes(before);
  const keyMatch = keyPattern.exec(rest);
  if (!keyMatch) return keyCursor(lines, line, text, { column, items, typed: rest });
  const key = unquote(keyMatch[1] ?? '');
  const typed = rest.slice(keyMatch[0].length);
  if (/^[[{|>&*!]/.test(typed)) return undefined;
  const start = column + keyMatch[0].length;
  const parents = findParents(lines, line, column, items);
  return {
    path: [...parents.path, key],
    position: 'value',
    isItem: false,
    typed,
    start,
    end: endOfValue(text, start),
    column,
    siblings: findSiblings(lines, line, column),
  };
}

function keyCursor(lines: readonly string[], line: number, text: string, at: { column: number; items: readonly number[]; typed: string }): YamlCursor {
  const parents = findParents(lines, line, at.column, at.items);
  return {
    path: parents.path,
    position: 'key',
    isItem: at.items.length > 0,
    typed: at.typed,
    start: at.column,
    end: at.items.length > 0 ? endOfValue(text, at.column) : endOfKey(text, at.column),
    column: at.column,
    siblings: findSiblings(lines, line, at.column),
  };
}

/** The column of the content after indentation and dashes, and the columns of the dashes. */
function splitDashes(text: string): { column: number; items: readonly number[]; rest: string } {
  const items: number[] = [];
  let column = indentOf(text);
  while (/^-(\s+|$)/.test(text.slice(column))) {
    items.push(column);
    column += /^-\s*/.exec(text.slice(column))?.[0].length ?? 1;
  }
  return { column, items, rest: text.slice(column) };
}

/** The keys and indexes above a content at `column`, whose own line has dashes at `items`. */
function findParents(lines: readonly string[], line: number, column: number, items: readonly number[]): { path: (string | number)[] } {
  const path: (string | number)[] = [];
  let need = column;
  let belowItem = false;
  for (const item of [...items].reverse()) {
    path.unshift(countItems(lines, line, item));
    need = item;
    belowItem = true;
  }
  for (let at = line - 1; at >= 0 && (need > 0 || belowItem); at--) {
    const { entries, isBlank } = readLine(lines[at] ?? '');
    if (isBlank) continue;
    for (const entry of [...entries].reverse()) {
      const fits = entry.column < need || (belowItem && entry.kind === 'key' && entry.column === need && entry.value === '');
      if (!fits) continue;
      path.unshift(entry.kind === 'key' ? entry.key : countItems(lines, at, entry.column));
      need = entry.column;
      belowItem = entry.kind === 'item';
    }
  }
  return { path };
}

/** How many items stand before the one at `column` of `line` in its list. */
function countItems(lines: readonly string[], line: number, column: number): number {
  let count = 0;
  for (let at = line - 1; at >= 0; at--) {
    const { entries, isBlank, indent } = readLine(lines[at] ?? '');
    if (isBlank) continue;
    const item = entries.find((entry) => entry.kind === 'item' && entry.column === column);
    if (item) count++;
    else if (indent <= column) break;
  }
  return count;
}

/** The fields of the map whose keys stand at `column` around `line`, without that line's own. */
function findSiblings(lines: readonly string[], line: number, column: number): ReadonlyMap<string, string> {
  const siblings = new Map<string, string>();
  const own = splitDashes(lines[line] ?? '');
  const isFirst = own.items.length > 0 && own.column === column;
  const note = (entries: readonly Entry[]): boolean => {
    const entry = entries.find((candidate) => candidate.kind === 'key' && candidate.column === column);
    if (entry) siblings.set(entry.key, entry.value);
    return entry !== undefined && entries.some((candidate) => candidate.kind === 'item');
  };
  for (let at = line - 1; at >= 0 && !isFirst; at--) {
    const { entries, indent, isBlank } = readLine(lines[at] ?? '');
    if (isBlank) continue;
    const isItsFirst = note(entries);
    if (isItsFirst || indent < column) break;
  }
  for (let at = line + 1; at < lines.length; at++) {
    const { entries, indent, isBlank } = readLine(lines[at] ?? '');
    if (isBlank) continue;
    if (indent < column) break;
    note(entries);
  }
  return siblings;
}

function readLine(text: string): Line {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#') || trimmed === '---') return { indent: 0, entries: [], isBlank: true };
  const { column, items, rest } = splitDashes(text);
  const entries: Entry[] = items.map((item) => ({ column: item, kind: 'item', key: '', value: '' }));
  const match = keyPattern.exec(rest);
  if (match)
    entries.push({
      column,
      kind: 'key',
      key: unquote(match[1] ?? ''),
      value: unquote(
        rest
          .slice(match[0].length)
          .replace(/\s+#.*$/, '')
          .trim(),
      ),
    });
  return { indent: indentOf(text), entries, isBlank: false };
}

/** True when a line above with less indentation opened a `|` or `>`. */
function isInBlockScalar(lines: readonly string[], line: number, indent: number): boolean {
  let need = lines[line]?.trim() === '' ? Math.max(indent, 1) : indentOf(lines[line] ?? '');
  for (let at = line - 1; at >= 0 && need > 0; at--) {
    const text = lines[at] ?? '';
    if (text.trim() === '') continue;
    const own = splitDashes(text);
    const first = own.items[0] ?? own.column;
    if (first >= need) continue;
    const owner = keyPattern.test(own.rest) ? own.column : (own.items.at(-1) ?? own.column);
    if (owner < need && /(?::|-)\s+[|>][-+0-9]*\s*(#.*)?$/.test(text)) return true;
    need = first;
  }
  return false;
}

function indentOf(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

function endOfKey(text: string, start: number): number {
  return start + (/^[^\s:#]*/.exec(text.slice(start))?.[0].length ?? 0);
}

function endOfValue(text: string, start: number): number {
  const comment = /\s+#/.exec(text.slice(start));
  return comment ? start + comment.index : Math.max(start, text.trimEnd().length);
}
