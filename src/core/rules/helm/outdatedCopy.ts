/** helm/outdated-copy: a chart in charts/ that isn't any more what its `file://` repository holds. */
import type { FileTree } from '../../base/fileTree.js';
import { baseName, joinPath, parentPath } from '../../base/path.js';
import { scalarValue } from '../../yaml/nodes.js';
import { nodeAt } from '../fileNodes.js';
import type { FileRule } from '../rule.js';

/** More than charts have; beyond that nothing is said. */
const mostFiles = 500;

export const outdatedCopy: FileRule = {
  id: 'helm/outdated-copy',
  title: 'Copy of a local chart that is out of date',
  severity: 'warning',
  scope: 'file',
  looksAt: (path) => baseName(path) === 'Chart.yaml',
  what: 'A dependency with `file://` stands in `charts/` as an unpacked copy, and the chart that it was copied from says something else by now.',
  why: 'Helm and Argo CD render the copy: what was changed in the chart beside it is not delivered, and nothing fails.',
  mend: 'Run `helm dependency update` in the chart’s folder and commit what it changes.',
  examples: {
    bad: `#- charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- charts/common/templates/_labels.tpl
{{- define "common.labels" }}app: {{ .Release.Name }}{{ end }}
#- charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
dependencies:
- name: common
  version: 1.0.0
  repository: file://../common
#- charts/web/charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- charts/web/charts/common/templates/_labels.tpl
{{- define "common.labels" }}app: web{{ end }}`,
    good: `#- charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- charts/common/templates/_labels.tpl
{{- define "common.labels" }}app: {{ .Release.Name }}{{ end }}
#- charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
dependencies:
- name: common
  version: 1.0.0
  repository: file://../common
#- charts/web/charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- charts/web/charts/common/templates/_labels.tpl
{{- define "common.labels" }}app: {{ .Release.Name }}{{ end }}`,
  },
  hasFix: false,
  check({ source, parsed }, report, { tree, parse }) {
    const dependencies = nodeAt(parsed.documents[0]?.root, ['dependencies']);
    for (const dependency of dependencies?.kind === 'sequence' ? dependencies.items : []) {
      if (dependency.kind !== 'map') continue;
      const name = scalarValue(dependency.get('name')) ?? '';
      const repository = dependency.get('repository');
      if (repository?.kind !== 'scalar' || !repository.value.startsWith('file://') || name === '') continue;
      const chart = parentPath(source.path);
      const [origin, copy] = [joinPath(chart, repository.value.slice('file://'.length)), joinPath(chart, `charts/${name}`)];
      if (tree.kind(joinPath(origin, 'Chart.yaml')) !== 'file' || tree.kind(joinPath(copy, 'Chart.yaml')) !== 'file') continue;
      const versionOf = (folder: string): string | undefined => scalarValue(nodeAt(parse(joinPath(folder, 'Chart.yaml'))?.documents[0]?.root, ['version']));
      const difference =
        versionOf(origin) === versionOf(copy) ? firstDifference(tree, origin, copy) : `it has version ${versionOf(copy) ?? '-'} and that ${versionOf(origin) ?? '-'}`;
      if (difference === undefined) continue;
      report(repository, `charts/${name} is not what ${repository.value} holds by now: ${difference}. The copy is what is rendered; run \`helm dependency update\`.`);
    }
  },
};

/** Which file tells two folders of one chart apart; undefined where none does. helm writes Chart.yaml anew, so its text doesn't count. */
function firstDifference(tree: FileTree, origin: string, copy: string): string | undefined {
  const [own, copied] = [listParts(tree, origin), listParts(tree, copy)];
  if (own.length > mostFiles || copied.length > mostFiles) return undefined;
  const changed = own.find((name) => copied.includes(name) && tree.read(joinPath(origin, name))?.text !== tree.read(joinPath(copy, name))?.text);
  if (changed !== undefined) return `${changed} differs`;
  const missing = own.find((name) => !copied.includes(name));
  if (missing !== undefined) return `it lacks ${missing}`;
  const surplus = copied.find((name) => !own.includes(name));
  return surplus === undefined ? undefined : `it still has ${surplus}`;
}

/** The files of a chart that helm renders with, by their paths in it. */
function listParts(tree: FileTree, chart: string): readonly string[] {
  const names = ['values.yaml', 'values.schema.json'].filter((name) => tree.kind(joinPath(chart, name)) === 'file');
  const walk = (folder: string): void => {
    for (const entry of tree.list(joinPath(chart, folder))) {
      if (names.length > mostFiles) return;
      const name = `${folder}/${entry}`;
      if (tree.kind(joinPath(chart, name)) === 'directory') walk(name);
      else names.push(name);
    }
  };
  walk('templates');
  walk('crds');
  return names;
}
