/**
 * Sets of fields as `metadata.managedFields` keeps them (FieldsV1; sigs.k8s.io/structured-merge-diff v6, fieldpath/set.go
 * and serialize.go). A set is a tree that never changes; a field may be in it, fields below it, or both. The object as
 * a whole is never in a set.
 */
import type { FieldStep } from '../objects/compare.js';
import { canonicalElement, compareElements, stepsOf, type ElementPath, type FieldElement } from './fieldElement.js';
import { isJsonObject, type JsonObject } from './json.js';

export interface FieldSet {
  readonly entries: ReadonlyMap<FieldElement, FieldEntry>;
}

/** A field that is in the set, or that has fields in it, or both. */
export interface FieldEntry {
  readonly isMember: boolean;
  /** Undefined where nothing below is in the set; never an empty set. */
  readonly below: FieldSet | undefined;
}

export const noFields: FieldSet = { entries: new Map() };

/** The entry of a field in the set with nothing below it. */
export const leafEntry: FieldEntry = { isMember: true, below: undefined };

/** A set from its FieldsV1 form; undefined for something else. Elements of a kind that isn't known are left out. */
export function parseFields(fields: JsonObject): FieldSet | undefined {
  const entries = new Map<FieldElement, FieldEntry>();
  for (const [key, value] of Object.entries(fields)) {
    if (key === '.') continue;
    const element = canonicalElement(key);
    if (element === undefined || !isJsonObject(value)) return undefined;
    if (element === '') continue;
    const below = parseFields(value);
    if (!below) return undefined;
    if (below.entries.size === 0) entries.set(element, leafEntry);
    else entries.set(element, { isMember: value['.'] !== undefined, below });
  }
  return { entries };
}

/** The FieldsV1 form, in the server's order. */
export function formatFields(set: FieldSet): JsonObject {
  return formatLevel(set, false);
}

function formatLevel(set: FieldSet, isMember: boolean): JsonObject {
  const result: Record<string, JsonObject> = {};
  if (isMember) result['.'] = {};
  for (const element of [...set.entries.keys()].sort(compareElements)) {
    const entry = set.entries.get(element);
    if (entry) result[element] = entry.below ? formatLevel(entry.below, entry.isMember) : {};
  }
  return result;
}

/** A set of these paths. The empty path adds nothing. */
export function fieldsOf(paths: Iterable<ElementPath>): FieldSet {
  let set = noFields;
  for (const path of paths) set = uniteFields(set, onlyField(path));
  return set;
}

function onlyField(path: ElementPath): FieldSet {
  const [first, ...rest] = path;
  if (first === undefined) return noFields;
  return { entries: new Map([[first, rest.length === 0 ? leafEntry : { isMember: false, below: onlyField(rest) }]]) };
}

export function isNoFields(set: FieldSet): boolean {
  return set.entries.size === 0;
}

/** How many fields are in the set. */
export function countFields(set: FieldSet): number {
  let count = 0;
  for (const { isMember, below } of set.entries.values()) count += (isMember ? 1 : 0) + (below ? countFields(below) : 0);
  return count;
}

/** True for a field that is in the set itself; what is above or below it doesn't count. */
export function hasField(set: FieldSet, path: ElementPath): boolean {
  return entryAt(set, path)?.isMember === true;
}

/** What the set has at a path and below it. */
export function entryAt(set: FieldSet, path: ElementPath): FieldEntry | undefined {
  let level: FieldSet | undefined = set;
  let entry: FieldEntry | undefined;
  for (const element of path) {
    entry = level?.entries.get(element);
    level = entry?.below;
  }
  return entry;
}

/** The fields in one or the other. */
export function uniteFields(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b.entries.size === 0) return a;
  if (a.entries.size === 0) return b;
  const entries = new Map(a.entries);
  for (const [element, other] of b.entries) {
    const own = entries.get(element);
    entries.set(element, own ? uniteEntries(own, other) : other);
  }
  return { entries };
}

function uniteEntries(a: FieldEntry, b: FieldEntry): FieldEntry {
  if (a === b) return a;
  const below = a.below && b.below ? uniteFields(a.below, b.below) : (a.below ?? b.below);
  return makeEntry(a.isMember || b.isMember, below);
}

/** The fields of `a` that aren't in `b`; those below a field of `b` stay. */
export function subtractFields(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false);
}

/** The fields of `a` that are neither in `b` nor below a field of it. */
export function subtractTrees(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, withTrees: boolean): FieldSet {
  if (a.entries.size === 0 || b.entries.size === 0) return a;
  const entries = new Map<FieldElement, FieldEntry>();
  let isChanged = false;
  for (const [element, own] of a.entries) {
    const other = b.entries.get(element);
    const rest = other ? subtractEntry(own, other, withTrees) : own;
    if (rest !== own) isChanged = true;
    if (rest) entries.set(element, rest);
  }
  return isChanged ? { entries } : a;
}

function subtractEntry(own: FieldEntry, other: FieldEntry, withTrees: boolean): FieldEntry | undefined {
  const isMember = own.isMember && !other.isMember;
  let { below } = own;
  if (withTrees && other.isMember) below = undefined;
  else if (below && other.below) below = someFields(subtract(below, other.below, withTrees));
  if (isMember === own.isMember && below === own.below) return own;
  return isMember || below ? makeEntry(isMember, below) : undefined;
}

/** The fields in both. */
export function intersectFields(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const entries = new Map<FieldElement, FieldEntry>();
  for (const [element, own] of a.entries) {
    const other = b.entries.get(element);
    if (!other) continue;
    const isMember = own.isMember && other.isMember;
    const below = own.below && other.below ? someFields(intersectFields(own.below, other.below)) : undefined;
    if (isMember || below) entries.set(element, makeEntry(isMember, below));
  }
  return { entries };
}

/** The fields that have none below them. */
export function leavesOf(set: FieldSet): FieldSet {
  const entries = new Map<FieldElement, FieldEntry>();
  for (const [element, { below }] of set.entries) entries.set(element, below ? { isMember: false, below: leavesOf(below) } : leafEntry);
  return { entries };
}

export function equalFields(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.entries.size !== b.entries.size) return false;
  for (const [element, own] of a.entries) {
    const other = b.entries.get(element);
    if (own.isMember !== other?.isMember) return false;
    if (!equalBelow(own.below, other.below)) return false;
  }
  return true;
}

function equalBelow(a: FieldSet | undefined, b: FieldSet | undefined): boolean {
  return a && b ? equalFields(a, b) : a === b;
}

/** The fields of the set, in the server's order: those of a level before those below them. */
export function elementPathsOf(set: FieldSet): readonly ElementPath[] {
  const paths: ElementPath[] = [];
  collectPaths(set, [], paths);
  return paths;
}

/** The same for people. */
export function pathsOf(set: FieldSet): readonly (readonly FieldStep[])[] {
  return elementPathsOf(set).map(stepsOf);
}

function collectPaths(set: FieldSet, prefix: ElementPath, paths: ElementPath[]): void {
  const elements = [...set.entries.keys()].sort(compareElements);
  for (const element of elements) if (set.entries.get(element)?.isMember) paths.push([...prefix, element]);
  for (const element of elements) {
    const below = set.entries.get(element)?.below;
    if (below) collectPaths(below, [...prefix, element], paths);
  }
}

/** An entry, the shared one for a leaf. */
export function makeEntry(isMember: boolean, below: FieldSet | undefined): FieldEntry {
  return isMember && !below ? leafEntry : { isMember, below };
}

function someFields(set: FieldSet): FieldSet | undefined {
  return set.entries.size === 0 ? undefined : set;
}
