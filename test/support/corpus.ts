/**
 * Cases with what the real kustomize made of them: the small corpus of this repository, and a larger one of public
 * repositories where the machine has it (the folder in CORPUS_DIR, else `../shared/corpus`). The large one's archive is
 * unpacked once into the system's folder for temporary files.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { extract } from 'tar';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { MemoryTree, type FileTree } from '../../src/core/base/fileTree.js';
import { normalizePath } from '../../src/core/base/path.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import type { BuildOptions } from '../../src/core/kustomize/build.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import { FolderTree } from './folderTree.js';
import { projectFolder } from './projectFolder.js';

const renderChart = chartRenderer(chartTools);

export type Suite = 'small' | 'kustomize' | 'probes' | 'krusty' | 'charts';

export interface CorpusCase {
  readonly id: string;
  readonly suite: Suite;
  readonly repo: string;
  readonly tree: FileTree;
  /** Absolute, with `/`. */
  readonly folder: string;
  readonly options: BuildOptions;
  readonly expected: ExpectedText | ExpectedError;
}

export interface ExpectedText {
  readonly ok: true;
  /** What the real tool printed. */
  readonly text: () => string;
  /** White space around the text does not count: the case was written by hand. */
  readonly trimmed: boolean;
  /** False where the real tool prints something else each time. */
  readonly comparable: boolean;
}

export interface ExpectedError {
  readonly ok: false;
  /** The real tool failed for want of a network, a chart or a plugin: another answer than an error is not wrong. */
  readonly outside: boolean;
  readonly stderr: string;
}

/** How an answer of ours stands to the real tool's. `declined`: refused as unsupported or not fetched. */
export type Verdict = 'equal' | 'different' | 'declined' | 'refused-wrongly' | 'refused-rightly' | 'accepted-wrongly' | 'not-comparable';

/** A case as the manifest of the large corpus has it. */
export interface ManifestEntry {
  readonly id: string;
  readonly tool: string;
  readonly repo: string;
  readonly dir: string;
  readonly args: readonly string[];
  /** Values files of a chart. */
  readonly values?: readonly string[];
  readonly ok: boolean;
  readonly golden?: string;
  readonly error_class?: string;
  readonly stderr?: string;
  readonly deterministic?: boolean;
  /** How long the real tool took. */
  readonly ms?: number;
  /** How much the real tool printed. */
  readonly bytes?: number;
}

interface ProbeEntry {
  readonly id: string;
  readonly tool: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly ok: boolean;
  readonly output?: string;
  readonly stderr?: string;
}

interface KrustyEntry {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly run: string;
  readonly cli: string;
  readonly expected?: string;
  readonly cli_output?: string;
  readonly cli_stderr?: string;
  readonly flags?: unknown;
  readonly needs?: unknown;
}

const smallCorpus = path.join(projectFolder, 'test', 'data', 'corpus');

/** The cases that lie in this repository. */
export function loadSmallCorpus(): readonly CorpusCase[] {
  return readManifest(path.join(smallCorpus, 'manifest.json'), smallCorpus, 'small');
}

/** The folder of the large corpus, or undefined where this machine has none. */
export function findLargeCorpus(): string | undefined {
  const folder = process.env['CORPUS_DIR'] ?? path.join(projectFolder, '..', 'shared', 'corpus');
  return fs.existsSync(path.join(folder, 'manifest.json')) ? folder : undefined;
}

/** The cases of the large corpus; its archive is unpacked on first use. */
export async function loadLargeCorpus(folder: string): Promise<readonly CorpusCase[]> {
  const root = await unpackCorpus(folder);
  return [...readManifest(path.join(folder, 'manifest.json'), root, 'kustomize'), ...readProbes(folder), ...readKrusty(folder)];
}

/** Compares a rendering with what the real tool made of the same input. */
export function judge(expected: ExpectedText | ExpectedError, rendering: Rendering): Verdict {
  const code = rendering.problems.find((problem) => problem.severity === 'error')?.code ?? '';
  if (!expected.ok) {
    if (!rendering.ok) return 'refused-rightly';
    return expected.outside ? 'not-comparable' : 'accepted-wrongly';
  }
  if (!rendering.ok) return /(?:unsupported|not-fetched)$/.test(code) ? 'declined' : 'refused-wrongly';
  if (!expected.comparable) return 'not-comparable';
  const ours = renderingText(rendering);
  const real = expected.text();
  return ours === real || (expected.trimmed && ours.trim() === real.trim()) ? 'equal' : 'different';
}

