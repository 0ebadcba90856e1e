/** Reads the cases of test/data/argocd, which hold what Argo CD's own code made of their inputs (see scripts/facts/argocd). */
import fs from 'node:fs';
import path from 'node:path';
import { normalizePath } from '../../src/core/base/path.js';
import { SourceText } from '../../src/core/base/source.js';
import type { DeliveryObject } from '../../src/core/gitops/delivery.js';
import { idOfObject } from '../../src/core/objects/objectId.js';
import { jsonScalarOf } from '../../src/core/yaml/scalars.js';
import type { YamlNode } from '../../src/core/yaml/nodes.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { projectFolder } from './projectFolder.js';

export const argoCases = path.join(projectFolder, 'test', 'data', 'argocd');

/** The objects of a YAML text that stands in a file. */
export function objectsOf(file: string, text: string): readonly DeliveryObject[] {
  return parseYaml(new SourceText(normalizePath(file), text)).documents.flatMap(({ root }) =>
    root?.kind === 'map' ? [{ id: idOfObject(root), root, foundIn: { kind: 'file' as const, path: normalizePath(file) } }] : [],
  );
}

/** The one object of a text. */
export function objectOf(text: string, file = '/repo/app.yaml'): DeliveryObject {
  const [object] = objectsOf(file, text);
  if (!object) throw new Error('the text holds no object');
  return object;
}

/** The folders below one of the kinds of cases. */
export function caseFolders(kind: 'sets' | 'applications'): readonly { readonly name: string; readonly folder: string }[] {
  const base = path.join(argoCases, kind);
  return fs.readdirSync(base).map((name) => ({ name, folder: normalizePath(path.join(base, name)) }));
}

export function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** A node as plain data. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'sequence') return node.items.map(toPlain);
  if (node.kind === 'map') return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, toPlain(value)]));
  const value = jsonScalarOf(node);
  return value.kind === 'literal' ? (JSON.parse(value.text) as unknown) : node.value;
}

/** Data without what Go leaves out of its JSON: empty texts, lists and maps, nulls and falses; values of charts stay as they are. */
export function withoutEmpty(value: unknown, key = ''): unknown {
  if (key === 'valuesObject') return value;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item: unknown) => withoutEmpty(item) ?? item);
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).flatMap(([name, inner]) => {
      const kept = withoutEmpty(inner, name);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return value === '' || value === null || value === false ? undefined : value;
}
