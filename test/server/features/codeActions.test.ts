import assert from 'node:assert/strict';
import type { Problem } from '../../../src/core/base/problem.js';
import { SourceText } from '../../../src/core/base/source.js';
import type { Lack } from '../../../src/core/objects/rendering.js';
import { listCodeActions } from '../../../src/server/features/codeActions.js';

/** The titles of the actions that fetch, and what they fetch, for a problem in the first line. */
function fetchesFor(code: string, kind: Lack['kind'], isTrusted = true): readonly string[] {
  const source = new SourceText('/w/Chart.yaml', 'name: web\n');
  const location = source.locate(0, 4);
  const problem: Problem = { code, severity: 'error', message: 'It is not here.', location };
  const spec = 'chart web@1.x from https://charts.example.com';
  return listCodeActions(location.range, {
    reported: [{ problem, diagnostic: { range: location.range, message: problem.message, code } }] as never,
    lacks: [{ kind, spec, location }],
    isTrusted,
    textAt: () => 'name',
    workspaceFolders: ['/w'],
    canComment: () => false,
  }).flatMap(({ title, command }) => (command?.command === 'gitops.remote.fetch' ? [`${title}: ${String(command.arguments?.[0])}`] : []));
}

describe('quick fixes of what was not fetched', () => {
  const spec = 'chart web@1.x from https://charts.example.com';

  it('fetch a dependency at its line in Chart.yaml', () => {
    assert.deepEqual(fetchesFor('helm/dependency-not-fetched', 'chart'), [`Fetch chart dependency: ${spec}`]);
  });

  it('fetch a chart of helmCharts, of an Application or of a HelmRelease', () => {
    assert.deepEqual(fetchesFor('kustomize/not-fetched', 'chart'), [`Fetch chart: ${spec}`]);
    assert.deepEqual(fetchesFor('gitops/chart-not-fetched', 'chart'), [`Fetch chart: ${spec}`]);
  });

  it('fetch a remote base', () => {
    assert.deepEqual(fetchesFor('kustomize/not-fetched', 'remote-folder'), [`Fetch remote base: ${spec}`]);
  });

  it('are offered in trusted workspaces only', () => {
    assert.deepEqual(fetchesFor('helm/dependency-not-fetched', 'chart', false), []);
  });
});
