/** helm/dependency-not-locked: dependencies of a chart whose version isn't held by Chart.lock. */
import { baseName, joinPath, parentPath } from '../../base/path.js';
import { scalarValue, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import type { FileRule } from '../rule.js';
import { lockDigest } from './lockDigest.js';

export const dependencyLock: FileRule = {
  id: 'helm/dependency-not-locked',
  title: 'Dependency of a chart that is not locked',
  severity: 'warning',
  scope: 'file',
  looksAt: (path) => baseName(path) === 'Chart.yaml',
  what: 'A chart has a dependency with a range of versions and no `Chart.lock`, or the `Chart.lock` is not for the dependencies that `Chart.yaml` has.',
  why: 'Without a lock the newest version of the range is taken whenever the chart is rendered: what runs changes without a commit. With a lock that doesn’t fit, `helm dependency build`, which Argo CD runs, fails: the lock file is out of sync.',
  mend: 'Run `helm dependency update` in the chart’s folder and commit `Chart.lock`.',
  examples: {
    bad: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
dependencies:
- name: redis
  version: 20.x.x
  repository: https://charts.example.com`,
    good: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
dependencies:
- name: redis
  version: 20.1.4
  repository: https://charts.example.com`,
  },
  hasFix: false,
  check({ source, parsed }, report, context) {
    const root = parsed.documents[0]?.root;
    const dependencies = root?.kind === 'map' ? root.pair('dependencies') : undefined;
    const required = mapsOf(dependencies?.value);
    if (!dependencies || required.length === 0) return;
    const lockPath = joinPath(parentPath(source.path), 'Chart.lock');
    const lock = context.parse(lockPath)?.documents[0]?.root;
    if (lock?.kind !== 'map') {
      for (const dependency of required) {
        const version = dependency.get('version');
        const repository = scalarValue(dependency.get('repository')) ?? '';
        // A local chart has the version that it has; without a repository it stands in charts/.
        if (version?.kind !== 'scalar' || repository === '' || repository.startsWith('file://') || isExact(version.value)) continue;
        report(
          version,
          `There is no Chart.lock, so the newest ${scalarValue(dependency.get('name')) ?? 'version'} of ${version.value} is taken each time: run \`helm dependency update\` and commit Chart.lock.`,
        );
      }
      return;
    }
    const locked = mapsOf(lock.get('dependencies'));
    const names = new Set(locked.map((each) => scalarValue(each.get('name'))));
    const missing = required.find((each) => !names.has(scalarValue(each.get('name'))));
    const digest = scalarValue(lock.get('digest'));
    const expected = lockDigest(required, locked);
    if (missing)
      report(
        missing.get('name') ?? missing,
        `Chart.lock doesn't have ${scalarValue(missing.get('name')) ?? 'this dependency'}, and \`helm dependency build\` fails: run \`helm dependency update\`.`,
      );
    else if (digest !== undefined && expected !== undefined && digest !== expected) {
      report(dependencies.key, 'Chart.lock was made for other dependencies than these, and `helm dependency build` fails: run `helm dependency update`.');
    }
  },
};

function mapsOf(node: YamlNode | undefined): readonly MapNode[] {
  return node?.kind === 'sequence' ? node.items.filter((item) => item.kind === 'map') : [];
}

/** True for one version: `1.2.3`, `v1.2.3-rc.1`, `=1.2.3`. */
function isExact(version: string): boolean {
  return /^=?\s*v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(version.trim());
}
