/** Objects as a render has them, from the text of manifests. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderDirectory } from '../../src/core/kustomize/renderDirectory.js';
import type { RenderedObject } from '../../src/core/objects/rendering.js';

/** The objects of a text with documents; it must be without mistakes. */
export function renderManifests(text: string): readonly RenderedObject[] {
  if (text.trim() === '') return [];
  const rendering = renderDirectory({ tree: new MemoryTree({ '/manifests/all.yaml': text }), folder: '/manifests', cache: new BuildCache() });
  assert.deepEqual(rendering.problems, []);
  return rendering.objects;
}
