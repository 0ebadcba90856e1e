/** security/env-file: files with secrets that stand in the repository as they are. What is ignored by git is not in it. */
import { baseName, joinPath, parentPath } from '../../base/path.js';
import { findFileReferences } from '../../kustomize/fileReferences.js';
import type { FileRule, RuleContext } from '../rule.js';
import { isGitIgnored, isPlaceholder } from './secretText.js';

export const envFile: FileRule = {
  id: 'security/env-file',
  title: 'File with secrets in the repository',
  severity: 'warning',
  scope: 'file',
  looksAt: (path) => /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path),
  what: 'A `secretGenerator` reads a file that stands in the repository as plain text, or a `.env` is committed beside a kustomization.',
  why: 'Whoever can read the repository, a copy of it or its history has the secrets.',
  mend: 'Take the file out of git (`git rm --cached`, and a line in `.gitignore`), change the secrets, and deliver them from a secret store, sealed, or encrypted with SOPS. An operator that renders from git needs the file in git: then it has to be encrypted.',
  examples: {
    bad: `#- overlays/prod/kustomization.yaml
secretGenerator:
- name: database
  envs:
  - .env
#- overlays/prod/.env
PASSWORD=hunter2-and-more`,
    good: `#- overlays/prod/kustomization.yaml
secretGenerator:
- name: database
  envs:
  - .env
#- overlays/prod/.gitignore
.env
#- overlays/prod/.env
PASSWORD=hunter2-and-more`,
  },
  hasFix: false,
  check({ source, parsed }, report, context) {
    const folder = parentPath(source.path);
    const root = parsed.documents[0]?.root;
    if (root?.kind !== 'map') return;
    const named = findFileReferences(root, folder);
    for (const reference of named) {
      if (reference.field !== 'secretGenerator' || !isOpenInGit(reference.path, context)) continue;
      report(
        { source: reference.node.source, start: reference.start, end: reference.end },
        `${baseName(reference.path)} becomes a Secret and stands in the repository as plain text: encrypt it, or take the values from a secret store.`,
      );
    }
    const env = joinPath(folder, '.env');
    const file = named.some(({ path }) => path === env) || !context.committed?.(env) ? undefined : context.tree.read(env);
    const first = file && /^.*$/m.exec(file.text)?.[0].length;
    if (file && isOpenInGit(env, context)) report({ source: file, start: 0, end: first ?? 0 }, 'This .env is committed: take it out of git, and change the secrets in it.');
  },
};

function isOpenInGit(path: string, context: RuleContext): boolean {
  const { tree, committed } = context;
  const text = tree.read(path)?.text;
  if (text === undefined || (committed && !committed(path)) || isGitIgnored(path, context)) return false;
  if (/\bENC\[|^sops[_:]|"sops":|BEGIN (AGE ENCRYPTED|PGP MESSAGE|CERTIFICATE-----)|^\$ANSIBLE_VAULT/m.test(text) && !text.includes('PRIVATE KEY')) return false;
  // An env file with placeholders alone holds no secret.
  if (!/^\s*[A-Za-z_][\w.-]*=/m.test(text)) return text.trim() !== '';
  return text.split(/\r?\n/).some((line) => /^\s*[^#=\s]+=/.test(line) && !isPlaceholder(line.slice(line.indexOf('=') + 1).replace(/^\s*(['"])(.*)\1\s*$/, '$2')));
}
