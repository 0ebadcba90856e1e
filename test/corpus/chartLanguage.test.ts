/**
 * The language features on the charts of the large corpus: a key that is renamed leaves what is rendered as it was, a key that is
 * called unused can go, and no place of a template, whole or cut off, breaks completion. `RUN_SLOW_TESTS=1` takes all charts.
 */
import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import { SourceText } from '../../src/core/base/source.js';
import { actionContextAt, callContextAt } from '../../src/core/chartLanguage/actionContext.js';
import { scopeAt } from '../../src/core/chartLanguage/analyzeTree.js';
import { buildChartIndex, ChartLanguageCache, type ChartIndex } from '../../src/core/chartLanguage/chartIndex.js';
import { readChartUnits } from '../../src/core/chartLanguage/chartUnits.js';
import { KeyUsage } from '../../src/core/chartLanguage/keyUsage.js';
import { renameKey } from '../../src/core/chartLanguage/renameKey.js';
import { allKeys, defaultSources, type ValuesSource } from '../../src/core/chartLanguage/valuesKeys.js';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { keepParsed } from '../../src/core/helm/loadChart.js';
import { renderChart } from '../../src/core/helm/renderChart.js';
import { parseTemplate } from '../../src/core/template/parse/parser.js';
import { applyChanges } from '../../src/core/yaml/edit.js';
import type { Pair } from '../../src/core/yaml/nodes.js';
import { findLargeCorpus } from '../support/corpus.js';
import { loadCorpusCharts, type ChartCase } from '../support/corpusCharts.js';

const isWhole = process.env['RUN_SLOW_TESTS'] === '1';

/** A tree with other texts in some files. */
function laidOver(tree: FileTree, texts: ReadonlyMap<string, string>): FileTree {
  const sources = new Map([...texts].map(([path, text]) => [path, new SourceText(path, text)]));
  return {
    kind: (path) => tree.kind(path),
    read: (path) => sources.get(path) ?? tree.read(path),
    readBytes: (path) => {
      const source = sources.get(path);
      return source ? new TextEncoder().encode(source.text) : tree.readBytes(path);
    },
    list: (path) => tree.list(path),
    realPath: (path) => tree.realPath(path),
  };
}

