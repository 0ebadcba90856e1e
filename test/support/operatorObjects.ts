/**
 * Objects of a real Argo CD v3.2.11 and a real kustomize-controller v1.9.5, at moments of the runs of test/operators, without
 * their managed fields.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../src/core/live/json.js';
import { isLiveObject, type LiveObject } from '../../src/core/live/liveObject.js';
import { projectFolder } from './projectFolder.js';

/** @param moment `fresh`, `requested`, `running`, `synced` ...: the names in the file */
export function recordedApplication(moment: string): LiveObject {
  return recorded('applications', moment);
}

export function recordedKustomization(moment: string): LiveObject {
  return recorded('kustomizations', moment);
}

/** The object with other parts; a part that is null is taken away. */
export function changed(object: LiveObject, parts: JsonObject): LiveObject {
  const merged = merge(object, parts);
  assert.ok(isLiveObject(merged));
  return merged;
}

function merge(object: JsonObject, parts: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...object };
  for (const [key, value] of Object.entries(parts)) {
    const old = merged[key];
    if (value === null) merged[key] = undefined;
    else merged[key] = isJsonObject(value) && isJsonObject(old) ? merge(old, value) : value;
  }
  return merged;
}

function recorded(file: string, moment: string): LiveObject {
  const all: unknown = JSON.parse(fs.readFileSync(path.join(projectFolder, `test/data/operators/${file}.json`), 'utf8'));
  const object = isJsonObject(all) ? all[moment] : undefined;
  assert.ok(isLiveObject(object), `there is no ${moment} in ${file}`);
  return object;
}
