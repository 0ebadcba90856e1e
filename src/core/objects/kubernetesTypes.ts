/**
 * The types of Kubernetes' own kinds by version, out of the table that scripts/facts/kubernetesTypes writes, and those
 * of CustomResourceDefinitions beside them. A type is decoded when it is first asked for, and then kept in the returned
 * object.
 *
 * The table's notation. A kind is `[type, n|c, plural, versions]`: the number of its type (base 36), whether it lives
 * in namespaces or in the cluster, its name in URLs, and the versions that have it (bits, the oldest release first; left
 * out for all). A type is its name, its fields, and the versions in which apply replaces it as a whole (left out for
 * none). A field is a text, or `[versions, text, versions, text ...]` where it
 * isn't the same in all: `s` string, `b` boolean, `i` int32, `l` int64, `f` number, `d` time, `y` bytes, `q` quantity,
 * `x` integer or string, `*` anything, `@` anything replaced as a whole, `#` and the number of a type (`~#` one that isn't
 * replaced as a whole here, whatever itself says), `{atomic}` and the type of a map's values,
 * `[list type;keys|patch strategy;merge key]` and the type of a list's items; behind it `|` and the patch strategy of what isn't a list, `?` for
 * what isn't there when it is zero, `!` for required and `=` with
 * the default.
 */
import type { MapNode } from '../yaml/nodes.js';
import { areEqual } from '../yaml/equal.js';
import { readDefinition } from './customKinds.js';
import type { Mismatch } from './matchType.js';
import { anything, type Field, type FieldType, type KindType, type ListType, type ObjectType, type ScalarType } from './objectType.js';
import { apiVersionOf, type Gvk } from './resId.js';

/** When an API version was deprecated and goes, in minor versions of Kubernetes 1. */
export interface Lifecycle {
  readonly deprecatedIn: number;
  /** Undefined where its end isn't set. */
  readonly removedIn: number | undefined;
  /** What takes its place, `policy/v1/PodDisruptionBudget`; undefined where nothing does. */
  readonly replacement: string | undefined;
}

export interface KubernetesTypes {
  /** The versions that the table holds, ascending: `1.30`. */
  readonly versions: readonly string[];
  /**
   * A kind of one version; undefined for one that isn't known there. A version before the first that the table holds is
   * answered with the first, for one after the last only kinds from CustomResourceDefinitions are known.
   * @param version `1.34`
   */
  kind(gvk: Gvk, version: string): KindType | undefined;
  /** Whether a version serves a kind of Kubernetes' own; undefined where it isn't known. */
  isServed(gvk: Gvk, version: string): boolean | undefined;
  /** Undefined for an API version that isn't deprecated in any version known. */
  lifecycle(gvk: Gvk): Lifecycle | undefined;
  /** The same with the kinds of these CustomResourceDefinitions, which come before those that are there; itself for none. */
  withDefinitions(definitions: readonly MapNode[]): KubernetesTypes;
}

interface Table {
  readonly releases: readonly string[];
  readonly kinds: Readonly<Record<string, readonly [type: string, scope: string, plural: string, versions?: number]>>;
  readonly types: readonly (readonly [name: string, fields: Readonly<Record<string, string | readonly (string | number)[]>>, atomic?: number])[];
  /** Objects with nothing set, of kinds whose empty objects have more than metadata. */
  readonly empty: Readonly<Record<string, unknown>>;
  readonly lifecycles: Readonly<Record<string, readonly [deprecated: number, removed: number, replacement?: string]>>;
}

/**
 * @param text of data/kubernetes/types.json
 * @returns undefined for a text that isn't such a table
 */
export function readKubernetesTypes(text: string): KubernetesTypes | undefined {
  const table = readTable(text);
  return table && new TableTypes(table);
}

/** The minor version of `1.34` or `v1.34.2`; undefined for anything else. */
export function minorVersionOf(version: string): number | undefined {
  const match = /^v?1\.(\d+)(?:[.+-].*)?$/.exec(version);
  return match ? Number(match[1]) : undefined;
}

function readTable(text: string): Table | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The table is generated: what is told apart here is another file, not each of its lines. */
function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false;
  const parts = ['releases', 'kinds', 'types', 'empty', 'lifecycles'];
  return parts.every((part) => part in value);
}

type ReadDefinition = (definition: MapNode) => ReadonlyMap<string, KindType>;

class TableTypes implements KubernetesTypes {
  readonly versions: readonly string[];
  readonly #table: Table;
  readonly #first: number;
  readonly #versions: readonly (VersionTypes | undefined)[];
  readonly #read = new WeakMap<MapNode, ReadonlyMap<string, KindType>>();

