/**
 * The variables of a Flux Kustomization's post-build substitution: from `substituteFrom` in its order, then those of
 * `substitute`, which win (fluxcd/pkg/kustomize v1.35.6 kustomize_varsub.go LoadVariables). What only the cluster has
 * isn't guessed: its variables stand open until somebody supplies stand-ins.
 */
import type { Problems, Place } from '../../../base/problem.js';
import type { ResId } from '../../../objects/resId.js';
import { isMissingOrNull, scalarValue, type MapNode, type ScalarNode, type Step } from '../../../yaml/nodes.js';
import { mapAt, scalarAt, type LookUp } from '../../declarations.js';
import type { VariableValue } from './evaluate.js';

/** A variable and where it is defined. */
export interface Variable {
  readonly name: string;
  /** Without line breaks, as Flux removes them. */
  readonly value: string;
  /** The entry of `substitute`, or of the data of a ConfigMap or Secret; for a stand-in the reference that it stands in for. */
  readonly node: Place;
  readonly step: Step;
  /** True for the data of a Secret: not to be shown. */
  readonly isSecret: boolean;
}

/** A ConfigMap or Secret that the repository doesn't hold. */
export interface OpenReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly isOptional: boolean;
  /** The entry of `substituteFrom`. */
  readonly node: MapNode;
}

/** Values for what only the cluster knows; null: the variable isn't defined there. */
export type StandIns = ReadonlyMap<string, string | null>;

export interface Variables {
  readonly byName: ReadonlyMap<string, Variable>;
  readonly open: readonly OpenReference[];
  /** Names that somebody said are not defined in the cluster. */
  readonly undefinedNames: ReadonlySet<string>;
  /** `spec.postBuild` as a whole: what did a substitution that no variable took part in. */
  readonly step: Step;
  /** `substituteStrategy: Always`: also without any variable. */
  readonly isAlways: boolean;
}

/** The variables of a Kustomization; undefined where it has no `postBuild`. Mistakes are reported where they stand. */
export function readVariables(id: ResId, root: MapNode, lookUp: LookUp, standIns: StandIns, problems: Problems): Variables | undefined {
  const postBuild = mapAt(root, 'spec', 'postBuild');
  if (!postBuild) return undefined;
  const byName = new Map<string, Variable>();
  const open: OpenReference[] = [];
  const references = postBuild.get('substituteFrom');
  (references?.kind === 'sequence' ? references.items : []).forEach((item, index) => {
    if (item.kind !== 'map') return;
    const field = `spec.postBuild.substituteFrom[${index}]`;
    const found = readReference(id, item, lookUp);
    if ('data' in found) for (const variable of dataVariables(found, item, field, problems)) byName.set(variable.name, variable);
    else open.push(found);
  });
  const undefinedNames = new Set<string>();
  const [firstOpen] = open;
  for (const [name, value] of standIns) {
    if (byName.has(name) || !firstOpen) continue;
    if (value === null) undefinedNames.add(name);
    else
      byName.set(name, { name, value: oneLine(value), node: firstOpen.node, step: stepOf('spec.postBuild.substituteFrom', firstOpen.node), isSecret: firstOpen.kind === 'Secret' });
  }
  for (const variable of inlineVariables(mapAt(postBuild, 'substitute'), problems)) byName.set(variable.name, variable);
  const isAlways = scalarValue(postBuild.get('substituteStrategy')) === 'Always';
  return { byName, open, undefinedNames, step: stepOf('spec.postBuild', root.get('spec')?.kind === 'map' ? postBuild : root), isAlways };
}

/** What a name stands for. One that an object of the repository defines is taken from there, also where the cluster might say otherwise. */
export function valueOfVariable(variables: Variables, name: string): VariableValue {
  const variable = variables.byName.get(name);
  if (variable) return { kind: 'value', value: variable.value };
  return variables.open.length > 0 && !variables.undefinedNames.has(name) ? { kind: 'unknown' } : { kind: 'unset' };
}

interface FoundData {
  readonly data: MapNode;
  readonly isSecret: boolean;
  /** `stringData` of a Secret, which the API server writes over `data`. */
  readonly texts: MapNode | undefined;
}

function readReference(id: ResId, node: MapNode, lookUp: LookUp): FoundData | OpenReference {
  const kind = scalarValue(node.get('kind')) ?? '';
  const name = scalarValue(node.get('name')) ?? '';
  const open: OpenReference = { kind, namespace: id.namespace, name, isOptional: scalarAt(node, 'optional')?.value === 'true', node };
  if (kind !== 'ConfigMap' && kind !== 'Secret') return open;
  const object = lookUp(kind, id.namespace, name);
  // An encrypted Secret is there, but what it says only the cluster can read.
  if (!object || object.get('sops')) return open;
  const empty = object.withPairs([]);
  return { data: mapAt(object, 'data') ?? empty, texts: kind === 'Secret' ? mapAt(object, 'stringData') : undefined, isSecret: kind === 'Secret' };
}

function dataVariables({ data, texts, isSecret }: FoundData, reference: MapNode, field: string, problems: Problems): readonly Variable[] {
  const step = stepOf(field, reference);
  const variables: Variable[] = [];
  const add = (node: ScalarNode, name: string, value: string): void => {
    variables.push({ name, value: oneLine(value), node, step, isSecret });
    checkName(name, reference, problems);
  };
  for (const { key, value } of data.pairs) {
    if (value.kind === 'scalar') add(value, key.value, isSecret ? decodeBase64(value.value) : value.value);
  }
  for (const { key, value } of texts?.pairs ?? []) if (value.kind === 'scalar') add(value, key.value, value.value);
  return variables;
}

function inlineVariables(substitute: MapNode | undefined, problems: Problems): readonly Variable[] {
  return (substitute?.pairs ?? []).flatMap(({ key, value }) => {
    if (value.kind !== 'scalar') return [];
    checkName(key.value, key, problems);
    const step = stepOf(`spec.postBuild.substitute.${key.value}`, key);
    return [{ name: key.value, value: isMissingOrNull(value) ? '' : oneLine(value.value), node: value, step, isSecret: false }];
  });
}

/** The pattern that kustomize-controller wants of the names that it is given. */
function checkName(name: string, place: Place, problems: Problems): void {
  if (/^[_A-Za-z][_A-Za-z0-9]*$/.test(name)) return;
  problems.error(
    'flux/invalid-variable-name',
    `Flux substitutes nothing while ${name} is among the variables: a name holds letters, digits and underscores, and begins with no digit.`,
    place,
  );
}

function oneLine(value: string): string {
  return value.replaceAll('\n', '');
}

function stepOf(field: string, { source, start, end }: Place): Step {
  return { kind: 'substitution', field, source, start, end };
}

/** The text in base64; characters that are none are passed over, as they can't come from an API server. */
export function decodeBase64(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9+/]/g, '');
  const bytes = Uint8Array.from(atob(clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0))), (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
