/**
 * Texts with what kustomize's own code reads and prints of them (test/data/yaml/cases.jsonl, made by `npm run facts:yaml`).
 * Where the two differ on purpose it is written here why.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../src/core/base/source.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { printDocument } from '../../../src/core/yaml/print.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';
import { describeTree } from '../../support/describeTree.js';
import { projectFolder } from '../../support/projectFolder.js';

interface ExpectedDocument {
  readonly tree: unknown;
  readonly yaml?: string;
  readonly error?: string;
}

interface Case {
  readonly text: string;
  readonly documents?: readonly ExpectedDocument[];
  readonly error?: string;
}

const cases = fs
  .readFileSync(path.join(projectFolder, 'test', 'data', 'yaml', 'cases.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

/** Refused while reading, where kustomize reads on and fails when it prints: our trees have no such maps. */
const refusedEarly: ReadonlySet<string> = new Set(['yaml/complex-key', 'yaml/invalid-merge', 'yaml/invalid-tag']);

describe('YAML as kustomize reads and prints it', () => {
  it('has cases of every outcome', () => {
    assert.ok(cases.filter(({ error }) => error !== undefined).length > 100);
    assert.ok(cases.filter(({ documents }) => documents?.some(({ error }) => error !== undefined)).length > 100);
    assert.ok(cases.filter(({ documents }) => documents?.some(({ yaml }) => yaml !== undefined)).length > 300);
  });

  it('refuses the same texts', () => {
    for (const each of cases) {
      const error = parseYaml(new SourceText('/case.yaml', each.text)).problems.find(({ severity }) => severity === 'error');
      if (error && refusedEarly.has(error.code) && each.documents?.some((document) => document.error !== undefined || !isMap(document.tree))) continue;
      assert.equal(error !== undefined, each.error !== undefined, `${JSON.stringify(each.text)}: ${each.error ?? ''} ${error?.message ?? ''}`);
    }
  });

  it('reads the same trees', () => {
    forEachDocument((root, expected, text) => {
      // kyaml doubles a field whose key is null before it refuses the object
      if (expected.error !== undefined) return;
      assert.deepEqual(describeTree(root), withoutForeignTags(expected.tree), JSON.stringify(text));
    });
  });

  it('prints the same bytes, and refuses to print the same objects', () => {
    forEachDocument((root, expected, text) => {
      if (root.kind !== 'map') return;
      const printed = printDocument(root);
      if ('message' in printed) assert.ok(expected.error, `${JSON.stringify(text)}: ${printed.message}`);
      else assert.equal(printed.text, expected.yaml, `${JSON.stringify(text)}: ${expected.error ?? ''}`);
    });
  });
});

function forEachDocument(check: (root: YamlNode, expected: ExpectedDocument, text: string) => void): void {
  for (const { text, documents } of cases) {
    const parsed = parseYaml(new SourceText('/case.yaml', text));
    if (!documents || parsed.problems.some(({ severity }) => severity === 'error')) continue;
    const roots = parsed.documents.flatMap(({ root }) => (root && !(root.kind === 'scalar' && root.tag === '!!null') ? [root] : []));
    assert.equal(roots.length, documents.length, JSON.stringify(text));
    roots.forEach((root, index) => {
      const expected = documents[index];
      if (expected) check(root, expected, text);
    });
  }
}

function isMap(tree: unknown): boolean {
  return Array.isArray(tree) && tree[0] === 'map';
}

/** Our trees know the standard tags; a scalar with another one is a string to kustomize too. */
function withoutForeignTags(tree: unknown): unknown {
  if (!Array.isArray(tree)) return tree;
  const [first, ...rest] = tree as unknown[];
  if (first === 'map' || first === 'seq') return [first, ...rest.map(withoutForeignTags)];
  return [/^!!(?:str|int|float|bool|null|timestamp|binary|merge)$/.test(String(first)) ? first : '!!str', ...rest];
}
