/** Where the charts of a kustomization lie when they are there, told by its text alone. */
import { joinPath } from '../../base/path.js';
import { scalarValue, type MapNode, type YamlNode } from '../../yaml/nodes.js';

/** The folders that entries of `helmCharts` are looked for in, absolute; they need not exist. */
export function chartFolders(root: YamlNode, folder: string): readonly string[] {
  const charts = root.kind === 'map' ? root.get('helmCharts') : undefined;
  if (root.kind !== 'map' || charts?.kind !== 'sequence') return [];
  const globals = root.get('helmGlobals');
  const said = globals?.kind === 'map' ? scalarValue(globals.get('chartHome')) : undefined;
  const home = joinPath(folder, said === undefined || said === '' ? 'charts' : said);
  return charts.items.flatMap((item) => (item.kind === 'map' ? chartFolder(item, home) : []));
}

function chartFolder(entry: MapNode, home: string): readonly string[] {
  const text = (field: string): string => scalarValue(entry.get(field)) ?? '';
  const [name, version, repo] = [text('name'), text('version'), text('repo')];
  if (name === '') return [];
  return [joinPath(version === '' || repo === '' ? home : joinPath(home, `${name}-${version}`), name)];
}
