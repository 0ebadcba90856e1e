/** The charts of the large corpus, with the inputs that the real helm rendered them with. */
import fs from 'node:fs';
import path from 'node:path';
import { normalizePath } from '../../src/core/base/path.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import type { ChartInputs } from '../../src/core/objects/chartInputs.js';
import { readJson, unpackCorpus, type ManifestEntry } from './corpus.js';
import { FolderTree } from './folderTree.js';

export interface ChartCase {
  readonly entry: ManifestEntry;
  readonly tree: FileTree;
  /** The folder in which the corpus lies, absolute, with `/`. */
  readonly root: string;
  /** The chart's folder, absolute. */
  readonly path: string;
  readonly inputs: ChartInputs;
}

/** All charts of the large corpus in `folder`, over one tree. */
export async function loadCorpusCharts(folder: string): Promise<readonly ChartCase[]> {
  const root = normalizePath(fs.realpathSync(await unpackCorpus(folder)));
  const tree = new FolderTree();
  return readJson<readonly ManifestEntry[]>(path.join(folder, 'manifest.json')).flatMap((entry) =>
    entry.tool === 'helm' ? [{ entry, tree, root, path: `${root}/${entry.dir}`, inputs: inputsOf(entry, root) }] : [],
  );
}

/** What a chart is rendered with that has nothing but its own values. */
export const sampleInputs: ChartInputs = {
  releaseName: 'release-name',
  namespace: 'test-ns',
  values: [],
  includeCrds: false,
  skipHooks: false,
  skipTests: false,
  skipSchemaValidation: false,
  kubeVersion: undefined,
  apiVersions: [],
};

function inputsOf(entry: ManifestEntry, root: string): ChartInputs {
  const after = (flag: string): string | undefined => (entry.args.includes(flag) ? entry.args[entry.args.indexOf(flag) + 1] : undefined);
  return {
    ...sampleInputs,
    values: (entry.values ?? []).map((file) => ({ kind: 'file', path: `${root}/${file}`, node: undefined, isOptional: false })),
    skipSchemaValidation: entry.args.includes('--skip-schema-validation'),
    kubeVersion: after('--kube-version'),
  };
}
