/**
 * The patterns that Argo CD and Helm take: globs of gobwas (github.com/gobwas/glob v0.2.3) in projects, directory sources and
 * `.Files.Glob`, Go's path.Match in kinds of projects, folders of generators and `.helmignore`, and git's pathspecs in files of
 * generators. All run in time that grows with pattern times text: patterns come from workspaces that are not trusted.
 */

type GlobNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any'; readonly crosses: boolean }
  | { readonly kind: 'one' }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly has: (character: string) => boolean }
  | { readonly kind: 'choice'; readonly branches: readonly (readonly GlobNode[])[] };

/**
 * True where a glob matches the whole text: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\`. A pattern that can't be read
 * matches nothing, as in Argo CD (util/glob/glob.go).
 * @param separators characters that `*` and `?` don't match
 */
export function matchGlob(pattern: string, text: string, separators = ''): boolean {
  const nodes = new GlobParser(pattern).parse();
  if (!nodes) return false;
  const characters = [...text];
  return advance(nodes, new Set([0]), characters, separators).has(characters.length);
}

/** False for a glob that can't be read. */
export function isReadableGlob(pattern: string): boolean {
  return new GlobParser(pattern).parse() !== undefined;
}

/** Where a match may stand behind the nodes when it stood at one of `from`. */
function advance(nodes: readonly GlobNode[], from: ReadonlySet<number>, text: readonly string[], separators: string): ReadonlySet<number> {
  let at = from;
  for (const node of nodes) {
    if (at.size === 0) return at;
    at = advanceOne(node, at, text, separators);
  }
  return at;
}

function advanceOne(node: GlobNode, from: ReadonlySet<number>, text: readonly string[], separators: string): ReadonlySet<number> {
  const next = new Set<number>();
  switch (node.kind) {
    case 'text': {
      const wanted = [...node.text];
      for (const at of from) if (wanted.every((character, index) => text[at + index] === character)) next.add(at + wanted.length);
      return next;
    }
    case 'any': {
      const stops = (at: number): boolean => at >= text.length || (!node.crosses && separators.includes(text[at] ?? ''));
      for (const start of from) {
        for (let at = start; !next.has(at); at++) {
          next.add(at);
          if (stops(at)) break;
        }
      }
      return next;
    }
    case 'one':
      for (const at of from) if (at < text.length && !separators.includes(text[at] ?? '')) next.add(at + 1);
      return next;
    case 'class':
      for (const at of from) if (at < text.length && node.has(text[at] ?? '') !== node.isNegated) next.add(at + 1);
      return next;
    case 'choice':
      for (const branch of node.branches) for (const at of advance(branch, from, text, separators)) next.add(at);
      return next;
  }
}

/** How deep braces may stand in braces. */
const deepestBraces = 50;

class GlobParser {
  readonly #text: readonly string[];
  #at = 0;
  #failed = false;

  constructor(pattern: string) {
    this.#text = [...pattern];
  }

  parse(): readonly GlobNode[] | undefined {
    const nodes = this.#sequence(0);
    return this.#failed ? undefined : nodes;
  }

  /** Up to the end, or inside braces up to a comma or the closing one. Braces that are never closed end with the pattern. */
  #sequence(depth: number): readonly GlobNode[] {
    const nodes: GlobNode[] = [];
    while (this.#at < this.#text.length && !this.#failed) {
      const character = this.#text[this.#at] ?? '';
      if (depth > 0 && (character === ',' || character === '}')) return nodes;
      nodes.push(this.#node(character, depth));
    }
    return nodes;
  }

