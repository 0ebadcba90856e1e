/**
 * Fields of the corpus' overlays and charts are set to something else: the edit changes the bytes of one value and no
 * others, or adds lines, and the render then says just what was asked.
 */
import assert from 'node:assert/strict';
import type { JsonValue } from '../../src/core/live/json.js';
import type { RenderedObject, Rendering } from '../../src/core/objects/rendering.js';
import { isTemplateStep } from '../../src/core/helm/manifestOrigins.js';
import { findWrittenScalar, type EditSources } from '../../src/core/promote/editSources.js';
import { isConsequence } from '../../src/core/promote/consequence.js';
import { diffLines } from '../../src/core/promote/lineDiff.js';
import { setFieldOf, type SetOutcome } from '../../src/core/promote/setField.js';
import { nodeAt } from '../../src/core/promote/setHere.js';
import { compareRenderings, formatFieldPath, type FieldChange, type FieldStep } from '../../src/core/objects/compare.js';
import type { ScalarNode, YamlNode } from '../../src/core/yaml/nodes.js';
import { jsonScalarOf } from '../../src/core/yaml/scalars.js';
import { chartSources } from '../support/chartSources.js';
import { findLargeCorpus, loadLargeCorpus, loadSmallCorpus, type CorpusCase } from '../support/corpus.js';
import { loadCorpusCharts } from '../support/corpusCharts.js';
import { kustomizeSources } from '../support/kustomizeSources.js';

interface Counts {
  renders: number;
  asked: number;
  /** A value that was written got another one. */
  inPlace: number;
  /** A new line says it. */
  added: number;
  readonly refused: string[];
}

/** A field that is asked to say something else. */
interface Asked {
  readonly object: RenderedObject;
  readonly path: readonly FieldStep[];
  readonly node: ScalarNode;
}

const isWhole = process.env['RUN_SLOW_TESTS'] !== undefined;

describe('fields of the corpus', function () {
  this.timeout(1_800_000);

  it('are set by an edit of one value alone, in the overlays of this repository', () => {
    const counts = newCounts();
    for (const each of loadSmallCorpus()) setFieldsOf(each, counts, 6);
    tell('small', counts);
    assert.ok(counts.asked > 20, `${counts.asked}`);
    assertFew(counts, 0.1);
  });

  const folder = findLargeCorpus();
  if (folder === undefined) return;

  it('are set by an edit of one value alone, in overlays of public repositories', async () => {
    const counts = newCounts();
    const cases = (await loadLargeCorpus(folder)).filter(({ suite }) => suite === 'kustomize');
    for (const each of sample(cases, 11)) setFieldsOf(each, counts, 4);
    tell('overlays', counts);
    assertFew(counts, 0.1);
  });

  it('are set by an edit of one value alone, in values files of public charts', async () => {
    const counts = newCounts();
    const charts = (await loadCorpusCharts(folder)).filter(({ entry }) => entry.ok && (entry.ms ?? 0) < 400);
    for (const { entry, tree, path, inputs } of sample(charts, 19)) {
      const sources = chartSources(tree, [{ id: entry.id, path, inputs }]);
      const rendering = sources.renderingOf(entry.id);
      if (rendering?.ok) setEach(entry.id, fieldsOfValues(rendering, sources), sources, counts, isWhole ? 3 : 2);
    }
    tell('charts', counts);
    assertFew(counts, 0.2);
  });
});

function newCounts(): Counts {
  return { renders: 0, asked: 0, inPlace: 0, added: 0, refused: [] };
}

/** All of them where all is asked for; else one of so many. */
function sample<Item>(items: readonly Item[], step: number): readonly Item[] {
  return isWhole ? items : items.filter((_, index) => index % step === 0);
}

function tell(what: string, { renders, asked, inPlace, added, refused }: Counts): void {
  console.log(`      ${what}: ${asked} fields of ${renders} renders; ${inPlace} by another value, ${added} by a new line, ${refused.length} refused`);
  if (process.env['SHOW_REFUSED'] !== undefined) for (const each of refused) console.log(`        ${each}`);
}

function assertFew({ asked, refused }: Counts, share: number): void {
  assert.ok(refused.length <= asked * share, `${refused.length} of ${asked} refused: ${refused.slice(0, 10).join('; ')}`);
}

