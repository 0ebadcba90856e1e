#!/usr/bin/env node
/**
 * Renders every kustomization of the small corpus (test/data/corpus/kustomize) and of the samples with the real
 * kustomize, and writes what it printed to test/data/corpus/goldens and manifest.json. Not for CI: the goldens are
 * reviewed like code. The tool is taken from KUSTOMIZE or from the PATH, and must be the version that the engine follows.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const expectedVersion = 'v5.8.2';
const project = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const corpus = path.join(project, 'test', 'data', 'corpus');
const tool = process.env.KUSTOMIZE ?? 'kustomize';

if (process.env.CI) fail('goldens are not rewritten on CI');
const version = spawnSync(tool, ['version'], { encoding: 'utf8' });
if (version.error) fail(`no kustomize found (${tool}): put ${expectedVersion} on the PATH or name it in KUSTOMIZE`);
if (!version.stdout.includes(expectedVersion)) fail(`kustomize ${version.stdout.trim()} found, the goldens are made by ${expectedVersion}`);

const cases = [
  ...kustomizationFolders(path.join(corpus, 'kustomize')).map((folder) => renderCase(folder, 'small', idOf(path.join(corpus, 'kustomize'), folder))),
  ...kustomizationFolders(path.join(project, 'samples')).map((folder) => renderCase(folder, 'samples', `samples__${idOf(path.join(project, 'samples'), folder)}`)),
];
const wanted = new Set(cases.flatMap((each) => (each.golden ? [path.basename(each.golden)] : [])));
const goldens = path.join(corpus, 'goldens', 'kustomize');
for (const name of fs.readdirSync(goldens)) if (!wanted.has(name)) fs.rmSync(path.join(goldens, name));
fs.writeFileSync(path.join(corpus, 'manifest.json'), `[\n${cases.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`);
console.log(`${cases.length} cases, ${cases.filter((each) => each.ok).length} rendered, ${cases.filter((each) => !each.ok).length} refused`);

/** One entry of the manifest; its golden is written on the way. */
function renderCase(folder, repo, id) {
  const dir = path.relative(corpus, folder).split(path.sep).join('/');
  const extra = path.join(folder, 'case.json');
  const args = ['build', dir, ...(fs.existsSync(extra) ? JSON.parse(fs.readFileSync(extra, 'utf8')).args : [])];
  const run = spawnSync(tool, args, { cwd: corpus, encoding: 'utf8', maxBuffer: 1 << 26 });
  const stderr = withoutNoise(run.stderr);
  const base = { id, tool: 'kustomize', repo, dir, args, ok: run.status === 0 };
  if (run.status !== 0) return { ...base, error_class: errorClass(stderr), stderr: stderr.slice(0, 600) };
  const golden = `goldens/kustomize/${id}.yaml`;
  fs.mkdirSync(path.join(corpus, path.dirname(golden)), { recursive: true });
  fs.writeFileSync(path.join(corpus, golden), run.stdout);
  return { ...base, golden, ...(stderr === '' ? {} : { stderr }) };
}

/** Messages without what differs from machine to machine: the checkout's folder, pointers, name servers. */
function withoutNoise(stderr) {
  return stderr
    .replaceAll(fs.realpathSync(project), '')
    .replace(/0x[0-9a-f]{6,}/g, '0x0')
    .replace(/dial tcp: .*/s, 'dial tcp');
}

function errorClass(stderr) {
  if (/--enable-helm/.test(stderr)) return 'helm';
  if (/external plugins disabled/.test(stderr)) return 'plugin';
  if (/dial tcp|git fetch/.test(stderr)) return 'remote';
  return 'refused';
}

function kustomizationFolders(root) {
  return fs
    .readdirSync(root, { recursive: true })
    .filter((name) => ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].includes(path.basename(name)))
    .map((name) => path.join(root, path.dirname(name)))
    .filter((folder, index, all) => all.indexOf(folder) === index)
    .sort();
}

function idOf(root, folder) {
  return path.relative(root, folder).split(path.sep).join('__');
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
