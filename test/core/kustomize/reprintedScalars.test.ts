/** Numbers that kustomize prints in another form than they were written in. */
import assert from 'node:assert/strict';
import { buildKustomization } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';
import type { Problem } from '../../../src/core/base/problem.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';

/** The warnings of a kustomization over one resource whose `spec` is given, and the patches given. */
function warningsOf(spec: string, patches = '[]'): readonly Problem[] {
  const tree = fixtureTree(`
#- kustomization.yaml
resources: [thing.yaml]
patches: ${patches}
#- thing.yaml
apiVersion: example.test/v1
kind: Thing
metadata: {name: thing}
spec: ${spec}
`);
  const rendering = buildKustomization({ tree, folder: fixtureRoot, options: { loadRestrictor: 'rootOnly', enableHelm: false }, cache: new BuildCache() });
  assert.equal(rendering.ok, true);
  return rendering.problems;
}

describe('re-printed scalars', () => {
  for (const [written, printed] of [
    ['1.10', '1.1'],
    ['553640e6', '553640000000'],
    ['0123456', '42798'],
    ['1_000', '1000'],
    ['0x1f', '31'],
    ['.5', '0.5'],
    ['12345678901234567890123', '1.2345678901234568e+22'],
  ] as const) {
    it(`warns that ${written} is printed as ${printed}, at its place`, () => {
      const [problem, second] = warningsOf(`{value: ${written}}`);
      assert.equal(problem?.code, 'kustomize/reprinted-scalar');
      assert.equal(problem.severity, 'warning');
      assert.ok(problem.message.includes(` ${printed};`), problem.message);
      assert.deepEqual(problem.location.range.start, { line: 3, character: 14 });
      assert.equal(problem.fix?.changes[0]?.newText, `"${written}"`);
      assert.equal(second, undefined);
    });
  }

  for (const spec of ['{value: 1.5}', '{value: 10}', '{value: "1.10"}', '{value: 1.2.3}', '{value: true}', '{defaultMode: 0755}', '{buckets: [1.0, 10.0]}']) {
    it(`is silent about ${spec}`, () => {
      assert.deepEqual(warningsOf(spec), []);
    });
  }

  it('warns of a whole number with .0 in a field that holds a version', () => {
    assert.deepEqual(
      warningsOf('{version: 1.0}').map(({ code }) => code),
      ['kustomize/reprinted-scalar'],
    );
  });

  it('warns at the line of a patch that brings the number', () => {
    const [problem] = warningsOf('{}', `[{target: {kind: Thing}, patch: '[{"op": "add", "path": "/spec/value", "value": 1.10}]'}]`);
    assert.equal(problem?.code, 'kustomize/reprinted-scalar');
    assert.match(problem.location.path, /kustomization\.yaml$/);
  });
});