function setFieldsOf({ id, tree, folder, options }: CorpusCase, counts: Counts, most: number): void {
  const sources = kustomizeSources(tree, [folder], options);
  const rendering = sources.renderingOf(folder);
  if (rendering?.ok) setEach(id, fieldsOfOne(rendering), sources, counts, most);
}

/** Some fields, spread over the render. */
function setEach(id: string, fields: readonly Asked[], sources: EditSources, counts: Counts, most: number): void {
  const step = Math.max(1, Math.floor(fields.length / most));
  counts.renders++;
  for (const asked of fields.filter((_, index) => index % step === 0).slice(0, most)) {
    const value = otherValue(asked.node);
    const outcome = setFieldOf(sources.targets[0]?.id ?? '', { ...asked, value }, sources);
    counts.asked++;
    const what = `${id} ${asked.object.id.kind} ${asked.object.id.name} ${formatFieldPath(asked.path)} = ${JSON.stringify(value)}`;
    if (outcome.kind !== 'set') counts.refused.push(`${what}: ${outcome.kind === 'same' ? 'it says so' : outcome.reason}`);
    else {
      assertRender(asked, value, outcome, sources, what);
      if (assertBytes(outcome, sources, what)) counts.inPlace++;
      else counts.added++;
    }
  }
}

/** The field says it, and every other line of the output is what it was, but for what follows from it. */
function assertRender({ object, path, node }: Asked, value: JsonValue, { after }: Extract<SetOutcome, { kind: 'set' }>, sources: EditSources, what: string): void {
  const [id] = sources.targets.map((target) => target.id);
  const [left, right] = [sources.renderingOf(id ?? ''), after.renderingOf(id ?? '')];
  assert.ok(left?.ok && right?.ok, what);
  const changes = compareRenderings(left, right);
  const own = changes.find((change) => change.left === object);
  const now = own?.right && nodeAt(own.right.root, path);
  assert.ok(now?.kind === 'scalar' && jsonOf(now) === value, `${what} says ${now?.kind === 'scalar' ? now.value : 'nothing'}`);
  for (const { change, left: was, right: is } of changes) {
    assert.equal(change, 'changed', what);
    const [before, afterwards] = [scalarsByPath(was), scalarsByPath(is)];
    const others = [...new Set([...before.keys(), ...afterwards.keys()])].filter((key) => {
      const field = { path: before.get(key)?.path ?? [], left: before.get(key)?.node, right: afterwards.get(key)?.node };
      if (field.left === node || (field.left && field.right && sameText(field.left, field.right))) return false;
      return !isConsequence(field) && !isSameImage(field, node, value);
    });
    assert.deepEqual(others, [], what);
  }
}

function sameText(a: ScalarNode, b: ScalarNode): boolean {
  return jsonOf(a) === jsonOf(b);
}

function scalarsByPath(object: RenderedObject | undefined): ReadonlyMap<string, { readonly path: readonly FieldStep[]; readonly node: ScalarNode }> {
  return new Map(object ? [...scalarsOf(object.root)].map(([path, node]) => [formatFieldPath(path), { path, node }]) : []);
}

/** An entry of images is for all containers that have the image. */
function isSameImage(field: FieldChange, node: ScalarNode, value: JsonValue): boolean {
  return field.path.at(-1) === 'image' && field.left?.kind === 'scalar' && field.left.value === node.value && field.right?.kind === 'scalar' && field.right.value === value;
}

/** True where one value got another one within its line; else there are new lines and none is gone. */
function assertBytes({ proposal, after }: Extract<SetOutcome, { kind: 'set' }>, sources: EditSources, what: string): boolean {
  const paths = new Set(proposal.changes.map(({ location }) => location.path));
  assert.equal(paths.size, 1, `${what}: one file`);
  const [path = ''] = paths;
  const [before, now] = [sources.parse(path)?.source.text, after.parse(path)?.source.text];
  assert.ok(before !== undefined && now !== undefined && before !== now, what);
  const hunks = diffLines(before, now);
  assert.equal(hunks.length, 1, `${what}: one place`);
  const [{ before: old, after: fresh } = { before: [], after: [] }] = hunks;
  if (old.length === 0) return false;
  // In a list or map on one line, and on a line that had no end: what stood there stands there still, in its order.
  if (isWithin(old.join(''), fresh.join(''))) return false;
  // A folded block becomes one line.
  assert.ok(fresh.length === old.length || fresh.length === 1, `${what}: ${JSON.stringify(hunks)}`);
  assert.equal(proposal.changes.length, 1, `${what}: ${JSON.stringify(hunks)}`);
  return true;
}