  #node(character: string, depth: number): GlobNode {
    if (character !== '*' && character !== '?' && character !== '[' && character !== '{') return this.#plain(depth);
    this.#at++;
    if (character === '?') return { kind: 'one' };
    if (character === '[') return this.#class();
    if (character === '{') return this.#choice(depth + 1);
    const crosses = this.#text[this.#at] === '*';
    if (crosses) this.#at++;
    return { kind: 'any', crosses };
  }

  #plain(depth: number): GlobNode {
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? '';
      if (character === '\\') {
        this.#at++;
        text += this.#text[this.#at] ?? '';
      } else if ('?*[{'.includes(character) || (depth > 0 && (character === ',' || character === '}'))) break;
      else text += character;
    }
    return { kind: 'text', text };
  }

  #choice(depth: number): GlobNode {
    if (depth > deepestBraces) this.#failed = true;
    const branches: (readonly GlobNode[])[] = [];
    while (!this.#failed) {
      branches.push(this.#sequence(depth));
      const end = this.#text[this.#at];
      this.#at++;
      if (end !== ',') break;
    }
    return { kind: 'choice', branches };
  }

  /** `[abc]`, `[!abc]`, `[a-c]`: a list or one range, as gobwas has it. */
  #class(): GlobNode {
    const isNegated = this.#text[this.#at] === '!';
    if (isNegated) this.#at++;
    const low = this.#text[this.#at];
    if (low !== undefined && this.#text[this.#at + 1] === '-') {
      const high = this.#text[this.#at + 2];
      if (high === undefined || this.#text[this.#at + 3] !== ']' || high < low) this.#failed = true;
      this.#at += 4;
      return { kind: 'class', isNegated, has: (character) => high !== undefined && character >= low && character <= high };
    }
    let members = '';
    for (; this.#at < this.#text.length && this.#text[this.#at] !== ']'; this.#at++) {
      if (this.#text[this.#at] === '\\') this.#at++;
      members += this.#text[this.#at] ?? '';
    }
    if (this.#at >= this.#text.length || members === '') this.#failed = true;
    this.#at++;
    const list = new Set(members);
    return { kind: 'class', isNegated, has: (character) => list.has(character) };
  }
}

/**
 * Go's path.Match: `*` and `?` don't cross `/`, `[^a-z]`, `\`; the whole text has to match. A pattern that can't be read
 * matches nothing.
 */
export function matchPath(pattern: string, text: string): boolean {
  const nodes = parsePathPattern(pattern);
  if (!nodes) return false;
  const characters = [...text];
  return advance(nodes, new Set([0]), characters, '/').has(characters.length);
}

/** False for a pattern of path.Match that can't be read. */
export function isReadablePathPattern(pattern: string): boolean {
  return parsePathPattern(pattern) !== undefined;
}

function parsePathPattern(pattern: string): readonly GlobNode[] | undefined {
  const characters = [...pattern];
  const nodes: GlobNode[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') nodes.push({ kind: 'any', crosses: false });
    else if (character === '?') nodes.push({ kind: 'one' });
    else if (character === '[') {
      const end = readClass(characters, at + 1, nodes);
      if (end === undefined) return undefined;
      at = end;
    } else {
      if (character === '\\') at++;
      const text = characters[at];
      if (text === undefined) return undefined;
      nodes.push({ kind: 'text', text });
    }
  }
  return nodes;
}

/** Reads a class of path.Match behind its bracket; gives where its closing one stands. */
function readClass(characters: readonly string[], start: number, nodes: GlobNode[]): number | undefined {
  const isNegated = characters[start] === '^';
  const ranges: [low: string, high: string][] = [];
  let at = isNegated ? start + 1 : start;
  const readOne = (): string | undefined => {
    const character = characters[at];
    if (character === undefined || character === '-' || character === ']') return undefined;
    if (character === '\\') at++;
    return characters[at++];
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = readOne();
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (characters[at] === '-') {
      at++;
      high = readOne();
    }
    if (high === undefined) return undefined;
    ranges.push([low, high]);
  }
  nodes.push({ kind: 'class', isNegated, has: (character) => ranges.some(([low, high]) => character >= low && character <= high) });
  return at;
}

/**
 * True where a git pathspec names a file: the file itself, a folder above it, or a pattern in which `*` and `?` cross `/`
 * (git's match_pathspec and wildmatch without WM_PATHNAME). Magic (`:(glob)`, `:!`) is the caller's to refuse.
 */
export function matchPathspec(pathspec: string, path: string): boolean {
  const spec = pathspec.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (spec === '' || spec === '.') return true;
  if (path === spec || path.startsWith(`${spec}/`)) return true;
  if (!/[*?[\\]/.test(spec)) return false;
  const nodes = parsePathPattern(spec.replaceAll('[!', '[^'));
  if (!nodes) return false;
  const crossing = nodes.map((node): GlobNode => (node.kind === 'any' ? { kind: 'any', crosses: true } : node));
  const characters = [...path];
  return advance(crossing, new Set([0]), characters, '').has(characters.length);
}
