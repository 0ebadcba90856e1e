import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { readMetadata } from '../../../src/core/helm/chartMetadata.js';
import type { ChartDependency } from '../../../src/core/helm/chart.js';
import { isInSync, readChartLock } from '../../../src/core/helm/chartLock.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

const chart = `apiVersion: v2
name: top
version: 0.1.0
dependencies:
  - name: web
    version: ">=1.0.0 <2.0.0"
    repository: http://127.0.0.1:18999
    condition: web.enabled
    tags: [front, "a<b"]
    alias: front
    import-values:
      - data
      - child: a.b
        parent: c
  - name: web
    version: 1.x
    repository: http://127.0.0.1:18999
`;

/** As helm v3.22 wrote it for the chart, which it fetched from a repository on this machine. */
const lock = `dependencies:
- name: web
  repository: http://127.0.0.1:18999
  version: 1.2.0
- name: web
  repository: http://127.0.0.1:18999
  version: 1.2.0
digest: sha256:9be04803ef7300716e8495a61046a096de85be8b772b91b9e23fbd5dc1304a39
generated: "2026-11-21T19:04:45.377195127Z"
`;

function dependenciesOf(text: string): readonly ChartDependency[] {
  const root = parseYaml(new SourceText('/chart/Chart.yaml', text)).documents[0]?.root;
  assert.ok(root?.kind === 'map');
  const metadata = readMetadata(root, undefined);
  assert.ok('dependencies' in metadata);
  return metadata.dependencies;
}

describe('Chart.lock', () => {
  const read = readChartLock(parseYaml(new SourceText('/chart/Chart.lock', lock)));
  assert.ok(read);

  it('belongs to the dependencies that helm made it for', () => {
    assert.equal(isInSync(read, dependenciesOf(chart)), true);
    assert.deepEqual(
      read.dependencies.map(({ name, version }) => `${name} ${version}`),
      ['web 1.2.0', 'web 1.2.0'],
    );
  });

  for (const [what, from, to] of [
    ['a range', '1.x', '2.x'],
    ['a tag', 'front,', 'back,'],
    ['an imported value', 'parent: c', 'parent: d'],
    ['a repository', 'http://127.0.0.1:18999\n    condition', 'http://127.0.0.1:18998\n    condition'],
  ] as const) {
    it(`no longer belongs to them when ${what} changed`, () => {
      assert.equal(isInSync(read, dependenciesOf(chart.replace(from, to))), false);
    });
  }

  it('that can not be read says nothing', () => {
    assert.equal(readChartLock(parseYaml(new SourceText('/chart/Chart.lock', '- a\n'))), undefined);
  });
});
