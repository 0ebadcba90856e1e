// Makes the .vsix with vsce, and refuses one that holds what users have no need of.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '..');
const { name, version } = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
const vsix = `${name}-${version}.vsix`;
const vsce = path.join(project, 'node_modules/@vscode/vsce/vsce');
const run = (command, words) => execFileSync(command, words, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

run(process.execPath, ['scripts/build.mjs', '--production']);
const files = run(process.execPath, [vsce, 'ls', '--no-dependencies']).split('\n').filter((line) => line !== '');
const unwanted = files.filter((file) => /\.(ts|map|test\.\w+)$|^(src|test|scripts|samples|docs|out|node_modules)\//.test(file));
const required = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/extension.js', 'dist/server.js', 'dist/cli.js', 'dist/package.json', 'media/icon.png'];
const missing = required.filter((file) => !files.includes(file));
if (unwanted.length > 0 || missing.length > 0) {
  if (unwanted.length > 0) console.error(`The package would hold what it must not:\n  ${unwanted.join('\n  ')}`);
  if (missing.length > 0) console.error(`The package would lack:\n  ${missing.join('\n  ')}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', vsix, '--skip-license', '--allow-missing-repository', '--baseContentUrl', 'https://example.invalid/', '--baseImagesUrl', 'https://example.invalid/']);
for (const file of files) console.log(`  ${(fs.statSync(path.join(project, file)).size / 1024).toFixed(0).padStart(6)} KB  ${file}`);
console.log(`${vsix}: ${files.length} files, ${(fs.statSync(path.join(project, vsix)).size / 1024).toFixed(0)} KB\n1 passed, 0 failed`);
