/** The charts of a workspace as the rules on their values see them: made once for all of them, and again when a file of the chart changes. */
import { NotedTree } from '../../base/notedTree.js';
import { joinPath, parentPath, relativePath } from '../../base/path.js';
import { buildChartIndex, ChartLanguageCache, type ChartIndex } from '../../chartLanguage/chartIndex.js';
import { readChartUnits } from '../../chartLanguage/chartUnits.js';
import { KeyUsage } from '../../chartLanguage/keyUsage.js';
import { isMistake, type ArchivedFile } from '../../helm/loadChart.js';
import { parseFirstDocument } from '../../yaml/parse.js';
import type { RuleContext } from '../rule.js';
import type { RuleSettings } from '../settings.js';

/** A chart whose templates could all be read. */
export interface CheckedChart {
  readonly index: ChartIndex;
  readonly usage: KeyUsage;
}

interface Kept {
  readonly noted: NotedTree;
  readonly chart: CheckedChart | undefined;
}

interface KeptCharts {
  readonly cache: ChartLanguageCache;
  readonly byFolder: Map<string, Kept>;
}

/** Archives are not opened here: nothing is known of the chart in one, so that nothing is told of what it may read. */
const unreadArchive: readonly ArchivedFile[] = [{ name: 'archive/Chart.yaml', bytes: new TextEncoder().encode('apiVersion: v2\nname: archive\nversion: 0.0.0\n') }];

function startKeeping(_: RuleSettings): KeptCharts {
  return { cache: new ChartLanguageCache(), byFolder: new Map() };
}

/** The chart in a folder; undefined where there is none that can be told of: a library, a copy within another chart, a template with a mistake. */
export function chartIn(folder: string, { tree, ofValue, settings }: RuleContext): CheckedChart | undefined {
  if (tree.kind(joinPath(folder, 'Chart.yaml')) !== 'file') return undefined;
  const { cache, byFolder } = ofValue(settings, startKeeping);
  const before = byFolder.get(folder);
  if (before?.noted.isStill(tree)) return before.chart;
  const noted = new NotedTree(tree);
  const chart = readChart(folder, noted, cache);
  byFolder.set(folder, { noted, chart });
  return chart;
}

function readChart(folder: string, tree: NotedTree, cache: ChartLanguageCache): CheckedChart | undefined {
  const holder = parentPath(folder);
  if (holder.endsWith('/charts') && tree.kind(joinPath(parentPath(holder), 'Chart.yaml')) === 'file') return undefined;
  const unit = readChartUnits(folder, { tree, unpack: () => unreadArchive, parse: parseFirstDocument });
  if (isMistake(unit) || unit.chart.metadata.type === 'library' || isTakenIn(folder, tree)) return undefined;
  const index = buildChartIndex(unit, cache);
  const isRead = index.files.every(({ file }) => index.parsed.get(file.source.path)?.errors.length === 0);
  return isRead ? { index, usage: new KeyUsage(index) } : undefined;
}

/** True where a chart beside it takes it in: that one's templates may read its values as well. */
function isTakenIn(folder: string, tree: NotedTree): boolean {
  const above = parentPath(folder);
  const mark = `file://../${relativePath(above, folder)}`;
  return tree.list(above).some((name) => {
    const path = joinPath(above, `${name}/Chart.yaml`);
    return tree.kind(path) === 'file' && tree.read(path)?.text.includes(mark) === true;
  });
}