  constructor(table: Table) {
    this.#table = table;
    this.versions = table.releases.map((release) => release.split('.').slice(0, 2).join('.'));
    this.#first = minorVersionOf(this.versions[0] ?? '') ?? 0;
    this.#versions = table.releases.map((_, index) => new VersionTypes(table, index));
  }

  kind(gvk: Gvk, version: string): KindType | undefined {
    return this.#version(version)?.kind(`${apiVersionOf(gvk)}/${gvk.kind}`);
  }

  isServed(gvk: Gvk, version: string): boolean | undefined {
    const removedIn = this.lifecycle(gvk)?.removedIn;
    const minor = minorVersionOf(version);
    if (removedIn !== undefined && minor !== undefined && removedIn <= minor) return false;
    return this.kind(gvk, version) && minor !== undefined && minor >= this.#first ? true : undefined;
  }

  lifecycle(gvk: Gvk): Lifecycle | undefined {
    const facts = this.#table.lifecycles[`${apiVersionOf(gvk)}/${gvk.kind}`];
    return facts && { deprecatedIn: facts[0], removedIn: facts[1] === 0 ? undefined : facts[1], replacement: facts[2] };
  }

  withDefinitions(definitions: readonly MapNode[]): KubernetesTypes {
    return definitions.length === 0 ? this : new ExtendedTypes(this, definitions, (definition) => this.#readDefinition(definition));
  }

  #readDefinition(definition: MapNode): ReadonlyMap<string, KindType> {
    const known = this.#read.get(definition);
    if (known) return known;
    const kinds = readDefinition(definition, this.#versions.at(-1)?.type('ObjectMeta') ?? anything);
    this.#read.set(definition, kinds);
    return kinds;
  }

  #version(version: string): VersionTypes | undefined {
    const minor = minorVersionOf(version);
    return minor === undefined ? undefined : this.#versions[Math.max(0, minor - this.#first)];
  }
}

/** The types of one version. */
class VersionTypes {
  readonly #table: Table;
  readonly #bit: number;
  readonly #kinds = new Map<string, KindType | undefined>();
  readonly #types = new Map<string, ObjectType>();

  constructor(table: Table, index: number) {
    this.#table = table;
    this.#bit = 1 << index;
  }

