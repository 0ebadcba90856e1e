/** Who owns which fields of a live object, read from its `metadata.managedFields`. */
import type { FieldStep } from '../objects/compare.js';
import { compareTexts, isElementAt } from './fieldElement.js';
import { stepInto } from './fieldPath.js';
import { noFields, parseFields, uniteFields, type FieldEntry, type FieldSet } from './fieldSet.js';
import type { JsonValue } from './json.js';
import type { LiveObject } from './liveObject.js';

/** Who set a live field, from `metadata.managedFields`. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** `status`, `scale`; empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339; undefined where the entry has none. */
  readonly time: string | undefined;
}

/** An owner with all that it owns. */
export interface OwnedFields {
  readonly owner: FieldOwner;
  /** The version in which the paths are. */
  readonly apiVersion: string;
  readonly fields: FieldSet;
}

/** The entries of managed fields, in the object's order. One that can't be read is left out. */
export function readOwners({ metadata }: LiveObject): readonly OwnedFields[] {
  const owners: OwnedFields[] = [];
  for (const { manager, operation, subresource, time, apiVersion, fieldsV1 } of metadata.managedFields ?? []) {
    const fields = parseFields(fieldsV1);
    if (fields) owners.push({ owner: { manager, operation, subresource: subresource ?? '', time }, apiVersion, fields });
  }
  return owners;
}

/**
 * The owners of a field, the last one to write first: those who own it itself; where there are none, those who own the
 * nearest field above it as a whole (an atomic list); where there are none, those who own something below it.
 */
export function ownersOf(object: LiveObject, path: readonly FieldStep[]): readonly FieldOwner[] {
  return ownersAmong(readOwners(object), object, path);
}

/** The same with the owners already read, for asking about many fields of one object. */
export function ownersAmong(owners: readonly OwnedFields[], object: LiveObject, path: readonly FieldStep[]): readonly FieldOwner[] {
  const found = owners.map(({ owner, fields }) => ({ owner, claim: claimOn(fields, object, path) }));
  const strongest = Math.max(0, ...found.map(({ claim }) => claim));
  if (strongest === 0) return [];
  return found
    .filter(({ claim }) => claim === strongest)
    .map(({ owner }) => owner)
    .reverse()
    .sort((a, b) => compareTexts(b.time ?? '', a.time ?? ''));
}

/** The owner that wrote a field last; undefined where no manager is noted. */
export function lastOwner(object: LiveObject, path: readonly FieldStep[]): FieldOwner | undefined {
  return ownersOf(object, path)[0];
}

/** All fields of the owners that `isWanted` says yes to. */
export function fieldsOwnedBy(object: LiveObject, isWanted: (owner: FieldOwner, apiVersion: string) => boolean): FieldSet {
  return readOwners(object)
    .filter(({ owner, apiVersion }) => isWanted(owner, apiVersion))
    .reduce((set, { fields }) => uniteFields(set, fields), noFields);
}

/** All fields that a manager owns, by whatever operation. */
export function fieldsOfManager(object: LiveObject, manager: string): FieldSet {
  return fieldsOwnedBy(object, (owner) => owner.manager === manager);
}

/** How strong a claim on a field is: something below it 1, a field above it from 2 (the nearer the stronger), the field itself the strongest; 0 for none. */
function claimOn(fields: FieldSet, object: LiveObject, path: readonly FieldStep[]): number {
  let level: FieldSet | undefined = fields;
  let value: JsonValue | undefined = object;
  let claim = 0;
  let entry: FieldEntry | undefined;
  for (const [depth, step] of path.entries()) {
    entry = level ? entryFor(level, step, value) : undefined;
    if (!entry) return claim;
    if (depth < path.length - 1 && entry.isMember && !entry.below) claim = depth + 2;
    value = stepInto(value, step);
    level = entry.below;
  }
  if (!entry) return 0;
  return entry.isMember ? path.length + 2 : Math.max(claim, 1);
}

function entryFor(level: FieldSet, step: FieldStep, list: JsonValue | undefined): FieldEntry | undefined {
  if (typeof step === 'string') return level.entries.get(`f:${step}`);
  for (const [element, entry] of level.entries) if (isElementAt(element, step, list)) return entry;
  return undefined;
}
