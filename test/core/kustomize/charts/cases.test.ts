/**
 * Every case of test/data/kustomize-helm: a kustomization that inflates charts, and what the real kustomize v5.8.2 made of it
 * with helm v3.22 (scripts/goldensKustomizeHelm.mjs writes it). Of what it refuses only the refusal is compared: ours name
 * the file and the line.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { renderingText } from '../../../../src/core/objects/rendering.js';
import { chartCases, renderChartCase } from '../../../support/kustomizeHelmCases.js';
import { projectFolder } from '../../../support/projectFolder.js';

const expected = path.join(projectFolder, 'test/data/kustomize-helm/expected');

describe('kustomizations with charts, made by the real tools', () => {
  const cases = chartCases();
  for (const each of cases) {
    it(each.name.replaceAll('-', ' '), () => {
      const rendering = renderChartCase(each);
      const errors = rendering.problems.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);
      const golden = path.join(expected, `${each.name}.yaml`);
      if (fs.existsSync(golden)) {
        assert.deepEqual(errors, []);
        assert.equal(renderingText(rendering), fs.readFileSync(golden, 'utf8'));
      } else {
        assert.equal(rendering.ok, false, 'the real tool refuses this, and so must we');
        assert.ok(errors.length > 0);
      }
    });
  }

  it('have an expectation each, and none is left over', () => {
    const names = fs.readdirSync(expected).map((file) => file.replace(/\.(?:yaml|error\.txt)$/, ''));
    assert.deepEqual(names.sort(), cases.map(({ name }) => name).sort());
  });
});
