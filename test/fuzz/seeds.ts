/** What fuzzing starts from: the cases of the small corpus, each with all the files that its build may reach. */
import fs from 'node:fs';
import path from 'node:path';
import { loadSmallCorpus } from '../support/corpus.js';
import { projectFolder } from '../support/projectFolder.js';
import type { FuzzSeed } from './fuzzKustomize.js';

export function loadFuzzSeeds(): readonly FuzzSeed[] {
  const root = path.join(projectFolder, 'test', 'data', 'corpus', 'kustomize');
  return loadSmallCorpus()
    .filter((each) => each.repo === 'small')
    .map((each) => {
      const relative = path.relative(fs.realpathSync(root), each.folder).split(path.sep).join('/');
      const top = relative.split('/')[0] ?? '';
      const folders = [...new Set([top, ...neighbors(path.join(root, top))])];
      const files = Object.assign({}, ...folders.map((folder) => filesOf(root, folder))) as Record<string, string>;
      return { id: each.id, files, folder: `/seed/${relative}` };
    });
}

/** Other cases that the kustomizations of a folder name: `../replicas`. */
function neighbors(folder: string): readonly string[] {
  const text = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^kustomization/i.test(entry.name))
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
  return [...text.matchAll(/\.\.\/([a-z-]+)/g)].map((match) => match[1] ?? '').filter((name) => fs.existsSync(path.join(folder, '..', name)));
}

function filesOf(root: string, folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[`/seed/${path.relative(root, file).split(path.sep).join('/')}`] = fs.readFileSync(file, 'utf8');
  }
  return files;
}
