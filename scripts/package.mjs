// Makes the .vsix with vsce, and refuses one that holds what users have no need of, or lacks what they do.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import yauzl from 'yauzl';

const project = path.resolve(import.meta.dirname, '..');
const { name, version } = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
const vsix = `${name}-${version}.vsix`;
const run = (words) => execFileSync(process.execPath, words, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });

/** What may be in the package. Everything else is a mistake, whatever its name. */
const wanted = [
  /^dist\/(extension|connection|credentials|server|cli|board|topology)\.js$/,
  /^dist\/(package\.json|licenses\.txt|kubernetes-types\.json|sandbox-kinds\.json|sandbox-schemas\.json\.br)$/,
  /^media\/(?!screenshots\/)[\w/-]+\.(svg|png|json|js|css)$/,
  /^docs\/rules\/[\w-]+\/[\w-]+\.md$/,
  /^schemas\/[\w.-]+\.json$/,
  /^samples\/argocd-kustomize\//,
  /^syntaxes\/[\w.-]+\.json$/,
  /^(package\.json|readme\.md|changelog\.md|license\.txt)$/,
];
const required = [
  'package.json',
  'readme.md',
  'changelog.md',
  'license.txt',
  'dist/extension.js',
  'dist/connection.js',
  'dist/server.js',
  'dist/credentials.js',
  'dist/board.js',
  'dist/topology.js',
  'dist/cli.js',
  'dist/package.json',
  'dist/licenses.txt',
  'dist/kubernetes-types.json',
  'dist/sandbox-kinds.json',
  'dist/sandbox-schemas.json.br',
  'media/icon.png',
  'media/gitops.svg',
  'media/webview/page.css',
  'schemas/gitops-workbench.schema.json',
  'syntaxes/helm.tmlanguage.json',
  'syntaxes/helm-notes.tmlanguage.json',
  'syntaxes/go-template.tmlanguage.json',
  'syntaxes/helm.language-configuration.json',
  'samples/argocd-kustomize/readme.md',
];

run(['scripts/build.mjs', '--production']);
// Links in the README stay as they are: there is no public address yet that they could be made to point at.
run(['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--out', vsix]);

const files = (await entriesOf(path.join(project, vsix)))
  .filter(({ file }) => file.startsWith('extension/'))
  .map(({ file, size }) => ({ file: file.slice('extension/'.length), size }));
for (const { file, size } of files) console.log(`${(size / 1024).toFixed(0).padStart(7)} KB  ${file}`);
console.log(`${vsix}: ${files.length} files, ${(fs.statSync(path.join(project, vsix)).size / 1024).toFixed(0)} KB`);

const names = files.map(({ file }) => file.toLowerCase());
const faults = [
  ...names.filter((file) => !wanted.some((pattern) => pattern.test(file))).map((file) => `It holds ${file}, which users have no need of: leave it out in .vscodeignore.`),
  ...required.filter((file) => !names.includes(file)).map((file) => `It lacks ${file}: see .vscodeignore.`),
  ...['extension', 'connection', 'credentials', 'server', 'cli', 'board', 'topology']
    .filter((bundle) => fs.readFileSync(path.join(project, 'dist', `${bundle}.js`), 'utf8').includes('//# sourceMappingURL'))
    .map((bundle) => `dist/${bundle}.js points at a source map.`),
];
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = faults.length === 0 ? 0 : 1;

/** The files in a zip archive, with their sizes. */
function entriesOf(archive) {
  return new Promise((done, fail) => {
    yauzl.open(archive, (error, zip) => {
      if (error) return void fail(error);
      const entries = [];
      zip.on('entry', (entry) => entries.push({ file: entry.fileName, size: entry.uncompressedSize }));
      zip.once('end', () => done(entries));
      zip.once('error', fail);
    });
  });
}
