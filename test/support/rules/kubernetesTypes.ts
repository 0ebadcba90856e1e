/** The types of Kubernetes, as the services load them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { readKubernetesTypes, type KubernetesTypes } from '../../../src/core/objects/kubernetesTypes.js';
import { projectFolder } from '../projectFolder.js';

/** The text of the table. */
export function readKubernetesTable(): string {
  return fs.readFileSync(path.join(projectFolder, 'data', 'kubernetes', 'types.json'), 'utf8');
}

/** Read anew at each call: what was matched is kept in it. */
export function loadKubernetesTypes(): KubernetesTypes {
  const types = readKubernetesTypes(readKubernetesTable());
  assert.ok(types, 'data/kubernetes/types.json is no table of types');
  return types;
}