/** True where a text has all of another one, with something more in between. */
function isWithin(text: string, longer: string): boolean {
  let at = 0;
  for (const character of longer) if (character === text.charAt(at)) at++;
  return at >= text.trimEnd().length && /[[{]|[^\n]$/.test(text);
}

/** Scalars of the objects that people would set: no names, nothing secret. */
function fieldsOf({ objects }: Rendering): readonly Asked[] {
  return objects.flatMap((object) => {
    if (object.id.kind === 'CustomResourceDefinition' || object.id.kind === 'Secret') return [];
    return [...scalarsOf(object.root)].flatMap(([path, node]) => (isSettable(path, node) ? [{ object, path, node }] : []));
  });
}

function isSettable(path: readonly FieldStep[], node: ScalarNode): boolean {
  const [first, second] = path;
  if (first === 'apiVersion' || first === 'kind' || first === 'status') return false;
  if (first === 'metadata' && second !== 'annotations') return false;
  // What one names, others find it by.
  const last = path.at(-1);
  if (
    path.some((step) => step === 'selector' || step === 'labels' || step === 'matchLabels') ||
    /^(?:name|key|kind|apiGroup|namespace)$|Name$|Ref$/.test(typeof last === 'string' ? last : '')
  )
    return false;
  return node.tag !== '!!null' && !node.value.includes('\n') && node.value !== '' && node.value.length < 200;
}

/** Those whose text is for this field alone: one entry of `commonAnnotations` or `replicas` can't say two things. */
function fieldsOfOne(rendering: Rendering): readonly Asked[] {
  const placesOf = ({ source, start }: ScalarNode): readonly string[] => [`${source.path}:${start}`];
  const uses = countUses(rendering, placesOf);
  return fieldsOf(rendering).filter(({ node }) => placesOf(node).every((place) => uses.get(place) === 1));
}

/** How many scalars each place feeds. */
function countUses({ objects }: Rendering, placesOf: (node: ScalarNode) => readonly string[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { root } of objects) for (const [, node] of scalarsOf(root)) for (const place of placesOf(node)) uses.set(place, (uses.get(place) ?? 0) + 1);
  return uses;
}

/** Those that one value of a values file feeds alone: what it feeds besides would change with it. */
function fieldsOfValues(rendering: Rendering, sources: EditSources): readonly Asked[] {
  const uses = countUses(rendering, placesOf);
  return fieldsOf(rendering).filter(({ node }) => {
    const [place, another] = placesOf(node);
    if (place === undefined || another !== undefined || uses.get(place) !== 1) return false;
    return findWrittenScalar(node, sources.parse)?.value === node.value;
  });
}

function placesOf(node: ScalarNode): readonly string[] {
  if (!isTemplateStep(node.step)) return [];
  const fed = [node, ...node.step.also].filter(({ source }) => /\.ya?ml$/.test(source.path) && !source.path.includes('/templates/'));
  return fed.map(({ source, start }) => `${source.path}:${start}`);
}

function* scalarsOf(node: YamlNode, path: readonly FieldStep[] = []): Generator<readonly [readonly FieldStep[], ScalarNode]> {
  if (node.kind === 'scalar') yield [path, node];
  else if (node.kind === 'map') for (const { key, value } of node.pairs) yield* scalarsOf(value, [...path, key.value]);
  else for (const [index, item] of node.items.entries()) yield* scalarsOf(item, [...path, index]);
}

/** Another value of the same type. */
function otherValue(node: ScalarNode): JsonValue {
  const value = jsonOf(node);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return /^\d+$/.test(node.value) ? String(Number(node.value) + 1) : `${node.value}x`;
}

function jsonOf(node: ScalarNode): JsonValue {
  const scalar = jsonScalarOf(node);
  return scalar.kind === 'literal' ? (JSON.parse(scalar.text) as JsonValue) : scalar.kind === 'string' ? scalar.value : null;
}