/** The file without a field that stands on lines of its own; undefined where it doesn't. */
function withoutPair(source: SourceText, { key, value }: Pair): string | undefined {
  const start = source.lineStarts[source.lineAt(key.start)] ?? 0;
  if (source.text.slice(start, key.start).trim() !== '') return undefined;
  return source.text.slice(0, key.start) + source.text.slice(Math.max(key.end + 1, value.end)).replace(/^[ \t]*(?:#[^\n]*)?/, '');
}

describe('the language of charts on the corpus', function () {
  this.timeout(3_600_000);
  const large = findLargeCorpus();
  if (large === undefined) return;
  const cache = new ChartLanguageCache();
  const renders = new ChartCache();
  const parse = keepParsed();
  const charts: { readonly path: string; readonly cases: readonly ChartCase[]; readonly index: ChartIndex }[] = [];

  before(async () => {
    const byPath = new Map<string, ChartCase[]>();
    for (const each of await loadCorpusCharts(large)) {
      if (each.entry.ok && each.entry.deterministic !== false) byPath.set(each.path, [...(byPath.get(each.path) ?? []), each]);
    }
    for (const [at, [path, cases]] of [...byPath].entries()) {
      const [first] = cases;
      if (!first || (!isWhole && at % 12 !== 5)) continue;
      const unit = readChartUnits(path, { tree: first.tree, unpack: chartTools.unpack, parse });
      if (!('code' in unit)) charts.push({ path, cases: cases.slice(0, 2), index: buildChartIndex(unit, cache) });
    }
  });

  function render({ path, cases }: (typeof charts)[number], change?: ReadonlyMap<string, string>): readonly string[] {
    return cases.map(({ tree, inputs }) => {
      const rendering = renderChart({ tree: change ? laidOver(tree, change) : tree, path, inputs }, { tools: chartTools, cache: renders });
      return rendering.ok ? (rendering.text ?? '') : rendering.problems.map(({ message }) => message).join('\n');
    });
  }

  it('renaming a key of the values changes nothing that is rendered', () => {
    const counts = { charts: 0, renamed: 0, refused: 0 };
    const wrong: string[] = [];
    for (const chart of charts) {
      const { path, cases, index } = chart;
      const own = index.root.chart.values;
      const before = own ? render(chart) : [];
      // Keys and certificates that a template makes are others each time.
      if (!own || render(chart).some((text, at) => text !== before[at])) continue;
      counts.charts++;
      const layers = cases.flatMap(({ inputs }) => inputs.values);
      const given = layers.flatMap((layer): ValuesSource[] => {
        const source = layer.kind === 'file' ? cases[0]?.tree.read(layer.path) : undefined;
        const root = source && parse(source).documents[0]?.root;
        return root?.kind === 'map' ? [{ root, prefix: [] }] : [];
      });
      const keys = [...allKeys(own)];
      const step = Math.max(1, Math.ceil(keys.length / (isWhole ? 6 : 4)));
      for (const { path: key } of keys.filter((_, at) => at % step === 0)) {
        const renamed = renameKey({ index, sources: [...defaultSources(index), ...given], layers, path: key, newName: 'zzRenamed', placeOf: ({ path: file }) => file });
        if ('refusal' in renamed) {
          counts.refused++;
          continue;
        }
        counts.renamed++;
        const texts = new Map<string, string>();
        for (const file of new Set(renamed.changes.map(({ location }) => location.path))) {
          const source = cases[0]?.tree.read(file);
          assert.ok(source, file);
          texts.set(
            file,
            applyChanges(
              source,
              renamed.changes.filter(({ location }) => location.path === file),
            ),
          );
        }
        if (render(chart, texts).some((text, at) => text !== before[at])) wrong.push(`${path}: ${key.join('.')}`);
      }
    }
    console.log(`      renames: ${counts.renamed} keys of ${counts.charts} charts, ${counts.refused} refused, ${wrong.length} wrong ${wrong.join()}`);
    assert.deepEqual(wrong, []);
    assert.ok(counts.renamed > 20, 'too few keys could be renamed to say anything');
  });

  it('a key that no template reads can be deleted', () => {
    let count = 0;
    const wrong: string[] = [];
    for (const chart of charts) {
      const { path, index } = chart;
      const own = index.root.chart.values;
      const found = own ? [...new KeyUsage(index).unusedKeys({ root: own, prefix: [] })] : [];
      if (!own || found.length === 0) continue;
      const before = render(chart);
      if (render(chart).some((text, at) => text !== before[at])) continue;
      for (const { pair, path: key } of found.slice(0, isWhole ? 100 : 5)) {
        const text = withoutPair(own.source, pair);
        if (text === undefined) continue;
        count++;
        if (render(chart, new Map([[own.source.path, text]])).some((each, at) => each !== before[at])) wrong.push(`${path}: ${key.join('.')}`);
      }
    }
    console.log(`      unused keys: ${count} deleted, ${wrong.length} wrong`);
    assert.deepEqual(wrong, []);
  });

  it('every place of a template, whole or cut off, has an answer, and soon', () => {
    let [places, slowest] = [0, 0];
    const files = charts
      .flatMap(({ index }) => index.files.filter(({ unit, file }) => unit === index.root && file.source.text.length < 6000))
      .filter((_, at) => at % (isWhole ? 3 : 11) === 0);
    for (const { file, name } of files) {
      const { text } = file.source;
      for (let offset = 0; offset <= text.length; offset += isWhole ? 11 : 17) {
        const start = performance.now();
        actionContextAt(text, offset);
        callContextAt(text, offset);
        const cut = parseTemplate(new SourceText(file.source.path, text.slice(0, offset)), name, { tolerant: true });
        for (const tree of cut.trees.values()) scopeAt(tree, { kind: 'root', unit: [] }, offset);
        slowest = Math.max(slowest, performance.now() - start);
        places++;
      }
    }
    console.log(`      places: ${places} in ${files.length} files, the slowest ${slowest.toFixed(0)} ms`);
    assert.ok(places > 100);
    assert.ok(slowest < 2000, `${slowest.toFixed(0)} ms`);
  });
});
