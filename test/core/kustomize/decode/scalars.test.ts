/** How plain scalars are read in fields of strings, booleans and integers: each row by kustomize v5.8.2 (scripts/scalarGoldens.mjs). */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { decodeKustomization } from '../../../../src/core/kustomize/decode/decodeKustomization.js';
import type { Kustomization } from '../../../../src/core/kustomize/kustomization.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Row {
  readonly text: string;
  readonly string: string;
  readonly boolean: string;
  readonly integer: string;
}

const rows = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/kustomizeScalars.json'), 'utf8')) as readonly Row[];

function decode(text: string): { readonly kustomization: Kustomization | undefined; readonly problems: Problems } {
  const problems = new Problems();
  return { kustomization: decodeKustomization(parseYaml(new SourceText('/kustomization.yaml', text)), problems), problems };
}

describe('plain scalars in a kustomization', () => {
  for (const row of rows) {
    it(`${row.text} as a string`, () => {
      const { kustomization, problems } = decode(`images:\n  - name: app\n    newTag: ${row.text}\n`);
      if (row.string === 'error') assert.equal(problems.hasErrors, true);
      else {
        assert.deepEqual(problems.list, []);
        assert.equal(kustomization?.images[0]?.newTag?.value ?? 'old', row.string);
      }
    });
    it(`${row.text} as a boolean`, () => {
      const { kustomization, problems } = decode(`labels:\n  - pairs: {a: b}\n    includeTemplates: ${row.text}\n`);
      if (row.boolean === 'error') assert.equal(problems.hasErrors, true);
      else {
        assert.deepEqual(problems.list, []);
        assert.equal(String(kustomization?.labels[0]?.includeTemplates), row.boolean);
      }
    });
    it(`${row.text} as an integer`, () => {
      const { kustomization, problems } = decode(`replicas:\n  - name: web\n    count: ${row.text}\n`);
      if (row.integer === 'error') assert.equal(problems.hasErrors, true);
      else {
        assert.deepEqual(problems.list, []);
        assert.equal(kustomization?.replicas[0]?.count?.value ?? '0', row.integer);
      }
    });
  }

  it('are quoted by the fix as they stand, so that the text stays', () => {
    for (const { text, string } of rows) {
      if (string !== 'error' || !/^[-+.\w]+$/.test(text) || text === '-') continue;
      const source = `images:\n  - name: app\n    newTag: ${text} # the tag\n`;
      const { problems } = decode(source);
      const change = problems.list[0]?.fix?.changes[0];
      assert.ok(change, `${text} has no fix`);
      const at = new SourceText('/kustomization.yaml', source);
      const { start, end } = change.location.range;
      const mended = source.slice(0, at.offsetAt(start)) + change.newText + source.slice(at.offsetAt(end));
      assert.equal(mended, `images:\n  - name: app\n    newTag: "${text}" # the tag\n`);
      assert.equal(decode(mended).kustomization?.images[0]?.newTag?.value, text);
    }
  });
});
