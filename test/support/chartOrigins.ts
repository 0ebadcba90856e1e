/**
 * Follows the scalars of a rendered chart back to the values that they are said to come from, and proves it: where the text
 * there is changed, the scalar changes with it. Values in archives and in block texts are followed, but not changed.
 */
import type { FileTree } from '../../src/core/base/fileTree.js';
import { baseName } from '../../src/core/base/path.js';
import type { SourceText } from '../../src/core/base/source.js';
import { keepParsed } from '../../src/core/helm/loadChart.js';
import type { RenderChart } from '../../src/core/objects/chartInputs.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import type { ScalarNode, YamlNode } from '../../src/core/yaml/nodes.js';
import type { ChartCase } from './corpusCharts.js';
import { withFile } from './folderTree.js';

/** One scalar of the output. */
interface Shown {
  /** `Deployment web 1 .spec.replicas`: which object, counting those of one name, and the way in it. */
  readonly at: string;
  readonly node: ScalarNode;
}

/**
 * How a scalar stands to the values: `equal` to the one at its origin, `made` of it, `literal` in a template; `missed`
 * equals a value of some values file but points at an action that doesn't say it; `elsewhere` stands in another line than
 * the one that it points at; `other` has nothing to do with values.
 */
export type Tie = 'equal' | 'made' | 'literal' | 'elsewhere' | 'missed' | 'other' | 'wrong';

/** What came of changing the value at an origin. */
export type Outcome = 'changed' | 'unchanged' | 'refused' | 'untried';

export interface Followed {
  readonly at: string;
  readonly value: string;
  readonly tie: Tie;
  /** `values.yaml:12`, from the corpus' folder on. */
  readonly place: string;
  /** The text at the origin. */
  readonly text: string;
  outcome: Outcome;
}

export interface FollowOptions {
  /** How many origins of a chart are changed one by one, where changing them together didn't settle it. */
  readonly single: number;
}

/** Follows every scalar of a case; undefined where it is refused. */
export function followOrigins(each: ChartCase, renderChart: RenderChart, options: FollowOptions): readonly Followed[] | undefined {
  const rendering = render(each, each.tree, renderChart);
  if (!rendering.ok) return undefined;
  const shown = scalarsOf(rendering);
  const values = new Values(each, rendering);
  const followed = shown.map(({ at, node }): Followed => {
    const { source } = node;
    const [start, end] = [source.toFileOffset(node.start), source.toFileOffset(node.end)];
    return {
      at,
      value: node.value,
      tie: values.tieOf(node),
      place: `${source.path.replace(`${each.root}/`, '')}:${source.file.lineAt(start) + 1}`,
      text: source.file.text.slice(start, Math.min(end, start + 200)),
      outcome: 'untried',
    };
  });
  new Prover(each, renderChart, shown, followed, values).prove(options);
  return followed;
}

function render({ path, inputs }: ChartCase, tree: FileTree, renderChart: RenderChart): Rendering {
  return renderChart({ tree, path, inputs });
}

function scalarsOf({ objects }: Rendering): readonly Shown[] {
  const found: Shown[] = [];
  const walk = (node: YamlNode, at: string): void => {
    if (node.kind === 'scalar') found.push({ at, node });
    else if (node.kind === 'map') for (const { key, value } of node.pairs) walk(value, `${at}.${key.value}`);
    else for (const [index, item] of node.items.entries()) walk(item, `${at}.${index}`);
  };
  const times = new Map<string, number>();
  for (const { id, root } of objects) {
    const name = `${id.kind} ${id.name}`;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    walk(root, `${name} ${time} `);
  }
  return found;
}

/** What the values files of a chart and of those below it say. */
class Values {
  readonly #layers: ReadonlySet<string>;
  readonly #all = new Set<string>();
  readonly #parse = keepParsed();
  readonly #nodes = new Map<SourceText, ReadonlyMap<number, ScalarNode>>();

  constructor(each: ChartCase, { dependencies }: Rendering) {
    this.#layers = new Set(each.inputs.values.flatMap((layer) => (layer.kind === 'file' ? [layer.path] : [])));
    for (const file of dependencies) {
      const source = this.isValues(file) ? each.tree.read(file) : undefined;
      for (const node of source ? this.#nodesOf(source).values() : []) this.#all.add(textOf(node));
    }
  }

  isValues(file: string): boolean {
    return this.#layers.has(file) || (baseName(file) === 'values.yaml' && !file.includes('/templates/'));
  }

  /** The scalar that begins at an offset of a values file. */
  nodeAt(source: SourceText, start: number): ScalarNode | undefined {
    return this.#nodesOf(source).get(start);
  }

  tieOf(node: ScalarNode): Tie {
    const { source, start, end, value } = node;
    if (this.isValues(source.path)) {
      const origin = this.nodeAt(source, start);
      if (origin) return textOf(origin) === textOf(node) ? 'equal' : 'made';
      // A map or list as a whole, or a key.
      return source.text.slice(start, end) === '' ? 'wrong' : 'made';
    }
    const text = source.text.slice(start, end);
    const line = source.text.slice(start).split('\n', 1)[0] ?? '';
    if (value !== '' && line.includes(value.split('\n', 1)[0] ?? '')) return 'literal';
    const [words = ''] = /^(?:\S+\s*){0,3}/.exec(value.trim().replace(/\s+/g, ' ')) ?? [];
    // Of several lines: a block, or a plain text that is folded.
    if (
      words !== '' &&
      text.includes('\n') &&
      source.text
        .slice(start, start + 400)
        .replace(/\s+/g, ' ')
        .includes(words.trim())
    )
      return 'literal';
    if (text.includes('\n') && !text.includes('}}')) return 'elsewhere';
    return value.length > 1 && this.#all.has(textOf(node)) ? 'missed' : 'other';
  }

  #nodesOf(source: SourceText): ReadonlyMap<number, ScalarNode> {
    const kept = this.#nodes.get(source);
    if (kept) return kept;
    const nodes = new Map<number, ScalarNode>();
    const walk = (node: YamlNode): void => {
      if (node.kind === 'scalar') nodes.set(node.start, node);
      else if (node.kind === 'map') {
        for (const { key, value } of node.pairs) {
          walk(key);
          walk(value);
        }
      } else for (const item of node.items) walk(item);
    };
    const root = this.#parse(source).documents[0]?.root;
    if (root) walk(root);
    this.#nodes.set(source, nodes);
    return nodes;
  }
}

