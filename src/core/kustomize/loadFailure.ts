/** The words for a path that a kustomization names and that can't be had. */
import type { Place, Problems } from '../base/problem.js';
import type { LoadFailure } from './loader.js';

/** Reports why `entry` can't be loaded, at the entry. */
export function reportLoadFailure(problems: Problems, entry: Place & { readonly value: string }, failure: LoadFailure): void {
  const [code, message] = wordsOf(entry.value, failure);
  problems.error(code, message, entry);
}

function wordsOf(path: string, failure: LoadFailure): readonly [code: string, message: string] {
  switch (failure.kind) {
    case 'missing':
      return ['kustomize/missing-file', `${path} does not exist; create it or mend the path.`];
    case 'directory':
      return ['kustomize/not-a-file', `${path} is a folder; a file is needed here.`];
    case 'outside':
      return [
        'kustomize/load-restriction',
        `${path} lies outside ${failure.root}; kustomize reads files only in and below the folder of the kustomization, so move it there or make it a base of its own.`,
      ];
    case 'cycle':
      return ['kustomize/cycle', `${path} leads back to ${failure.root}, which is being built already; break the circle.`];
    case 'absolute':
      return ['kustomize/absolute-path', `${path} is an absolute path; give it relative to this folder.`];
    case 'ambiguous':
      return ['kustomize/ambiguous-path', `${path} has a part with .. inside a name, most likely a slip; kustomize refuses it.`];
    case 'outside-repository':
      return ['kustomize/outside-repository', `${path} leads out of the fetched repository; a fetched base may only use what is in its repository.`];
    case 'outside-workspace':
      return ['kustomize/outside-workspace', `${path} lies outside of the folders that are open and their repositories, where nothing is read; open the folder that holds it.`];
    case 'no-directory':
      return ['kustomize/not-a-folder', `${path} is a file; a folder with a kustomization is needed here.`];
    case 'empty':
      return ['kustomize/empty-path', 'This entry is empty; name a file or folder, or remove it.'];
  }
}
