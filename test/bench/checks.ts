/**
 * Finding environments and checking them: each repository of the corpus in a process of its own that has read nothing
 * yet, as `check` does it, and one keystroke in the largest until all its findings are known again.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { readKubernetesTable } from '../../src/adapters/disk/kubernetesTable.js';
import { toCorePath } from '../../src/adapters/disk/paths.js';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import type { Finding } from '../../src/core/rules/runRules.js';
import { Checks } from '../../src/services/checks.js';
import { Workspace } from '../../src/services/workspace.js';
import type { CorpusCase } from '../support/corpus.js';
import { projectFolder } from '../support/projectFolder.js';
import { spread } from './keystroke.js';
import { formatBytes, formatMs, quantile, type Row } from './table.js';

export interface CheckRun {
  readonly environments: number;
  readonly findings: number;
  readonly ms: number;
  /** Peak resident memory of the process, in bytes. */
  readonly peak: number;
  /** Milliseconds of single keystrokes, where they were asked for. */
  readonly keystrokes: readonly number[];
}

/** Checks the repository in `folder` with nothing read yet, then types into its overlays. */
export function checkCold(folder: string, keystrokes: number): CheckRun {
  const start = performance.now();
  const workspace = new Workspace({ tree: DiskTree.open(), folders: [toCorePath(folder)], repositories: gitRepositories, remoteBases: undefined, now: () => performance.now() });
  const checks = new Checks({
    onFailure: (rule, error) => {
      throw new Error(`${rule.id} failed`, { cause: error });
    },
    readTable: () => readKubernetesTable(path.join(projectFolder, 'dist')),
  });
  const run = (): readonly Finding[] => {
    const { state } = workspace;
    return checks.run({ tree: state.tree, delivery: state.delivery, kustomizations: state.roots.map((root) => root.folder), yamlFiles: state.yamlFiles, parse: state.parse });
  };
  const findings = run();
  const ms = performance.now() - start;
  const peak = process.resourceUsage().maxRSS * 1024;
  const { environments } = workspace.state.delivery.model;
  const times = spread(
    workspace.state.roots.filter(({ isEnvironment }) => isEnvironment),
    keystrokes,
  ).map(({ file, folder: root }) => {
    const text = workspace.state.tree.read(file)?.text ?? '';
    const from = performance.now();
    workspace.setBuffer(file, `${text}# x\n`);
    workspace.state.render(root);
    run();
    return performance.now() - from;
  });
  return { environments: environments.length, findings: findings.length, ms, peak, keystrokes: times };
}

/** @param repositories how many repositories are checked, the largest first; all where this is undefined */
export function measureChecks(cases: readonly CorpusCase[], repositories: number | undefined): readonly Row[] {
  const folders = new Map<string, { readonly folder: string; count: number }>();
  for (const each of cases) {
    if (each.suite !== 'kustomize') continue;
    const folder = topOf(each);
    const known = folders.get(each.repo);
    if (known) known.count++;
    else folders.set(each.repo, { folder, count: 1 });
  }
  const largest = [...folders].sort(([, a], [, b]) => b.count - a.count).slice(0, repositories);
  const runs = largest.map(([repository, { folder }], index) => ({ repository, run: runChild(folder, index === 0 ? 60 : 0) }));
  const [first] = runs;
  if (!first) return [];
  const { repository, run } = first;
  const sum = (value: (run: CheckRun) => number): number => runs.reduce((total, each) => total + value(each.run), 0);
  const total = sum(({ ms }) => ms);
  return [
    { what: `checking ${repository} from cold (${run.environments} environments, ${run.findings} findings)`, measured: formatMs(run.ms), budget: '', value: run.ms },
    { what: `peak memory of checking ${repository}`, measured: formatBytes(run.peak), budget: 'under 400 MB', value: run.peak },
    {
      what: `checking all ${runs.length} repositories (${sum(({ environments }) => environments)} environments, ${sum(({ findings }) => findings)} findings)`,
      measured: formatMs(total),
      budget: '',
      value: total,
    },
    {
      what: `keystroke in ${repository} until all findings are known, median (${run.keystrokes.length} keystrokes)`,
      measured: formatMs(quantile(run.keystrokes, 0.5)),
      budget: 'p95 under 20 ms',
      value: quantile(run.keystrokes, 0.5),
    },
    { what: `the same, p95`, measured: formatMs(quantile(run.keystrokes, 0.95)), budget: 'under 20 ms', value: quantile(run.keystrokes, 0.95) },
  ];
}

/** The folder of the repository that a case is from: the part of its path that is named for it. */
function topOf({ folder, repo }: CorpusCase): string {
  const name = repo.replace('/', '+');
  const at = folder.indexOf(`/${name}`);
  return at < 0 ? folder : folder.slice(0, at + name.length + 1);
}

function runChild(folder: string, keystrokes: number): CheckRun {
  const script = process.argv[1] ?? '';
  const run = spawnSync(process.execPath, [...process.execArgv, script, '--check', folder, '--keystrokes', String(keystrokes)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.status !== 0) throw new Error(`checking ${folder} ended with ${run.status ?? run.signal}`);
  return JSON.parse(run.stdout) as CheckRun;
}
