#!/usr/bin/env node
/**
 * Records anew what Flux's own code makes of the cases in test/data/flux, and writes the table of its objects' fields. Needs
 * Go; not part of the tests. The inputs are those that stand in the recorded files.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const project = path.join(here, '..', '..', '..');
const data = path.join(project, 'test', 'data', 'flux');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'flux-facts-'));

fs.writeFileSync(path.join(project, 'src/core/gitops/flux/facts/fluxTypes.ts'), run('fields', [], ''));
for (const name of ['envsubst', 'values', 'images', 'markers']) {
  const file = path.join(data, `${name}.json`);
  const recorded = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, write(JSON.parse(run(name, [], JSON.stringify(inputOf(name, recorded)))), name));
}
for (const name of fs.readdirSync(path.join(data, 'build'))) recordBuild(path.join(data, 'build', name));
fs.rmSync(work, { recursive: true });

function run(program, args, input, env = {}) {
  const binary = path.join(work, program);
  if (!fs.existsSync(binary)) check(spawnSync('go', ['build', '-o', binary, `./${program}`], { cwd: here, encoding: 'utf8' }));
  return check(spawnSync(binary, args, { input, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } }));
}

function check({ status, stdout, stderr }) {
  if (status === 0) return stdout;
  console.error(stderr);
  process.exit(1);
}

function inputOf(name, recorded) {
  if (name === 'markers') return recorded.map(({ text }) => text);
  if (name === 'images') return { ...recorded, ranges: Object.keys(recorded.ranges), filters: recorded.filters.map(({ pattern, extract }) => ({ pattern, extract })) };
  if (name === 'values') return recorded.map(({ values, refs, objects }) => ({ values, refs, objects }));
  return recorded.map(({ text, vars }) => ({ text, vars }));
}

/** One case per line. */
function write(results, name) {
  if (Array.isArray(results)) return `[\n${results.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`;
  const { versions, matches, tags, filters } = results;
  if (name !== 'images') throw new Error(`no form for ${name}`);
  return `${JSON.stringify({ versions, ranges: matches, tags, filters })}\n`;
}

function recordBuild(folder) {
  const root = fs.mkdtempSync(path.join(work, 'case-'));
  fs.cpSync(path.join(folder, 'tree'), root, { recursive: true });
  const flux = path.join(folder, 'flux.yaml');
  const at = /^ {2}path: (.*)$/m.exec(fs.readFileSync(flux, 'utf8'))?.[1] ?? '.';
  const objects = path.join(folder, 'objects');
  const files = fs.existsSync(objects) ? fs.readdirSync(objects).map((name) => path.join(objects, name)) : [];
  const result = JSON.parse(run('build', [root, at, flux, ...files], '', fs.existsSync(path.join(folder, 'lax')) ? { LAX: '1' } : {}));
  for (const name of ['expected.yaml', 'expected-error.txt']) fs.rmSync(path.join(folder, name), { force: true });
  if (result.error === undefined) fs.writeFileSync(path.join(folder, 'expected.yaml'), result.yaml ?? '');
  else fs.writeFileSync(path.join(folder, 'expected-error.txt'), `${result.error.replaceAll(root, '').split('\n')[0].slice(0, 400)}\n`);
}
