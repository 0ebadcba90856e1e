/**
 * helm/undefined-value: a template reads a key of the values that nothing sets, and isn't ready for that. Left alone are charts
 * that leave many of their keys to whoever installs them, and keys that a template asks for anywhere before it reads them.
 */
import type { FileTree } from '../../base/fileTree.js';
import { baseName, joinPath, parentPath } from '../../base/path.js';
import { isFedFromElsewhere, undefinedKeys } from '../../chartLanguage/keyUsage.js';
import { defaultSources, type ValuesSource } from '../../chartLanguage/valuesKeys.js';
import type { Environment } from '../../gitops/delivery.js';
import type { FileRule, RuleContext } from '../rule.js';
import { chartIn } from './chartIndexes.js';

export const undefinedValue: FileRule = {
  id: 'helm/undefined-value',
  title: 'Template reads a value that nothing sets',
  severity: 'info',
  scope: 'file',
  looksAt: (path) => baseName(path) === 'Chart.yaml',
  what: 'A template prints or loops over a key of the values that neither `values.yaml` nor a values file of an environment sets, though there are keys beside it; no template asks whether it is there (`if`, `with`, `default`, `required`, `hasKey` and the like).',
  why: 'Helm prints nothing in its place, and doesn’t say so: a field stays empty, or the manifest is no YAML any more.',
  mend: 'Write the key as the values have it, give it a value in `values.yaml`, or say what happens without it: `default`, `required`, `with`.',
  examples: {
    bad: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- chart/values.yaml
image:
  repository: acme/web
  tag: "1.0"
#- chart/templates/web.yaml
kind: Deployment
spec:
  image: {{ .Values.image.repository }}:{{ .Values.image.version }}
  tag: {{ .Values.image.tag }}`,
    good: `#- chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
#- chart/values.yaml
image:
  repository: acme/web
  tag: "1.0"
#- chart/templates/web.yaml
kind: Deployment
spec:
  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
  tag: {{ .Values.image.tag }}`,
  },
  hasFix: false,
  check(file, report, context) {
    const folder = parentPath(file.source.path);
    const chart = chartIn(folder, context);
    if (!chart?.index.root.chart.values || isInflated(folder, context.tree)) return;
    const { index, usage } = chart;
    const { users } = file;
    const sources = [...defaultSources(index), ...valuesFilesOf(folder, users, context)];
    const texts = [index.root.chart.schema?.source.text ?? '', ...users.flatMap(({ declaration }) => declaration?.root.source.text ?? [])];
    const isSetElsewhere = (path: readonly string[]): boolean => texts.some((text) => text.includes(path.at(-1) ?? ''));
    const found = [...undefinedKeys(index, usage, sources, isSetElsewhere)];
    if (isFedFromElsewhere(index, found)) return;
    for (const key of found) report(key, `Nothing sets ${key.path.join('.')}: neither values.yaml nor a values file of an environment.`);
  },
};

/** What may give the chart values: YAML files beside it, and those that declarations of its environments name. */
function valuesFilesOf(folder: string, users: readonly Environment[], { tree, parse }: RuleContext): readonly ValuesSource[] {
  const paths = [folder, ...['environments', 'envs', 'values', 'ci'].map((name) => joinPath(folder, name))].flatMap((parent) =>
    tree.list(parent).map((name) => joinPath(parent, name)),
  );
  const named = users.flatMap(({ declaration }) => {
    const text = declaration?.root.source.text ?? '';
    return [...text.matchAll(/[\w$./-]+\.ya?ml/g)].flatMap(([name]) => placesOf(name, folder, declaration?.root.source.path ?? '/', tree));
  });
  const files = [...new Set([...paths, ...named])].filter((path) => /\.ya?ml$/.test(path) && baseName(path) !== 'Chart.yaml' && tree.kind(path) === 'file');
  return files.flatMap((path) => {
    const root = parse(path)?.documents[0]?.root;
    return root?.kind === 'map' ? [{ root, prefix: [] }] : [];
  });
}

/** Where a values file that a declaration names may be: from the chart, or from a folder above the declaration, which may be the repository's. */
function placesOf(name: string, folder: string, declaration: string, tree: FileTree): readonly string[] {
  const places = [joinPath(folder, name)];
  const within = name.replace(/^\$[\w-]*\//, '');
  for (let at = parentPath(declaration); ; at = parentPath(at)) {
    places.push(joinPath(at, within));
    if (parentPath(at) === at) break;
  }
  return places.filter((path) => tree.kind(path) === 'file');
}

/** True for a chart that a kustomization beside it inflates, with values of its own. */
function isInflated(folder: string, tree: FileTree): boolean {
  const home = parentPath(parentPath(folder));
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) => tree.kind(joinPath(home, name)) === 'file');
}
