/** The markers of Flux's image policies in the files that an environment is rendered from, with the values that they stand behind. */
import type { FileTree } from '../base/fileTree.js';
import type { ImageMarker } from './facts.js';

const marker = /#\s*\{"\$imagepolicy":\s*"([\w.-]+):([\w.-]+)(?::(\w+))?"\}/;

/** Markers of an image or a tag; those of names alone say nothing of versions. */
export function findMarkerTexts(paths: Iterable<string>, tree: FileTree): readonly ImageMarker[] {
  const found: ImageMarker[] = [];
  for (const path of [...paths].sort()) {
    if (!/\.ya?ml$/.test(path)) continue;
    const source = tree.read(path);
    if (!source?.text.includes('"$imagepolicy"')) continue;
    source.text.split('\n').forEach((line, index) => {
      const [whole, policyNamespace, policyName, part] = marker.exec(line) ?? [];
      if (whole === undefined || policyNamespace === undefined || policyName === undefined || part === 'name' || part === 'digest') return;
      const text = line
        .slice(0, line.indexOf(whole))
        .replace(/^[\s-]*(?:[\w.$-]+:\s)?/, '')
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2');
      found.push({ policyNamespace, policyName, path, line: index, text });
    });
  }
  return found;
}
