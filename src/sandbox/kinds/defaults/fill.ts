/** What the rules of defaults have in common: reading and filling drafts. */
import type { Draft, DraftValue } from '../codec.js';

/** Changes a draft. */
export type DefaultRule = (draft: Draft) => void;

/** Sets what is unset: missing, null or an empty text. */
export function fill(draft: Draft, values: Draft): void {
  for (const [name, value] of Object.entries(values)) if (isUnset(draft[name]) && value !== undefined) draft[name] = value;
}

/** Sets what is missing or zero, where Go can't tell a zero from nothing. */
export function fillZero(draft: Draft, values: Draft): void {
  for (const [name, value] of Object.entries(values)) if ((isUnset(draft[name]) || draft[name] === 0) && value !== undefined) draft[name] = value;
}

export function isUnset(value: DraftValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** The map in a field; undefined where there is none. */
export function mapAt(draft: Draft, name: string): Draft | undefined {
  const value = draft[name];
  return isDraft(value) ? value : undefined;
}

/** The map in a field, made where there is none. */
export function makeMapAt(draft: Draft, name: string): Draft {
  const known = mapAt(draft, name);
  if (known) return known;
  const made: Draft = {};
  draft[name] = made;
  return made;
}

/** The maps of a list in a field. */
export function mapsAt(draft: Draft | undefined, name: string): readonly Draft[] {
  const value = draft?.[name];
  return Array.isArray(value) ? value.filter(isDraft) : [];
}

export function textAt(draft: Draft | undefined, name: string): string {
  const value = draft?.[name];
  return typeof value === 'string' ? value : '';
}

export function isDraft(value: DraftValue | undefined): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a map with something in it, or a list. */
export function isFilled(value: DraftValue | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : isDraft(value) && Object.keys(value).length > 0;
}
