/** The delivery board: apps by environments, each with what differs from the environment before it. */
import { isPreview } from '../../core/gitops/conventions.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { compareRenderings, formatFieldPath, plainValue, type FieldChange, type ObjectChange } from '../../core/objects/compare.js';
import { isSecretObject, isSecretPath } from '../../core/objects/secretFields.js';
import type { Rendering } from '../../core/objects/rendering.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import type { Board, BoardDifference, BoardRow } from '../deliveryProtocol.js';
import { summarize, type SummarySource } from './summaries.js';

/** How many differing fields a cell names. */
const mostFields = 5;

/** Differences between two renderings, each made once. */
export class Differences {
  readonly #known = new WeakMap<Rendering, WeakMap<Rendering, Omit<BoardDifference, 'previousId' | 'previousName'>>>();

  /** What `right` has otherwise than `left`, without the namespaces, which always differ. */
  between(left: Rendering, right: Rendering): Omit<BoardDifference, 'previousId' | 'previousName'> {
    let byRight = this.#known.get(left);
    if (!byRight) this.#known.set(left, (byRight = new WeakMap()));
    let difference = byRight.get(right);
    if (!difference) byRight.set(right, (difference = describeDifference(compareRenderings(left, right))));
    return difference;
  }
}

/** The board of all environments. */
export function makeBoard(source: SummarySource, differences: Differences): Board {
  const { environments } = source.model.delivery.model;
  const columns = orderColumns(environments);
  const apps = [...new Set(environments.map(({ app }) => app))];
  return { columns, rows: apps.map((app) => makeRow(app, columns, source, differences)) };
}

/** Environment names by the least order that they have anywhere, then by name. */
function orderColumns(environments: readonly Environment[]): readonly string[] {
  const orders = new Map<string, number>();
  for (const { name, order } of environments) orders.set(name, Math.min(order, orders.get(name) ?? Infinity));
  return [...orders].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([name]) => name);
}

function makeRow(app: string, columns: readonly string[], source: SummarySource, differences: Differences): BoardRow {
  const { delivery } = source.model;
  const ofApp = delivery.model.environments.filter((environment) => environment.app === app);
  return {
    app,
    cells: columns.map((column) =>
      ofApp
        .filter(({ name }) => name === column)
        .map((environment) => {
          const previous = isPreview(environment.name) ? undefined : ofApp.filter(({ order, name }) => order < environment.order && !isPreview(name)).at(-1);
          const left = previous && delivery.render(previous).rendering;
          const right = delivery.render(environment).rendering;
          const difference = previous && left?.ok && right.ok ? { previousId: previous.id, previousName: previous.name, ...differences.between(left, right) } : undefined;
          return { environment: summarize(environment, source), difference };
        }),
    ),
  };
}

function describeDifference(changes: readonly ObjectChange[]): Omit<BoardDifference, 'previousId' | 'previousName'> {
  const telling = changes.map((change) => ({ ...change, fields: change.fields.filter(isTelling) })).filter(({ change, fields }) => change !== 'changed' || fields.length > 0);
  const count = (kind: ObjectChange['change']): number => telling.filter(({ change }) => change === kind).length;
  const fields = telling.flatMap(({ left, right, fields: changed }) => {
    const object = left ?? right;
    return object ? changed.map((field) => ({ words: describeField(object, field), dullness: dullnessOf(field) })) : [];
  });
  const first = fields.sort((a, b) => a.dullness - b.dullness).slice(0, mostFields);
  return { added: count('added'), removed: count('removed'), changed: count('changed'), fields: first.map(({ words }) => words) };
}

/** Environments live in namespaces of their own: that these differ says nothing. */
function isTelling({ path }: FieldChange): boolean {
  return path.at(-1) !== 'namespace';
}

/** Sizes and hosts say most; images, which the board shows anyway, metadata, and names that only follow a hash, say least. */
function dullnessOf({ path }: FieldChange): number {
  const last = path.at(-1);
  if (last === 'replicas' || last === 'host') return 1;
  return path[0] === 'metadata' || last === 'name' || last === 'image' ? 3 : 2;
}

function describeField(object: NonNullable<ObjectChange['left']>, { path, left, right }: FieldChange): string {
  const isHidden = isSecretObject(object.id) && isSecretPath(path);
  const side = (node: YamlNode | undefined): string => (!node ? 'nothing' : isHidden ? 'hidden' : shorten(JSON.stringify(plainValue(node))));
  return `${object.id.kind}/${object.id.name} ${formatFieldPath(path)}: ${side(left)} → ${side(right)}`;
}

function shorten(text: string): string {
  const plain = /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}