/** A scalar's text as it prints: `1e3` and `1000` are the same number. */
function textOf({ value, tag }: ScalarNode): string {
  if (tag === '!!int' || tag === '!!float' || (value !== '' && /^[\d.+-]/.test(value) && Number.isFinite(Number(value)))) return String(Number(value.replace(/_/g, '')));
  return /^(?:yes|on|true)$/i.test(value) ? 'true' : /^(?:no|off|false)$/i.test(value) ? 'false' : value;
}

/** A change of one value. */
interface Change {
  readonly source: SourceText;
  /** Where the text is replaced. */
  readonly start: number;
  readonly end: number;
  readonly by: string;
  /** What the output shows where it is changed; undefined where any other text will do. */
  readonly token: string | undefined;
  /** The scalars that are said to come from there: indexes. */
  readonly scalars: number[];
}

class Prover {
  readonly #changes = new Map<string, Change>();

  constructor(
    private readonly each: ChartCase,
    private readonly renderChart: RenderChart,
    private readonly shown: readonly Shown[],
    private readonly followed: readonly Followed[],
    values: Values,
  ) {
    for (const [index, { node }] of shown.entries()) {
      const tie = followed[index]?.tie;
      if ((tie !== 'equal' && tie !== 'made') || node.source.path.includes('.tgz/')) continue;
      const key = `${node.source.path}:${node.start}`;
      const known = this.#changes.get(key);
      if (known) known.scalars.push(index);
      else {
        const origin = values.nodeAt(node.source, node.start);
        const change = origin && changeOf(origin, this.#changes.size);
        if (change) this.#changes.set(key, { ...change, scalars: [index] });
      }
    }
  }

  prove({ single }: FollowOptions): void {
    const all = [...this.#changes.values()];
    const texts = all.filter(({ token }) => token !== undefined);
    if (texts.length > 1) this.#tryTogether(texts);
    let left = single;
    for (const change of all) {
      if (left === 0) break;
      if (change.scalars.every((index) => this.followed[index]?.outcome === 'changed')) continue;
      left--;
      this.#tryAlone(change);
    }
  }

  /** Halves what is refused together, down to some. */
  #tryTogether(changes: readonly Change[], depth = 0): void {
    const after = this.#renderWith(changes);
    if (after) {
      for (const change of changes)
        for (const index of change.scalars) if (change.token !== undefined && after.get(this.shown[index]?.at ?? '')?.includes(change.token)) this.#note(index, 'changed');
    } else if (changes.length > 4 && depth < 4) {
      const half = changes.length >> 1;
      this.#tryTogether(changes.slice(0, half), depth + 1);
      this.#tryTogether(changes.slice(half), depth + 1);
    }
  }

  #tryAlone(change: Change): void {
    const after = this.#renderWith([change]);
    for (const index of change.scalars) {
      const { at = '', node } = this.shown[index] ?? {};
      if (this.followed[index]?.outcome === 'changed') continue;
      this.#note(index, after ? (after.get(at) === node?.value ? 'unchanged' : 'changed') : 'refused');
    }
  }

  #note(index: number, outcome: Outcome): void {
    const followed = this.followed[index];
    if (followed) followed.outcome = outcome;
  }

  /** The scalars of the output with changed values, by their ways; undefined where it is refused. */
  #renderWith(changes: readonly Change[]): ReadonlyMap<string, string> | undefined {
    const bySource = new Map<SourceText, Change[]>();
    for (const change of changes) bySource.set(change.source, [...(bySource.get(change.source) ?? []), change]);
    let { tree } = this.each;
    for (const [source, mine] of bySource) {
      let { text } = source;
      for (const { start, end, by } of mine.sort((a, b) => b.start - a.start)) text = text.slice(0, start) + by + text.slice(end);
      tree = withFile(tree, source.path, text);
    }
    const rendering = render(this.each, tree, this.renderChart);
    return rendering.ok ? new Map(scalarsOf(rendering).map(({ at, node }) => [at, node.value])) : undefined;
  }
}

/** Another value of the same type; undefined for what isn't changed. */
function changeOf(node: ScalarNode, number: number): Omit<Change, 'scalars'> | undefined {
  const { source, start, end, style, tag, value } = node;
  if (style === 'literal' || style === 'folded' || tag === '!!null' || /[{}]/.test(value)) return undefined;
  if (style === 'plain' && (tag === '!!bool' || /^(?:yes|no|on|off)$/i.test(value)))
    return { source, start, end, by: /^(?:true|yes|on)$/i.test(value) ? 'false' : 'true', token: undefined };
  if (style === 'plain' && tag !== '!!str') {
    // A small number is perhaps how often something is done.
    const large = Math.abs(Number(value)) >= 100;
    const by = String(large ? 7000 + number : Number(value) + 1);
    return Number.isNaN(Number(value)) ? undefined : { source, start, end, by, token: large ? by : undefined };
  }
  const token = `q${number}z`;
  const at = style === 'plain' ? end : end - 1;
  return { source, start: at, end: at, by: token, token };
}
