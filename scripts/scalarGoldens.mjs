#!/usr/bin/env node
/**
 * Writes what the real kustomize takes plain scalars for in fields of strings, of booleans and of integers, to
 * test/data/kustomizeScalars.json. Not for CI. The tool is taken from KUSTOMIZE or from the PATH.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const expectedVersion = 'v5.8.2';
const target = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'test', 'data', 'kustomizeScalars.json');
const tool = process.env.KUSTOMIZE ?? 'kustomize';
const version = spawnSync(tool, ['version'], { encoding: 'utf8' });
if (!version.stdout?.includes(expectedVersion)) {
  console.error(`kustomize ${expectedVersion} is needed (on the PATH or in KUSTOMIZE)`);
  process.exit(1);
}
const scalars = [
  '1.9.1 v1 1.2.3-4 0123abc 1d 1e e1 0x 1,000 9e9999 2024-01-02 2024-01-02T03:04:05Z 190:20:30 1:30 1.9 3.6 0.1 .5 5. 7284872 12345678901234567890 +1 -1',
  '553640e6 1e10 1E5 12e03 1.e3 00e1 0e0 0x1f 0o17 017 08 0777 0b1 1_000 1__0 yes no on off y n Y N Yes ON true false True FALSE Off nO tRue .inf -.Inf +.INF .nan',
  'null ~ Null "" \'\' "1.9" \'yes\' "true" !!str=1.9 !!str=yes !!int="5" !custom=5 553640e 12e03a 0x1g 0b2 08e 1e+3 1e-3 -0 -.5 +.5 . - 3.0 1e2 2.5',
]
  .join(' ')
  .split(' ')
  .map((text) => text.replace('=', ' '));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scalars-'));
fs.writeFileSync(
  path.join(folder, 'web.yaml'),
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {spec: {containers: [{name: web, image: "app:old"}]}}}\n',
);
const rows = scalars.map((text) => ({
  text,
  string: read(`images: [{name: app, newTag: ${text}}]`, /image: (?:"(.*)"|(.*))/),
  boolean: read(`labels: [{pairs: {a: b}, includeTemplates: ${text}}]`, /^ {8}a: (b)/m, 'false'),
  integer: read(`replicas: [{name: web, count: ${text}}]`, /replicas: (.*)/),
}));
fs.rmSync(folder, { recursive: true });
fs.writeFileSync(target, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);

/** What came of the field, `error` where the build failed. */
function read(field, pattern, missing) {
  fs.writeFileSync(
    path.join(folder, 'kustomization.yaml'),
    `resources: [web.yaml]\n${field.replace(/\[\{(.*)\}\]$/, (_, entry) => `\n  - ${entry.replace(/, (newTag|includeTemplates|count): /, '\n    $1: ')}`)}\n`,
  );
  const run = spawnSync(tool, ['build', folder], { encoding: 'utf8' });
  if (run.status !== 0) return 'error';
  const found = pattern.exec(run.stdout);
  const value = found?.[1] ?? found?.[2] ?? missing;
  return pattern.source.includes('image') ? value.replace(/^app:/, '') : missing === undefined ? value : found ? 'true' : 'false';
}
