#!/usr/bin/env node
/**
 * Writes what the real kustomize makes of the cases below test/data/kustomize: expected.yaml, or expected.error.txt where
 * it refuses. Arguments name the areas (`decode generators`), none means all. Not for CI: the goldens are reviewed like
 * code. The tool is taken from KUSTOMIZE or from the PATH, and must be the version that the engine follows.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const expectedVersion = 'v5.8.2';
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'test', 'data', 'kustomize');
const tool = process.env.KUSTOMIZE ?? 'kustomize';

const version = spawnSync(tool, ['version'], { encoding: 'utf8' });
if (!version.stdout?.includes(expectedVersion)) {
  console.error(`kustomize ${expectedVersion} is needed (on the PATH or in KUSTOMIZE)`);
  process.exit(1);
}
const areas = process.argv.length > 2 ? process.argv.slice(2) : fs.readdirSync(root);
for (const area of areas) {
  for (const name of fs.readdirSync(path.join(root, area))) {
    const folder = path.join(root, area, name);
    if (fs.existsSync(path.join(folder, 'input'))) writeGolden(folder);
  }
}

function writeGolden(folder) {
  const built = fs.existsSync(path.join(folder, 'input', 'overlay')) ? 'input/overlay' : 'input';
  const run = spawnSync(tool, ['build', built], { cwd: folder, encoding: 'utf8' });
  fs.rmSync(path.join(folder, 'expected.yaml'), { force: true });
  fs.rmSync(path.join(folder, 'expected.error.txt'), { force: true });
  if (run.status === 0) fs.writeFileSync(path.join(folder, 'expected.yaml'), run.stdout);
  else fs.writeFileSync(path.join(folder, 'expected.error.txt'), wordsOf(run.stderr, folder));
}

/** The message without warnings, and without what differs from machine to machine: folders, pointers, stack traces. */
function wordsOf(stderr, folder) {
  const lines = stderr.split('\n').filter((line) => !line.startsWith('# Warning'));
  return lines
    .join('\n')
    .replaceAll(fs.realpathSync(folder), '')
    .replaceAll(`${fs.realpathSync(path.join(root, '../../..'))}${path.sep}`, '')
    .replace(/^\d{4}(\/\d\d){2} \d\d(:\d\d){2} /gm, '')
    .replace(/0x[0-9a-f]{6,}/g, '0x0')
    .replace(/\n\ngoroutine [\s\S]*/, '\n');
}
