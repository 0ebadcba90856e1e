/** The kinds of the sandbox, from the data of the repository. */
import assert from 'node:assert/strict';
import { readSandboxData } from '../../src/sandbox/kinds/facts.js';
import type { SandboxKinds } from '../../src/sandbox/kinds/kinds.js';
import { makeSandboxKinds } from '../../src/sandbox/kinds/sandboxKinds.js';
import { projectFolder } from './projectFolder.js';

export function loadSandboxKinds(): SandboxKinds {
  const data = readSandboxData(projectFolder);
  assert.ok(data, 'data/sandbox/ is there');
  return makeSandboxKinds(data);
}