/** The folder in which the large corpus lies unpacked. */
export async function unpackCorpus(folder: string): Promise<string> {
  const archive = path.join(folder, 'corpus.tar.gz');
  if (!fs.existsSync(archive)) return folder;
  const stat = fs.statSync(archive);
  const key = createHash('sha1')
    .update(`${fs.realpathSync(archive)}:${stat.size}:${stat.mtimeMs}`)
    .digest('hex')
    .slice(0, 12);
  const target = path.join(os.tmpdir(), `gitops-workbench-corpora-${key}`);
  if (fs.existsSync(target)) return target;
  const half = fs.mkdtempSync(`${target}-`);
  await extract({ file: archive, cwd: half });
  try {
    fs.renameSync(half, target);
  } catch (error) {
    // Another run was faster: its copy is as good.
    if (!fs.existsSync(target)) throw error;
    fs.rmSync(half, { recursive: true });
  }
  return target;
}

function readManifest(file: string, root: string, suite: Suite): readonly CorpusCase[] {
  const tree = new FolderTree();
  return readJson<readonly ManifestEntry[]>(file)
    .filter((entry) => entry.tool === 'kustomize')
    .map((entry) => ({
      id: entry.id,
      suite,
      repo: entry.repo,
      tree,
      folder: normalizePath(path.resolve(fs.realpathSync(root), entry.dir)),
      options: optionsOf(entry.args),
      expected: entry.ok
        ? { ok: true, text: () => fs.readFileSync(path.join(root, entry.golden ?? ''), 'utf8'), trimmed: false, comparable: entry.deterministic !== false }
        : failureOf(entry.error_class, entry.stderr),
    }));
}

function readProbes(folder: string): readonly CorpusCase[] {
  const file = path.join(folder, 'probes.json');
  if (!fs.existsSync(file)) return [];
  return readJson<{ cases: readonly ProbeEntry[] }>(file)
    .cases.filter((entry) => entry.tool === 'kustomize')
    .map((entry) => {
      const path0 = entry.args.slice(1).find((arg, index, all) => !arg.startsWith('-') && !(all[index - 1] ?? '').startsWith('--')) ?? '.';
      return {
        id: entry.id,
        suite: 'probes' as const,
        repo: 'probes',
        ...memoryCase(entry.id, entry.files, path0),
        options: optionsOf(entry.args),
        expected: entry.ok ? { ok: true as const, text: () => entry.output ?? '', trimmed: false, comparable: true } : failureOf(undefined, entry.stderr),
      };
    });
}

/** The reference's own tests; those that need more than files, or whose outcome its command line does not share, are left out. */
function readKrusty(folder: string): readonly CorpusCase[] {
  const file = path.join(folder, 'krusty.json');
  if (!fs.existsSync(file)) return [];
  return readJson<{ cases: readonly KrustyEntry[] }>(file)
    .cases.filter((entry) => !entry.flags && !entry.needs && /^(?:equal|error-as-expected)/.test(entry.cli))
    .map((entry) => ({
      id: entry.id,
      suite: 'krusty' as const,
      repo: 'krusty',
      ...memoryCase(entry.id, entry.files, entry.run),
      options: optionsOf([]),
      expected:
        entry.cli === 'error-as-expected'
          ? failureOf(undefined, entry.cli_stderr)
          : {
              ok: true as const,
              text: () => (entry.cli === 'equal-with-fifo' ? entry.cli_output : entry.expected) ?? '',
              trimmed: entry.cli !== 'equal' && entry.cli !== 'equal-with-fifo',
              comparable: true,
            },
    }));
}

function memoryCase(id: string, files: Readonly<Record<string, string>>, run: string): { tree: FileTree; folder: string } {
  const base = `/cases/${id}`;
  const tree = new MemoryTree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`${base}/${name}`, text])));
  return { tree, folder: normalizePath(`${base}/${run}`) };
}

function optionsOf(args: readonly string[]): BuildOptions {
  const after = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const kubeVersion = after('--helm-kube-version');
  return {
    loadRestrictor: after('--load-restrictor') === 'LoadRestrictionsNone' ? 'none' : 'rootOnly',
    enableHelm: args.includes('--enable-helm'),
    renderChart,
    ...(kubeVersion !== undefined && { helmKubeVersion: kubeVersion }),
  };
}

function failureOf(errorClass: string | undefined, stderr: string | undefined): ExpectedError {
  return { ok: false, outside: /remote|helm|plugin|exec|krm|network|timeout/i.test(errorClass ?? ''), stderr: stderr ?? '' };
}

/** The JSON of a file, taken for what the caller knows it to be. */
export function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
}
