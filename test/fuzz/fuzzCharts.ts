/**
 * Mutated templates, values and Chart.yaml files against the renderer of charts, and the questions that an editor asks of
 * them. Whatever comes in, a rendering has to end in time, with output or with an error that points into a file, and a cache
 * must never show.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { buildChartIndex, ChartLanguageCache } from '../../src/core/chartLanguage/chartIndex.js';
import { readChartUnits } from '../../src/core/chartLanguage/chartUnits.js';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { renderChart } from '../../src/core/helm/renderChart.js';
import { renderingText, type Rendering } from '../../src/core/objects/rendering.js';
import { parseFirstDocument } from '../../src/core/yaml/parse.js';
import { sampleInputs } from '../support/corpusCharts.js';
import { projectFolder } from '../support/projectFolder.js';
import type { FuzzSeed } from './fuzzKustomize.js';
import { checkProblems } from './checkProblems.js';
import { mutateText } from './mutate.js';
import { Random } from './random.js';

/** The longest that a rendering may take: budgets count steps, and steps are slower on a busy machine. */
const mostMs = 30_000;

const templateTokens: readonly string[] = [
  '{{',
  '}}',
  '{{- ',
  ' -}}',
  '{{ end }}',
  '{{ else }}',
  '{{ . }}',
  '{{ $ }}',
  '{{ .Values }}',
  '{{ .Values.a.b.c }}',
  '{{ range $i, $x := .Values }}',
  '{{ range until 100000000 }}x{{ end }}',
  '{{ with .Values }}',
  '{{ define "loop" }}{{ include "loop" . }}{{ end }}{{ include "loop" . }}',
  '{{ tpl "{{ tpl . $ }}" . }}',
  '{{ $x := repeat 100000 "ab" }}{{ range until 10000 }}{{ $x }}{{ end }}',
  '{{ include (printf "%s" .Chart.Name) . }}',
  '{{ .Files.Get "../../../etc/passwd" }}',
  '{{ lookup "v1" "Secret" "" "" | toYaml }}',
  '{{ fail "no" }}',
  '{{ index .Values "a" 1 }}',
  '{{ printf "%1000000000d" 1 }}',
  '{{ regexReplaceAll "(a+)+$" (repeat 5000 "a") "b" }}',
  '{{ .Values | toYaml | nindent 4 | fromYaml | toJson | b64enc }}',
  '{{/* ',
  ' */}}',
  '| default ',
  '| quote',
  '`',
  '"',
  '$',
  '|',
  '{{ break }}',
  '{{ block "b" . }}',
  '{{ genPrivateKey "rsa" }}',
  'dependencies: [{name: a, version: "*", repository: "file://../a"}]\n',
];

/** The charts of the sample, each with its values for prod, and the templates of the recorded tables as lines to put in. */
export function loadChartSeeds(): { readonly seeds: readonly FuzzSeed[]; readonly donors: readonly string[] } {
  const top = path.join(projectFolder, 'samples/argocd-helm');
  const folders = ['apps', ...fs.readdirSync(path.join(top, 'charts')).map((name) => `charts/${name}`)];
  const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/template/charts.json'), 'utf8')) as { readonly cases: readonly { readonly text: string }[] };
  const seeds = folders.map((folder) => ({ id: folder, folder: `/seed/${folder}`, files: filesOf(path.join(top, folder), `/seed/${folder}`) }));
  return { seeds, donors: [...recorded.cases.map(({ text }) => text), ...seeds.flatMap(({ files }) => Object.values(files))] };
}

/** One round: picks a chart, mutates one or two of its files, and checks the properties. The same number gives the same round. */
export function fuzzCharts({ seeds, donors }: ReturnType<typeof loadChartSeeds>, round: number, warm: ChartCache): void {
  const random = new Random(round);
  const seed = random.pick(seeds);
  const files: Record<string, string> = { ...seed.files };
  const names = Object.keys(files);
  for (let count = 1 + random.below(2); count > 0; count--) {
    const name = random.pick(names);
    const text = files[name] ?? '';
    const at = random.below(text.length + 1);
    files[name] = random.below(2) === 0 ? text.slice(0, at) + random.pick(templateTokens) + text.slice(at) : mutateText(text, random, donors);
  }
  try {
    checkRendering(files, seed.folder, warm);
  } catch (error) {
    const shown = names.filter((name) => files[name] !== seed.files[name]).map((name) => `--- ${name}\n${(files[name] ?? '').slice(0, 1500)}`);
    throw new Error(`round ${round} (${seed.id}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${shown.join('\n')}`, { cause: error });
  }
}

function checkRendering(files: Readonly<Record<string, string>>, folder: string, warm: ChartCache): void {
  const tree = new MemoryTree(files);
  const values = files[`${folder}/values-prod.yaml`] === undefined ? [] : [{ kind: 'file', path: `${folder}/values-prod.yaml`, node: undefined, isOptional: false } as const];
  const render = (cache: ChartCache): Rendering => renderChart({ tree, path: folder, inputs: { ...sampleInputs, values } }, { tools: chartTools, cache });
  const start = performance.now();
  const rendering = render(warm);
  const text = renderingText(rendering);
  const elapsed = performance.now() - start;
  assert.ok(elapsed < mostMs, `took ${Math.round(elapsed)} ms`);
  checkProblems(rendering, tree);
  const again = render(new ChartCache());
  assert.deepEqual(again.problems, rendering.problems, 'a fresh cache gives other problems');
  assert.equal(withoutKeys(renderingText(again)), withoutKeys(text), 'a fresh cache gives another text');
  const unit = readChartUnits(folder, { tree, unpack: chartTools.unpack, parse: parseFirstDocument });
  if (!('code' in unit)) buildChartIndex(unit, new ChartLanguageCache());
}

/** Keys are made anew where nothing remembers them. */
function withoutKeys(text: string): string {
  return text.replace(/-----BEGIN [^]*?-----END [A-Z ]+-----/g, 'KEY');
}

function filesOf(folder: string, as: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[`${as}/${path.relative(folder, file).split(path.sep).join('/')}`] = fs.readFileSync(file, 'utf8');
  }
  return files;
}
