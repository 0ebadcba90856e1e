/**
 * The first render of everything: each repository of the corpus in a process of its own that has read nothing yet, with
 * its peak memory. Where KRUSTY_LOOP names a program that renders the folders on its standard input with kustomize's
 * library in one Go process, it runs over the same folders.
 */
import { spawnSync } from 'node:child_process';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import type { CorpusCase } from '../support/corpus.js';
import { formatBytes, formatMs, type Row } from './table.js';

export interface ColdRun {
  readonly cases: number;
  readonly ms: number;
  readonly bytes: number;
  /** Peak resident memory of the process, in bytes. */
  readonly peak: number;
}

/** Renders all cases with an empty cache, in this process. */
export function renderCold(cases: readonly CorpusCase[]): ColdRun {
  const cache = new BuildCache();
  const start = performance.now();
  let bytes = 0;
  for (const each of cases) bytes += renderingText(buildKustomization({ tree: each.tree, folder: each.folder, options: each.options, cache })).length;
  return { cases: cases.length, ms: performance.now() - start, bytes, peak: process.resourceUsage().maxRSS * 1024 };
}

/** @param repositories how many repositories are shown, the largest first; all are rendered where this is undefined */
export function measureColdRenders(cases: readonly CorpusCase[], repositories: number | undefined): readonly Row[] {
  const comparable = cases.filter((each) => each.suite === 'kustomize' || each.suite === 'small');
  const groups = new Map<string, CorpusCase[]>();
  for (const each of comparable) groups.set(each.repo, [...(groups.get(each.repo) ?? []), each]);
  const byRepository = [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, repositories);
  const rows: Row[] = [];
  let total = 0;
  let peer: number | undefined = 0;
  for (const [repository, mine] of byRepository) {
    const run = runChild(repository);
    const loop = runGoLoop(mine);
    total += run.ms;
    peer = loop === undefined ? undefined : (peer ?? 0) + loop;
    const isLargest = rows.length === 0;
    if (rows.length >= 5) continue;
    rows.push({ what: `cold render of ${repository} (${run.cases} kustomizations)`, measured: formatMs(run.ms), budget: loopBudget(loop), value: run.ms });
    rows.push({ what: `peak memory of the cold render of ${repository}`, measured: formatBytes(run.peak), budget: isLargest ? 'under 400 MB' : '', value: run.peak });
  }
  if (byRepository.length > 1) {
    const count = byRepository.reduce((sum, [, mine]) => sum + mine.length, 0);
    rows.push({ what: `cold render of all ${byRepository.length} repositories (${count} kustomizations)`, measured: formatMs(total), budget: loopBudget(peer), value: total });
  }
  return rows;
}

function loopBudget(loop: number | undefined): string {
  return loop === undefined ? "faster than kustomize's library in one Go process (not measured here)" : `kustomize's library in one Go process: ${formatMs(loop)}`;
}

function runChild(repository: string): ColdRun {
  const script = process.argv[1] ?? '';
  const run = spawnSync(process.execPath, [...process.execArgv, script, '--cold', repository], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) throw new Error(`the cold render of ${repository} ended with ${run.status ?? run.signal}`);
  return JSON.parse(run.stdout) as ColdRun;
}

/** The milliseconds of the Go program for the same folders, or undefined where there is none. */
function runGoLoop(cases: readonly CorpusCase[]): number | undefined {
  const program = process.env['KRUSTY_LOOP'];
  if (program === undefined || program === '') return undefined;
  const input = cases.map((each) => `${each.folder}\n`).join('');
  const run = spawnSync(program, [], { input, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] });
  const last = run.stdout?.trimEnd().split('\n').at(-1) ?? '';
  const summary = JSON.parse(last) as { readonly seconds: number };
  return summary.seconds * 1000;
}
