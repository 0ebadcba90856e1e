import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { cryptography } from '../../../src/adapters/charts/certificates.js';
import { SourceText } from '../../../src/core/base/source.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { valueOfNode } from '../../../src/core/template/data.js';
import { argocdFunctions } from '../../../src/core/template/functions/argocd.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { renderText } from '../../../src/core/template/renderTemplate.js';
import type { MissingKey } from '../../../src/core/template/evaluate.js';
import { projectFolder } from '../../support/projectFolder.js';

interface RecordedCase {
  readonly text: string;
  readonly functions: 'helm' | 'argocd';
  readonly missingKey?: MissingKey;
  readonly output: string;
  readonly error?: string;
}

const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/template/functions.json'), 'utf8')) as {
  readonly data: string;
  readonly cases: readonly RecordedCase[];
};

/** What is not as in Go, by a part of the case's text, with the reason. */
const known = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/template/differences.json'), 'utf8')) as readonly { readonly text: string; readonly reason: string }[];

const root = parseYaml(new SourceText('/values.yaml', recorded.data)).documents[0]?.root;

function run({ text, functions, missingKey }: RecordedCase): { readonly output: string; readonly error?: string } {
  assert(root);
  const result = renderText(text, valueOfNode(root), functions === 'helm' ? helmFunctions : argocdFunctions, { name: 't', cryptography, ...(missingKey ? { missingKey } : {}) });
  // a byte that is no character has no place in the record
  return 'error' in result ? { output: '', error: result.error.message } : { output: result.text.replace(/\p{Surrogate}/gu, '\ufffd') };
}

describe('templates, against what Go was recorded to make of them', () => {
  it('give the same text or the same message, but for the differences that are listed', () => {
    const excused = new Set(known.map(({ text }) => text));
    const wrong: string[] = [];
    for (const each of recorded.cases) {
      const { output, error } = run(each);
      if (excused.has(each.text)) continue;
      if (output !== each.output || error !== each.error)
        wrong.push(`${each.text}\n  Go:   ${each.error ?? JSON.stringify(each.output)}\n  here: ${error ?? JSON.stringify(output)}`);
    }
    assert.equal(wrong.length, 0, `${wrong.length} of ${recorded.cases.length} differ:\n${wrong.join('\n')}`);
  });

  it('lists no difference that there is not', () => {
    const wrong = known.filter(({ text }) => {
      const cases = recorded.cases.filter((each) => each.text === text);
      return cases.length === 0 || cases.every((each) => run(each).output === each.output && run(each).error === each.error);
    });
    assert.deepEqual(wrong, []);
  });
});
