#!/usr/bin/env node
/**
 * Writes what the real kustomize makes of each case in test/data/kustomize/patches: expected.yaml, or expected.error.txt
 * where it refuses. Not for CI: the goldens are reviewed like code. The tool is taken from KUSTOMIZE or from the PATH, and
 * must be the version that the engine follows.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const expectedVersion = 'v5.8.2';
const cases = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'test', 'data', 'kustomize', 'patches');
const tool = process.env.KUSTOMIZE ?? 'kustomize';

const version = spawnSync(tool, ['version'], { encoding: 'utf8' });
if (!version.stdout?.includes(expectedVersion)) {
  console.error(`kustomize ${expectedVersion} is needed (on the PATH or in KUSTOMIZE)`);
  process.exit(1);
}
for (const name of fs.readdirSync(cases)) {
  const folder = path.join(cases, name);
  const run = spawnSync(tool, ['build', 'input'], { cwd: folder, encoding: 'utf8' });
  fs.rmSync(path.join(folder, 'expected.yaml'), { force: true });
  fs.rmSync(path.join(folder, 'expected.error.txt'), { force: true });
  const errors = run.stderr
    .split('\n')
    .filter((line) => !line.startsWith('# Warning'))
    .join('\n')
    .replaceAll(fs.realpathSync(folder), '');
  if (run.status === 0) fs.writeFileSync(path.join(folder, 'expected.yaml'), run.stdout);
  else fs.writeFileSync(path.join(folder, 'expected.error.txt'), errors);
}
