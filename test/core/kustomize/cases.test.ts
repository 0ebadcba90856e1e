/**
 * Every case under test/data/kustomize: a folder with `input/` and what the real kustomize v5.8.2 made of it,
 * `expected.yaml`, or for what it refuses `expected.error.txt` with its words (of which only the refusal is compared:
 * ours name the file and the line).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildKustomization } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { renderingText } from '../../../src/core/objects/rendering.js';
import { projectFolder } from '../../support/projectFolder.js';

const casesFolder = path.join(projectFolder, 'test/data/kustomize');

function filesBelow(folder: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[`/input/${path.relative(folder, file).replaceAll(path.sep, '/')}`] = fs.readFileSync(file);
  }
  return files;
}

/** The folder to build: `input/overlay` where there is one, else `input` itself. */
function builtFolder(caseFolder: string): string {
  return fs.existsSync(path.join(caseFolder, 'input', 'overlay')) ? '/input/overlay' : '/input';
}

function casesOf(area: string): readonly string[] {
  const folder = path.join(casesFolder, area);
  return fs.readdirSync(folder).filter((name) => fs.statSync(path.join(folder, name)).isDirectory());
}

describe('kustomize cases made by the real tool', () => {
  for (const area of fs.readdirSync(casesFolder)) {
    describe(area, () => {
      for (const name of casesOf(area)) {
        it(name, () => {
          const caseFolder = path.join(casesFolder, area, name);
          const rendering = buildKustomization({
            tree: new MemoryTree(filesBelow(path.join(caseFolder, 'input'))),
            folder: builtFolder(caseFolder),
            options: { loadRestrictor: 'rootOnly', enableHelm: false },
            cache: new BuildCache(),
          });
          const errors = rendering.problems.filter((problem) => problem.severity === 'error');
          const golden = path.join(caseFolder, 'expected.yaml');
          if (fs.existsSync(golden)) {
            assert.deepEqual(errors, []);
            assert.equal(renderingText(rendering), fs.readFileSync(golden, 'utf8'));
          } else {
            assert.ok(fs.existsSync(path.join(caseFolder, 'expected.error.txt')), 'the case has neither expected.yaml nor expected.error.txt');
            assert.equal(rendering.ok, false, 'the real tool refuses this, and so must we');
            assert.ok(errors.length > 0);
          }
        });
      }
    });
  }
});
