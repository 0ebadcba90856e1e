/**
 * Random objects and patches against what kustomize's own code makes of them: test/data/kustomize/merge/cases.jsonl, whose
 * results scripts/facts/mergecases writes.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { applyJsonPatch, readJsonPatch } from '../../../../src/core/kustomize/patches/jsonPatch.js';
import { mergeStrategic } from '../../../../src/core/kustomize/patches/mergeStrategic.js';
import { builtinSchema } from '../../../../src/core/objects/schema.js';
import type { MapNode, Step, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

interface MergeCase {
  readonly mode: 'sm' | 'json';
  readonly target: string;
  readonly patch: string;
  readonly result?: unknown;
  readonly error?: string;
}

const schema = builtinSchema();
const cases = fs
  .readFileSync('test/data/kustomize/merge/cases.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as MergeCase);

/** The form of the recorded results. */
function tree(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return `${node.tag} ${node.value}`;
    case 'sequence':
      return { l: node.items.map(tree) };
    case 'map':
      return { m: node.pairs.map(({ key, value }): [string, unknown] => [key.value, tree(value)]).sort(([a], [b]) => (a < b ? -1 : 1)) };
  }
}

function rootOf(path: string, text: string): MapNode {
  const root = parseYaml(new SourceText(path, text)).documents[0]?.root;
  assert.equal(root?.kind, 'map');
  return root;
}

/** The result in the recorded form; undefined where the patch is refused. */
function apply({ mode, target, patch }: MergeCase): unknown {
  const source = new SourceText('/patch.yaml', patch);
  const step: Step = { kind: mode === 'sm' ? 'strategicMerge' : 'jsonPatch', field: 'patches[0]', source, start: 0, end: 0 };
  if (mode === 'sm') {
    const merged = mergeStrategic(rootOf('/target.yaml', target), rootOf('/patch.yaml', patch), schema, step);
    if ('failure' in merged) return undefined;
    return 'deleted' in merged ? 'deleted' : tree(merged.root);
  }
  const operations = readJsonPatch(parseYaml(source));
  if ('message' in operations) return undefined;
  const patched = applyJsonPatch(rootOf('/target.yaml', target), operations, step, new Problems());
  return patched && tree(patched);
}

describe('patches made at random', () => {
  for (const mode of ['sm', 'json'] as const) {
    it(`${mode === 'sm' ? 'strategic merges' : 'JSON patches'} give what kustomize gives, and are refused where it refuses`, () => {
      const own = cases.filter((each) => each.mode === mode);
      assert.ok(own.length > 50);
      for (const each of own) {
        const result = apply(each);
        assert.deepEqual(result, each.error === undefined ? each.result : undefined, `${each.target}\n---\n${each.patch}\n${each.error ?? ''}`);
      }
    });
  }
});
