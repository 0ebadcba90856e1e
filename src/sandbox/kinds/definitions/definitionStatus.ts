/**
 * The status of CustomResourceDefinitions, as the naming, establishing and schema controllers keep it
 * (apiextensions-apiserver v0.34, pkg/controller).
 */
import { jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt, textsAt } from '../../../core/live/readFields.js';
import { formatTime } from '../../../services/syncClock.js';
import type { SandboxKind } from '../kinds.js';

/**
 * The status that a definition comes to: names accepted, established, versions stored. Times of conditions that stay as they
 * are stay too.
 * @param others the other definitions there are, and with them the names that are taken
 * @param now milliseconds since 1970
 */
export function statusOfDefinition(definition: LiveObject, others: readonly LiveObject[], builtIn: readonly SandboxKind[], now: number): JsonObject {
  const spec = objectAt(definition, 'spec');
  const status = objectAt(definition, 'status');
  const { accepted, conflict } = acceptNames(definition, takenNames(stringAt(spec, 'group'), definition, others, builtIn));
  const old = mapsAt(status, 'conditions');
  const wasEstablished = old.some((each) => each['type'] === 'Established' && each['status'] === 'True');
  const conditions = [
    conflict ?? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    conflict && !wasEstablished
      ? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
      : { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
  ];
  const stored = mapsAt(spec, 'versions')
    .filter((each) => each['storage'] === true)
    .map((each) => stringAt(each, 'name'));
  return {
    ...status,
    conditions: conditions.map((each) => withTime(each, old, now)),
    acceptedNames: accepted,
    storedVersions: [...new Set([...textsAt(status, 'storedVersions'), ...stored])],
  };
}

/** Whether a definition's kinds are served: its names were accepted, now or before. */
export function isEstablished(definition: LiveObject): boolean {
  return mapsAt(definition, 'status', 'conditions').some((each) => each['type'] === 'Established' && each['status'] === 'True');
}

interface Names {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenNames(group: string, definition: LiveObject, others: readonly LiveObject[], builtIn: readonly SandboxKind[]): Names {
  const accepted = others
    .filter((other) => other.metadata.name !== definition.metadata.name && stringAt(other, 'spec', 'group') === group)
    .map((other) => objectAt(other, 'status', 'acceptedNames'));
  const own = builtIn.filter((kind) => kind.group === group);
  return {
    resources: new Set([
      ...accepted.flatMap((names) => [stringAt(names, 'plural'), stringAt(names, 'singular'), ...textsAt(names, 'shortNames')]),
      ...own.flatMap((kind) => [kind.plural, kind.singular, ...kind.shortNames]),
    ]),
    kinds: new Set([...accepted.flatMap((names) => [stringAt(names, 'kind'), stringAt(names, 'listKind')]), ...own.map(({ kind }) => kind)]),
  };
}

function acceptNames(definition: LiveObject, taken: Names): { readonly accepted: JsonObject; readonly conflict: JsonObject | undefined } {
  const requested = objectAt(definition, 'spec', 'names');
  const before = objectAt(definition, 'status', 'acceptedNames');
  const accepted: Record<string, JsonValue | undefined> = { ...before };
  const conflicts: JsonObject[] = [];
  const clash = (name: string): string => `"${name}" is already in use`;
  const fail = (reason: string, message: string): void => {
    conflicts.push({ type: 'NamesAccepted', status: 'False', reason, message });
  };
  const accept = (field: string, reason: string, names: ReadonlySet<string>): void => {
    const name = stringAt(requested, field);
    if (name !== stringAt(before, field) && name !== '' && names.has(name)) fail(reason, clash(name));
    else accepted[field] = requested[field];
  };
  accept('plural', 'PluralConflict', taken.resources);
  accept('singular', 'SingularConflict', taken.resources);
  const short = textsAt(requested, 'shortNames').filter((name) => !textsAt(before, 'shortNames').includes(name) && taken.resources.has(name));
  if (short.length > 0) fail('ShortNamesConflict', short.length === 1 ? clash(short[0] ?? '') : `[${short.map(clash).join(', ')}]`);
  else accepted['shortNames'] = requested['shortNames'];
  accept('kind', 'KindConflict', taken.kinds);
  accept('listKind', 'ListKindConflict', taken.kinds);
  accepted['categories'] = requested['categories'];
  return {
    accepted: { plural: '', kind: '', ...Object.fromEntries(Object.entries(accepted).filter(([, value]) => value !== undefined)) },
    conflict: conflicts.at(-1),
  };
}

function withTime(condition: JsonObject, old: readonly JsonObject[], now: number): JsonObject {
  const before = old.find((each) => each['type'] === condition['type']);
  const isSame = before !== undefined && jsonEquals(before['status'], condition['status']);
  return { ...condition, lastTransitionTime: isSame && before['lastTransitionTime'] !== undefined ? before['lastTransitionTime'] : formatTime(now) };
}
