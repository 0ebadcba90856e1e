/**
 * helm/unused-value: a key of a chart's values that no template reads. Nothing is said of keys within what is used as a whole, of
 * what belongs to charts that aren't there, and of what a schema names.
 */
import { parentPath } from '../../base/path.js';
import type { FileRule } from '../rule.js';
import { chartIn } from './chartIndexes.js';

export const unusedValue: FileRule = {
  id: 'helm/unused-value',
  title: 'Value that no template reads',
  severity: 'info',
  scope: 'file',
  looksAt: (path) => /\/values(?:[-._][^/]*)?\.ya?ml$/.test(path),
  what: 'A key in `values.yaml`, or in a values file beside it, that no template of the chart and of the charts below it reads. What is printed, looped over or handed on as a whole counts as read, and so does what only a rendering could tell.',
  why: 'Mostly it is a typing mistake or stands at the wrong level: the value is set, and what runs doesn’t change.',
  mend: 'Write the key as the templates read it, or delete it.',
  examples: {
    bad: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- chart/values.yaml
replicas: 2
#- chart/templates/web.yaml
kind: Deployment
spec:
  replicas: {{ .Values.replicaCount | default 1 }}`,
    good: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- chart/values.yaml
replicaCount: 2
#- chart/templates/web.yaml
kind: Deployment
spec:
  replicas: {{ .Values.replicaCount | default 1 }}`,
  },
  hasFix: false,
  check({ source, parsed }, report, context) {
    const root = parsed.documents[0]?.root;
    if (root?.kind !== 'map') return;
    const chart = chartIn(parentPath(source.path), context);
    if (!chart) return;
    for (const { pair, path } of chart.usage.unusedKeys({ root, prefix: [] })) {
      const owner = chart.index.units.find((unit) => unit.path.length > 0 && unit.path.length < path.length && unit.path.every((key, at) => key === path[at]));
      report(pair.key, `No template of ${owner ? `the chart ${owner.chart.metadata.name}` : 'the chart'} reads ${path.join('.')}.`);
    }
  },
};
