/** The cases of test/data/kustomize-helm: kustomizations with the charts that lie beside them, in memory. */
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { joinPath } from '../../src/core/base/path.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { buildKustomization, type BuildOptions } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { projectFolder } from './projectFolder.js';

const data = path.join(projectFolder, 'test/data/kustomize-helm');

/** The folder that is built. */
export const chartCaseFolder = '/case/k';

export interface ChartCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options: BuildOptions;
}

/** All cases, in the order of their names. */
export function chartCases(): readonly ChartCase[] {
  const folder = path.join(data, 'cases');
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => readCase(file.replace(/\.txt$/, ''), fs.readFileSync(path.join(folder, file), 'utf8')));
}

/** What the engine makes of a case. */
export function renderChartCase({ files, options }: ChartCase): Rendering {
  return buildKustomization({ tree: new MemoryTree(files), folder: chartCaseFolder, options, cache: new BuildCache() });
}

function readCase(name: string, text: string): ChartCase {
  const [head = '', ...parts] = text.split(/^#- /m);
  const words = (key: string): readonly string[] => new RegExp(`^# ${key}: (.*)$`, 'm').exec(head)?.[1]?.split(' ') ?? [];
  const files: Record<string, string> = {};
  for (const word of words('charts')) {
    const [chart = '', target = `charts/${chart}`] = word.split('=');
    Object.assign(files, chartFiles(chart, joinPath(chartCaseFolder, target)));
  }
  for (const part of parts) {
    const end = part.indexOf('\n');
    files[joinPath(chartCaseFolder, part.slice(0, end))] = part.slice(end + 1);
  }
  return { name, files, options: readOptions(words('args')) };
}

function readOptions(args: readonly string[]): BuildOptions {
  const after = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const [kubeVersion, apiVersions] = [after('--helm-kube-version'), after('--helm-api-versions')];
  return {
    loadRestrictor: after('--load-restrictor') === 'LoadRestrictionsNone' ? 'none' : 'rootOnly',
    enableHelm: !args.includes('--no-helm'),
    renderChart: chartRenderer(chartTools),
    ...(kubeVersion !== undefined && { helmKubeVersion: kubeVersion }),
    ...(apiVersions !== undefined && { helmApiVersions: apiVersions.split(',') }),
  };
}

/** The files of a chart of the test data, as they lie at `target`. */
export function chartFiles(chart: string, target: string): Readonly<Record<string, string>> {
  const folder = path.join(data, 'charts', chart);
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(names.map((name) => [`${target}/${name.replaceAll('\\', '/')}`, fs.readFileSync(path.join(folder, name), 'utf8')]));
}
