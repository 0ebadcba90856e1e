/**
 * helm/version-unchanged: a chart that was changed since the last commit under the version that it had. Charts that the
 * workspace's environments take by their path are left out: of those no one asks for a version.
 */
import type { FileTree } from '../../base/fileTree.js';
import { baseName, joinPath, parentPath, relativePath } from '../../base/path.js';
import { scalarValue, type YamlNode } from '../../yaml/nodes.js';
import { parseYaml } from '../../yaml/parse.js';
import type { FileRule } from '../rule.js';

export const chartVersion: FileRule = {
  id: 'helm/version-unchanged',
  title: 'Changed chart with an old version',
  severity: 'info',
  scope: 'file',
  looksAt: (path) => baseName(path) === 'Chart.yaml',
  what: 'Templates, values or CRDs of a chart differ from the last commit, and the `version` in Chart.yaml is still that of the commit. Only charts that no environment takes by its path are looked at: they are published.',
  why: 'A registry that has the version keeps the chart that it has, or exchanges it under the feet of those who locked it.',
  mend: 'Raise `version` in Chart.yaml.',
  examples: {
    bad: `# committed: version: 1.2.0, and now a template is changed
apiVersion: v2
name: web
version: 1.2.0`,
    good: `# committed: version: 1.2.0, and now a template is changed
apiVersion: v2
name: web
version: 1.2.1`,
  },
  hasFix: false,
  check(file, report, { tree, committed }) {
    const { source, parsed } = file;
    const before = committed?.(source.path);
    const version = versionOf(parsed.documents[0]?.root);
    if (!committed || !before || version?.kind !== 'scalar' || file.users.length > 0) return;
    if (scalarValue(versionOf(parseYaml(before).documents[0]?.root)) !== version.value) return;
    const folder = parentPath(source.path);
    const changed = [...filesOf(folder, tree)].find((path) => {
      const old = committed(path);
      return old === undefined || old.text !== tree.read(path)?.text;
    });
    if (changed !== undefined)
      report(version, `${relativePath(folder, changed)} differs from the commit, and the version is still ${version.value}: raise it before you publish the chart.`);
  },
};

function versionOf(root: YamlNode | undefined): YamlNode | undefined {
  return root?.kind === 'map' ? root.get('version') : undefined;
}

/** What a chart is made of, as far as it is read in rendering. */
function* filesOf(folder: string, tree: FileTree): Generator<string> {
  for (const name of ['values.yaml', 'values.schema.json']) if (tree.kind(joinPath(folder, name)) === 'file') yield joinPath(folder, name);
  for (const name of ['templates', 'crds']) yield* filesBelow(joinPath(folder, name), tree);
}

function* filesBelow(folder: string, tree: FileTree): Generator<string> {
  for (const name of tree.list(folder)) {
    const path = joinPath(folder, name);
    if (tree.kind(path) === 'directory') yield* filesBelow(path, tree);
    else yield path;
  }
}
