/** Decodes the files that a replacement and a ValueAddTransformer may name (kustomize api v0.21.2 internal/builtins). */
import type { Problems } from '../../base/problem.js';
import { isMissingOrNull, makeMap, type MapNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { replacementType } from '../fields/entryFields.js';
import type { ObjectType } from '../fields/field.js';
import { valueAddTargetsType } from '../fields/pluginFields.js';
import type { ReplacementEntry } from '../kustomization.js';
import { decodeReplacement } from './decodeEntries.js';
import { lenientDecoding, normalizeObject } from './normalize.js';
import { mapsAt } from './readNormal.js';

/** The replacements of a file that holds one or a list of them; what is wrong is reported. Only its first document counts. */
export function decodeReplacementFile(parsed: ParsedYaml, problems: Problems): readonly ReplacementEntry[] {
  if (!isSound(parsed, problems)) return [];
  const root = parsed.documents[0]?.root;
  if (root === undefined || root.kind === 'scalar') {
    problems.error('kustomize/invalid-replacement-file', 'This file must hold a replacement or a list of them.', root ?? { source: parsed.source, start: 0, end: 0 });
    return [];
  }
  const decoding = lenientDecoding(problems, 'yaml11');
  const nodes = root.kind === 'map' ? [root] : root.items;
  return nodes.flatMap((node, index) => {
    const normal = isMissingOrNull(node) ? makeMap([], node ?? root, undefined) : normalizeObject(node, replacementType, decoding, 'An item of this file');
    return normal ? [decodeReplacement(normal, index)] : [];
  });
}

/** The targets in a file that a ValueAddTransformer names, as normalized maps. */
export function decodeTargetFile(parsed: ParsedYaml, problems: Problems): readonly MapNode[] {
  const root = parsed.documents[0]?.root;
  if (!isSound(parsed, problems) || isMissingOrNull(root)) return [];
  const normal = normalizeObject(root, valueAddTargetsType, lenientDecoding(problems, 'yaml11'), 'A file of targets');
  return normal ? mapsAt(normal, 'targets') : [];
}

/** The configuration of a plugin in normal form. */
export function normalizeConfig(root: MapNode, type: ObjectType, problems: Problems): MapNode {
  return normalizeObject(root, type, lenientDecoding(problems, 'tagged'), type.title) ?? makeMap([], root, root.step);
}

function isSound(parsed: ParsedYaml, problems: Problems): boolean {
  problems.addAll(parsed.problems);
  return !parsed.problems.some((problem) => problem.severity === 'error');
}