  kind(key: string): KindType | undefined {
    if (!this.#kinds.has(key)) this.#kinds.set(key, this.#readKind(key));
    return this.#kinds.get(key);
  }

  /** The first type whose name ends so, for those that all objects share. */
  type(name: string): ObjectType | undefined {
    const index = this.#table.types.findIndex(([each]) => each.endsWith(`.meta.v1.${name}`));
    return index < 0 ? undefined : this.#type(index, false);
  }

  #readKind(key: string): KindType | undefined {
    if (!Object.hasOwn(this.#table.kinds, key)) return undefined;
    const [type = '', scope, plural = '', versions] = this.#table.kinds[key] ?? [];
    if (versions !== undefined && (versions & this.#bit) === 0) return undefined;
    return {
      type: this.#type(Number.parseInt(type, 36), false),
      isNamespaced: scope === 'n',
      plural,
      definition: undefined,
      empty: JSON.stringify(this.#table.empty[key] ?? { metadata: {} }),
    };
  }

  #type(index: number, isGranular: boolean): ObjectType {
    const key = `${isGranular ? '~' : ''}${index}`;
    const known = this.#types.get(key);
    if (known) return known;
    const [name, fields, atomic = 0] = this.#table.types[index] ?? ['', {}];
    const texts = new Map(
      Object.entries(fields).flatMap(([field, facts]) => {
        const text = this.#textOf(facts);
        return text === undefined ? [] : [[field, text] as const];
      }),
    );
    const isAtomic = !isGranular && (atomic & this.#bit) !== 0;
    const type = new TableType(name.slice(name.lastIndexOf('.') + 1), texts, isAtomic, (text) => this.#fieldType(text));
    this.#types.set(key, type);
    return type;
  }

  #textOf(facts: string | readonly (string | number)[]): string | undefined {
    if (typeof facts === 'string') return facts;
    for (let at = 0; at < facts.length; at += 2) {
      const [versions, text] = [facts[at], facts[at + 1]];
      if (typeof versions === 'number' && typeof text === 'string' && (versions & this.#bit) !== 0) return text;
    }
    return undefined;
  }

  #fieldType(text: string): FieldType {
    if (text.startsWith('#')) return this.#type(Number.parseInt(text.slice(1), 36), false);
    if (text.startsWith('~#')) return this.#type(Number.parseInt(text.slice(2), 36), true);
    if (text.startsWith('{')) {
      const end = text.indexOf('}');
      return { kind: 'map', values: this.#fieldType(text.slice(end + 1)), isAtomic: text.slice(1, end) === 'atomic' };
    }
    if (text.startsWith('[')) {
      const end = text.indexOf(']');
      const [facts = ''] = text.slice(1, end).split('|');
      const [listType = '', keys = ''] = facts.split(';');
      return { kind: 'list', items: this.#fieldType(text.slice(end + 1)), listType: listTypeOf(listType), keys: keys === '' ? [] : keys.split(',') };
    }
    return scalarTypes[text] ?? anything;
  }
}

function listTypeOf(text: string): ListType['listType'] {
  return text === 'atomic' || text === 'set' || text === 'map' ? text : undefined;
}

const scalarTypes: Readonly<Record<string, ScalarType>> = {
  s: { kind: 'string' },
  d: { kind: 'time' },
  b: { kind: 'boolean' },
  i: { kind: 'int32' },
  l: { kind: 'int64' },
  f: { kind: 'number' },
  y: { kind: 'bytes' },
  q: { kind: 'quantity' },
  x: { kind: 'intOrString' },
  '@': { kind: 'any', isAtomic: true },
};

/** The strategies of a field's text: those in a list's brackets, or those behind another type. */
function readPatchStrategy(text: string): Pick<Field, 'patchStrategy' | 'patchMergeKey'> {
  const [, facts] = /\|([^\]]*)/.exec(text) ?? [];
  if (facts === undefined) return {};
  const [strategies = '', mergeKey] = facts.split(';');
  const patchStrategy = strategies.split(',').filter((each) => each === 'merge' || each === 'replace' || each === 'retainKeys');
  return { patchStrategy, ...(mergeKey !== undefined && { patchMergeKey: mergeKey }) };
}

/** A type of the table. Its fields are decoded when they are asked for: types may contain themselves. */
class TableType implements ObjectType {
  readonly kind = 'object';
  readonly matched = new WeakMap<MapNode, readonly Mismatch[]>();
  readonly fieldNames: readonly string[];
  readonly requiredNames: readonly string[];
  /** A type without fields is one that the server keeps as it is. */
  readonly isOpen: boolean;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #fields = new Map<string, Field>();
  readonly #decode: (text: string) => FieldType;

  constructor(
    readonly name: string,
    texts: ReadonlyMap<string, string>,
    readonly isAtomic: boolean,
    decode: (text: string) => FieldType,
  ) {
    this.#texts = texts;
    this.#decode = decode;
    this.fieldNames = [...texts.keys()];
    this.requiredNames = this.fieldNames.filter((field) => /!(=.*)?$/.test(texts.get(field) ?? ''));
    this.isOpen = this.fieldNames.length === 0;
  }

  field(name: string): Field | undefined {
    const known = this.#fields.get(name);
    if (known) return known;
    const text = this.#texts.get(name);
    if (text === undefined) return undefined;
    const [, type = '', dropped, required, defaultValue] = /^([^!=?]*)(\??)(!?)(?:=(.*))?$/.exec(text) ?? [];
    const field: Field = {
      type: this.#decode(type.replace(/\|[^\]]*$/, '')),
      isRequired: required === '!',
      defaultValue,
      ...readPatchStrategy(type),
      ...(dropped === '?' && { isZeroDropped: true }),
    };
    this.#fields.set(name, field);
    return field;
  }
}

/** Types with the kinds of definitions before them. A kind that two definitions describe in different ways isn't known. */
class ExtendedTypes implements KubernetesTypes {
  readonly versions: readonly string[];
  readonly #base: KubernetesTypes;
  readonly #read: ReadDefinition;
  readonly #kinds = new Map<string, KindType | undefined>();

  constructor(base: KubernetesTypes, definitions: readonly MapNode[], read: ReadDefinition) {
    this.versions = base.versions;
    this.#base = base;
    this.#read = read;
    for (const definition of definitions) {
      for (const [key, kind] of read(definition)) {
        const known = this.#kinds.get(key)?.definition;
        const isUnambiguous = !this.#kinds.has(key) || (known !== undefined && areEqual(known, definition));
        this.#kinds.set(key, isUnambiguous ? kind : undefined);
      }
    }
  }

  kind(gvk: Gvk, version: string): KindType | undefined {
    const key = `${apiVersionOf(gvk)}/${gvk.kind}`;
    return this.#kinds.has(key) ? this.#kinds.get(key) : this.#base.kind(gvk, version);
  }

  isServed(gvk: Gvk, version: string): boolean | undefined {
    return this.#base.isServed(gvk, version);
  }

  lifecycle(gvk: Gvk): Lifecycle | undefined {
    return this.#base.lifecycle(gvk);
  }

  withDefinitions(definitions: readonly MapNode[]): KubernetesTypes {
    return definitions.length === 0 ? this : new ExtendedTypes(this, definitions, this.#read);
  }
}
