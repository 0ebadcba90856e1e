/** helm/library-chart: an Application, HelmRelease or setting that deploys a chart which can't be installed. */
import { joinPath } from '../../base/path.js';
import { scalarValue } from '../../yaml/nodes.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const libraryChart: EnvironmentRule = {
  id: 'helm/library-chart',
  title: 'Library chart used as an application',
  severity: 'error',
  scope: 'environment',
  what: 'The source of an environment is a chart with `type: library`.',
  why: 'Library charts only hold templates for other charts: helm refuses to install them, and the sync fails.',
  mend: 'Point to the chart that has the library among its dependencies.',
  examples: {
    bad: `#- charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- apps/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  project: default
  source:
    repoURL: https://git.example.com/infra.git
    path: charts/common
  destination:
    server: https://kubernetes.default.svc
    namespace: web`,
    good: `#- charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
#- apps/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  project: default
  source:
    repoURL: https://git.example.com/infra.git
    path: charts/web
  destination:
    server: https://kubernetes.default.svc
    namespace: web`,
  },
  hasFix: false,
  check({ environment }, report, { parse }) {
    for (const { folder, renderer, pathNode, path } of environment.sources) {
      if (renderer !== 'helm' || folder === undefined) continue;
      const type = nodeAt(parse(joinPath(folder, 'Chart.yaml'))?.documents[0]?.root, ['type']);
      if (scalarValue(type) !== 'library' || type?.kind !== 'scalar') continue;
      report(pathNode ?? environment.declaredAt, `${path} is a library chart, which can't be installed: point to a chart that uses it.`, {
        related: [{ location: type.source.locate(type.start, type.end), message: 'The chart says so here.' }],
      });
    }
  },
};
