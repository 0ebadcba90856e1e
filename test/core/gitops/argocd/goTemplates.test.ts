import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { renderGoTemplate } from '../../../../src/core/gitops/argocd/applicationSet/goTemplates.js';
import type { GoValue } from '../../../../src/core/gitops/argocd/applicationSet/params.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Recorded {
  readonly text: string;
  readonly options: readonly string[];
  readonly data: GoValue;
  readonly result: { readonly text: string } | { readonly error: string };
}

describe('Go templates of ApplicationSets', () => {
  const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test', 'data', 'argocd', 'goTemplates.json'), 'utf8')) as readonly Recorded[];

  it('give what Argo CD makes of them', () => {
    // Go's maps have no order, so `keys` gives another one each time.
    const comparable = recorded.filter(({ text }) => text !== '{{ now }}' && text !== '{{ keys .map }}');
    const different = comparable.flatMap(({ text, options, data, result }) => {
      const ours = renderGoTemplate(text, data, options);
      const isSame = 'text' in result ? 'text' in ours && ours.text === result.text : 'error' in ours;
      return isSame ? [] : [{ text, options, data, wanted: result, ours }];
    });
    assert.ok(recorded.length > 200);
    assert.deepEqual(different, []);
  });

  it('that ask for the time or for chance are told apart', () => {
    for (const text of ['{{ now }}', '{{ randAlphaNum 5 }}']) assert.ok('unsupported' in renderGoTemplate(text, {}, []), text);
  });
});
