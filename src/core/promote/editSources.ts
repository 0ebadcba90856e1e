/**
 * What edits are worked out on: the environments of one state of the files, what they render to, and the state that
 * follows from an edit. Who makes a proposal tries it here first, and sees what it does everywhere.
 */
import type { TextChange } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { DeliveryObject } from '../gitops/delivery.js';
import type { ValuesLayer } from '../objects/chartInputs.js';
import type { Rendering } from '../objects/rendering.js';
import { applyChanges } from '../yaml/edit.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../yaml/parse.js';

/** An environment, as far as editing it needs to know it. */
export interface EditTarget {
  readonly id: string;
  /** `orders prod`. */
  readonly label: string;
  /** The rendered folder, absolute: files outside may belong to others too. Undefined where it is not open here. */
  readonly folder: string | undefined;
  /** The Application, Kustomization or the like; undefined for a folder that no operator delivers. */
  readonly declaration: DeliveryObject | undefined;
}

/** A state of the files. It doesn't change; an edit leads to another one. */
export interface EditSources {
  readonly targets: readonly EditTarget[];
  /** Undefined where there is no such environment. */
  readonly renderingOf: (id: string) => Rendering | undefined;
  readonly parse: (path: string) => ParsedYaml | undefined;
  /** The kustomization file of a folder; undefined where it has none. */
  readonly kustomizationFileOf: (folder: string) => string | undefined;
  /** What the values of an environment's charts are laid from, in ascending precedence; nothing where it has no chart. */
  readonly valuesOf: (target: string) => readonly ValuesLayer[];
  readonly edit: (changes: readonly TextChange[]) => EditSources;
}

/** The new texts of the files that changes lie in, by path; undefined where one of them isn't there. */
export function textsAfter(changes: readonly TextChange[], read: (path: string) => SourceText | undefined): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>();
  for (const [path, own] of changesByFile(changes)) {
    const source = read(path);
    if (!source) return undefined;
    texts.set(path, applyChanges(source, own));
  }
  return texts;
}

/** Changes by the file that they lie in, in the order in which files come up first. */
export function changesByFile(changes: readonly TextChange[]): ReadonlyMap<string, readonly TextChange[]> {
  const byFile = new Map<string, TextChange[]>();
  for (const change of changes) {
    const known = byFile.get(change.location.path);
    if (known) known.push(change);
    else byFile.set(change.location.path, [change]);
  }
  return byFile;
}

/** A range of a text, as a node of a rendering has it. */
type Range = Pick<YamlNode, 'source' | 'start' | 'end'>;

/** The smallest scalar of a file that holds a range, as it stands there; for a text within another text, that text's. */
export function findWrittenScalar(range: Range, parse: EditSources['parse']): ScalarNode | undefined {
  let found: ScalarNode | undefined;
  visitWritten(range, parse, (node) => {
    if (node.kind === 'scalar' && node.start <= range.start && node.end >= range.end) found = node;
  });
  return found;
}

/** The map that stands at just this range of a file. */
export function findWrittenMap(range: Range, parse: EditSources['parse']): MapNode | undefined {
  let found: MapNode | undefined;
  visitWritten(range, parse, (node) => {
    if (node.kind === 'map' && node.start === range.start && node.end === range.end) found ??= node;
  });
  return found;
}

function visitWritten({ source }: Range, parse: EditSources['parse'], look: (node: YamlNode) => void): void {
  const parsed = source.isEmbedded ? parseYaml(source) : parse(source.path);
  if (parsed?.source.text !== source.text) return;
  const visit = (node: YamlNode): void => {
    look(node);
    if (node.kind === 'map') for (const pair of node.pairs) visit(pair.value);
    else if (node.kind === 'sequence') for (const item of node.items) visit(item);
  };
  for (const { root } of parsed.documents) if (root) visit(root);
}

/** The map at the top of the first document. */
export function rootMapOf(parsed: ParsedYaml | undefined): MapNode | undefined {
  const root = parsed?.documents[0]?.root;
  return root?.kind === 'map' ? root : undefined;
}

/** The items of a list that are maps. */
export function mapsAt(map: MapNode, key: string): readonly MapNode[] {
  const list = map.get(key);
  return list?.kind === 'sequence' ? list.items.flatMap((item) => (item.kind === 'map' ? [item] : [])) : [];
}

/** True for a file that the environment's own values are read from. */
export function isValuesFile(path: string, target: EditTarget, { valuesOf }: EditSources): boolean {
  return valuesOf(target.id).some((layer) => layer.kind === 'file' && layer.path === path);
}
