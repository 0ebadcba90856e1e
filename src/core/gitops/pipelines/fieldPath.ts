/** Ways to a field as tools that edit YAML write them: `.images[0].newTag`, `(.images[] | select(.name == "a") | .newTag)`. */
import type { MapNode, YamlNode } from '../../yaml/nodes.js';

/** A key, an index, the entries whose field has a value, or with the key `*` all entries. */
export type FieldStep = string | number | { readonly key: string; readonly value: string };

/** All entries of a list or map. */
const everything = '*';

/**
 * Reads a path, in which `strenv(NAME)` stands for what `variable` gives; undefined where it is more than keys, indexes and
 * selections by one field.
 */
export function parseFieldPath(written: string, variable: (name: string) => string | undefined = () => undefined): readonly FieldStep[] | undefined {
  const filled = written.replace(/\b(?:strenv|env)\(\s*(\w+)\s*\)/g, (call, name: string) => {
    const value = variable(name);
    return value === undefined || value.includes('"') ? call : `"${value}"`;
  });
  let rest = withoutParentheses(filled.trim()).replace(/^\$/, '');
  const steps: FieldStep[] = [];
  while (rest !== '') {
    const match = fieldForms.map(({ form, step }) => ({ found: form.exec(rest), step })).find(({ found }) => found !== null);
    if (!match?.found) return undefined;
    const step = match.step(match.found);
    if (step !== undefined) steps.push(step);
    rest = rest.slice(match.found[0].length);
  }
  return steps.length === 0 ? undefined : steps;
}

const fieldForms: readonly { readonly form: RegExp; readonly step: (found: RegExpExecArray) => FieldStep | undefined }[] = [
  { form: /^\s*\|?\s*select\(\s*\.([\w-]+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\)/, step: ([, key = '', double, single]) => ({ key, value: double ?? single ?? '' }) },
  { form: /^\s*\|?\s*\.?\[\s*(\d+)\s*\]/, step: ([, index]) => Number(index) },
  { form: /^\s*\|?\s*\.?\[\s*\*?\s*\]/, step: () => everything },
  { form: /^\s*\|?\s*\.?\[\s*(?:"([^"]*)"|'([^']*)')\s*\]/, step: ([, double, single]) => double ?? single ?? '' },
  { form: /^\s*\|?\s*\.?"([^"]+)"/, step: ([, key = '']) => key },
  { form: /^\s*\|?\s*\.?([A-Za-z_][\w-]*)/, step: ([, key = '']) => key },
  { form: /^\s*\|\s*$/, step: () => undefined },
];

/** `(.a[] | select(…)).b` without the parentheses that it begins with. */
function withoutParentheses(written: string): string {
  let text = written;
  while (text.startsWith('(')) {
    let depth = 0;
    let close = -1;
    for (let at = 0; at < text.length && close < 0; at++) {
      if (text.charAt(at) === '(') depth++;
      else if (text.charAt(at) === ')' && --depth === 0) close = at;
    }
    if (close < 0) return text;
    text = (text.slice(1, close) + text.slice(close + 1)).trim();
  }
  return text;
}

/** `images[name=orders].newTag`. */
export function describeFieldPath(steps: readonly FieldStep[]): string {
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (typeof step === 'object') return `[${step.key}=${step.value}]`;
      if (step === everything) return '[*]';
      return index === 0 ? step : `.${step}`;
    })
    .join('')
    .replaceAll('[*][', '[');
}

/** The nodes that a path leads to, and the map that holds each. */
export function resolveFieldPath(roots: readonly YamlNode[], steps: readonly FieldStep[]): readonly { readonly node: YamlNode; readonly parent: MapNode | undefined }[] {
  let at: { node: YamlNode; parent: MapNode | undefined }[] = roots.map((node) => ({ node, parent: undefined }));
  for (const step of steps) at = at.flatMap(({ node, parent }) => childrenOf(node, parent, step)).slice(0, 1000);
  return at;
}

function childrenOf(node: YamlNode, parent: MapNode | undefined, step: FieldStep): { node: YamlNode; parent: MapNode | undefined }[] {
  if (typeof step === 'object') {
    if (node.kind === 'sequence') return node.items.flatMap((item) => childrenOf(item, parent, step));
    const field = node.kind === 'map' ? node.get(step.key) : undefined;
    return field?.kind === 'scalar' && field.value === step.value ? [{ node, parent }] : [];
  }
  if (node.kind === 'sequence') {
    const items = typeof step === 'number' ? node.items.slice(step, step + 1) : step === everything ? node.items : [];
    return items.map((item) => ({ node: item, parent }));
  }
  if (node.kind !== 'map') return [];
  if (step === everything) return node.pairs.map(({ value }) => ({ node: value, parent: node }));
  const value = node.get(String(step));
  return value ? [{ node: value, parent: node }] : [];
}

/** True for keys that hold an image's tag, or an image with its tag. */
export function isTagKey(key: string): boolean {
  return /^(?:newTag|image|digest|appVersion)$|(?:^t|[a-z0-9_.-][Tt]|^imageT)ag$|[a-z]Image$|_image$/.test(key);
}

/** True for those of them that hold a whole image. */
export function isImageKey(key: string): boolean {
  return key.toLowerCase().endsWith('image');
}
