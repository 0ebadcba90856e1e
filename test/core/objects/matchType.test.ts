/** Matching objects against types agrees with Kubernetes' own strict decoding, recorded by scripts/facts/kubernetesTypes/decoding. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../src/core/base/source.js';
import { matchObject, type Mismatch } from '../../../src/core/objects/matchType.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import { scalarValue, type MapNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { projectFolder } from '../../support/projectFolder.js';
import { loadKubernetesTypes } from '../../support/rules/kubernetesTypes.js';

const folder = path.join(projectFolder, 'test', 'data', 'kubernetes');
const types = loadKubernetesTypes();

/** What is wrong for the decoding of an object; fields that are missing are validation's. */
function mismatchesOf(text: string): readonly Mismatch[] {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert.ok(root?.kind === 'map', text);
  return matchMap(root).filter(({ what }) => what !== 'missingField' && what !== 'yaml11Boolean');
}

function matchMap(root: MapNode): readonly Mismatch[] {
  const kind = types.kind({ ...parseApiVersion(scalarValue(root.get('apiVersion')) ?? ''), kind: scalarValue(root.get('kind')) ?? '' }, '1.34');
  assert.ok(kind);
  return matchObject(root, kind.type);
}

describe('matching an object against its type', () => {
  it('refuses what Kubernetes refuses, and takes what it takes', () => {
    const objects = fs.readFileSync(path.join(folder, 'objects.yaml'), 'utf8').split('---\n');
    const cases = fs.readFileSync(path.join(folder, 'decoding.jsonl'), 'utf8').trim().split('\n');
    assert.ok(cases.length > 1000);
    const wrong: string[] = [];
    for (const line of cases) {
      const [object, replaced, text, error] = JSON.parse(line) as [number, number, string, string];
      const lines = (objects[object] ?? '').split('\n');
      if (replaced >= 0) lines[replaced] = text;
      const found = mismatchesOf(lines.join('\n'));
      if ((error !== '') !== found.length > 0) wrong.push(`${text}: Kubernetes says ${error === '' ? 'yes' : error}, and we ${found.length === 0 ? 'yes' : 'no'}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('looks at a map once for as long as it stays the same', () => {
    const root = parseYaml(new SourceText('/a.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: 1}\n')).documents[0]?.root;
    assert.ok(root?.kind === 'map');
    assert.equal(matchMap(root), matchMap(root));
    assert.equal(matchMap(root).length, 1);
  });
});
