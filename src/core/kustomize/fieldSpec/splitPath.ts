/** Splits the paths to fields that kustomize's files hold (kyaml/utils/pathsplitter.go v0.21.2). */

/** The parts of a path between `delimiter`s; `\` before one makes it part of a key. A leading delimiter is passed over. */
export function splitPath(path: string, delimiter: '/' | '.'): readonly string[] {
  const [first = '', ...rest] = path.split(delimiter);
  const parts = first === '' && rest.length > 0 ? [rest.shift() ?? ''] : [first];
  for (const part of rest) {
    const last = parts.at(-1) ?? '';
    if (last.endsWith('\\')) parts[parts.length - 1] = `${last.slice(0, -1)}${delimiter}${part}`;
    else parts.push(part);
  }
  return parts;
}

/**
 * The parts of a path between dots, where what stands in brackets stays together: `[name=a.b]` keeps its brackets, as it
 * picks an item of a list, `[a.b]` loses them, as it is a key with a dot.
 */
export function splitDottedPath(path: string): readonly string[] {
  const split = splitPath(path, '.');
  const parts: string[] = [];
  for (let at = 0; at < split.length; at++) {
    const part = split[at] ?? '';
    if (!part.startsWith('[') || part.endsWith(']')) {
      parts.push(part);
      continue;
    }
    const bracketed = [part];
    while (at < split.length - 1) {
      const next = split[++at] ?? '';
      bracketed.push(next);
      if (next.endsWith(']')) break;
    }
    const joined = bracketed.join('.');
    parts.push(joined.includes('=') ? joined : joined.replace(/^[[\]]+|[[\]]+$/g, ''));
  }
  return parts;
}
