/**
 * The patch steps against what the real kustomize makes of the same folders: test/data/kustomize/patches, written by
 * scripts/caseGoldens.mjs.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FolderTree } from '../../../support/folderTree.js';
import { patchFolder } from './patchFolder.js';

const cases = path.resolve('test/data/kustomize/patches');

/** Where a case is refused: the code that says why, and the text that the problem stands at. */
const refusals: Readonly<Record<string, readonly [code: string, at: string]>> = {
  'directive-unknown': ['kustomize/unknown-patch-directive', 'remove'],
  'field-json6902-annotations-of-none': ['kustomize/json-patch-missing-path', '/annotations'],
  'field-strategic-merge-missing-file': ['kustomize/missing-file', 'none.yaml'],
  'field-strategic-merge-of-nothing': ['kustomize/empty-patch', 'p.yaml'],
  'indented-inline-text': ['yaml/bad-indentation', 'path'],
  'json-file-that-is-no-json': ['kustomize/invalid-json-patch', '[{op: replace, path: /spec/replicas, value: 3}]'],
  'json-index-out-of-range': ['kustomize/json-patch-invalid-index', '/7'],
  'json-missing-path': ['kustomize/json-patch-missing-path', '/metadata'],
  'json-remove-missing': ['kustomize/json-patch-missing-path', '/paused'],
  'json-test-fails': ['kustomize/json-patch-test-failed', '1.0'],
  'json-unknown-operation': ['kustomize/json-patch-invalid-operation', '"set"'],
  'json-without-target': ['kustomize/patch-without-target', `'[{"op": "replace", "path": "/spec/replicas", "value": 1}]'`],
  'matches-nothing': ['kustomize/patch-matches-nothing', 'wob'],
  'name-change-to-a-taken-name': ['kustomize/duplicate-id', 'same'],
  'neither-patch': ['kustomize/invalid-json-patch', 'just'],
  'patch-and-path': ['kustomize/patch-conflict', '"a: b"'],
  'patch-without-kind': ['kustomize/missing-kind', 'spec'],
  'scalar-where-the-object-has-a-list': ['kustomize/patch-type-mismatch', 'none'],
  'several-documents-with-target': ['kustomize/patch-target-with-many', 'web'],
  'target-invalid-labels': ['kustomize/invalid-selector', '"a in b"'],
  'target-invalid-pattern': ['kustomize/invalid-selector', '"web("'],
  'type-mismatch': ['kustomize/patch-type-mismatch', 'none'],
  'wrong-version': ['kustomize/patch-matches-nothing', 'web'],
};

describe('patches, as the real kustomize applies them', () => {
  for (const name of fs.readdirSync(cases)) {
    const expected = path.join(cases, name, 'expected.yaml');
    const isRendered = fs.existsSync(expected);
    it(`${name.replaceAll('-', ' ')} ${isRendered ? 'gives the same text' : 'is refused'}`, () => {
      const tree = new FolderTree();
      const { text, problems } = patchFolder(tree, path.join(cases, name, 'input'));
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (isRendered) {
        assert.deepEqual(errors, []);
        assert.equal(text, fs.readFileSync(expected, 'utf8'));
        return;
      }
      assert.equal(text, undefined);
      const [error] = errors;
      assert.ok(error);
      const source = tree.read(error.location.path);
      assert.ok(source);
      const at = source.text.slice(source.offsetAt(error.location.range.start), source.offsetAt(error.location.range.end));
      assert.deepEqual([error.code, at], refusals[name], `${name}: ${error.message}`);
    });
  }

  it('has an expectation for each refused case, and no other', () => {
    const refused = fs.readdirSync(cases).filter((name) => fs.existsSync(path.join(cases, name, 'expected.error.txt')));
    assert.deepEqual(Object.keys(refusals).sort(), refused.sort());
  });
});
