/**
 * What is known of the fields of Kubernetes objects, as far as merging needs it (kyaml/openapi v0.21.2): element types,
 * merge keys and patch strategies. Kinds that are not known have no schema: their lists are replaced. Left out: the
 * scope of kinds that only a user's schema names, and types of scalars.
 */
import { scalarValue, type MapNode, type SequenceNode, type YamlNode } from '../yaml/nodes.js';
import { kubernetesDefinitions, kubernetesKinds } from './facts/kubernetesSchema.js';
import { apiVersionOf, type Gvk } from './resId.js';

/** The schema of one field (or of a whole object): where its children's schemas are found, and how patches treat it. */
export interface FieldSchema {
  /** The child field's schema, or undefined where nothing is known of it. */
  field(name: string): FieldSchema | undefined;
  /** The schema of a list's elements. */
  readonly elements: FieldSchema | undefined;
  /** `x-kubernetes-patch-strategy` as kyaml reads it: `merge`, `replace`, `retainKeys`, or empty. */
  readonly patchStrategy: readonly string[];
  /** `x-kubernetes-patch-merge-key` or the list-map keys, in the order kyaml tries them. */
  readonly mergeKeys: readonly string[];
}

export interface ObjectSchema {
  /** The schema of a kind, or undefined for an unknown one. */
  of(gvk: Gvk): FieldSchema | undefined;
  /** The definition that `#/definitions/NAME` refers to, or undefined. */
  definition(name: string): FieldSchema | undefined;
}

const none: readonly string[] = [];

/** An object of which nothing more is known. */
const opaque: FieldSchema = { field: () => undefined, elements: undefined, patchStrategy: none, mergeKeys: none };

/**
 * The schema of Kubernetes' own kinds that kyaml brings. Decoded on first use and kept in the returned object, which a
 * cache should hold on to.
 */
export function builtinSchema(): ObjectSchema {
  let table: SchemaTable | undefined;
  const opened = (): SchemaTable => (table ??= new SchemaTable());
  return {
    of: (gvk) => opened().ofKind(`${apiVersionOf(gvk)}/${gvk.kind}`),
    definition: (name) => opened().ofName(name),
  };
}

/** The generated table, with each definition decoded when it is first asked for. */
class SchemaTable {
  readonly #lines = kubernetesDefinitions.trim().split('\n');
  readonly #kinds = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #decoded: (FieldSchema | undefined)[] = [];

  constructor() {
    for (const line of kubernetesKinds.trim().split('\n')) {
      const at = line.lastIndexOf(' ');
      this.#kinds.set(line.slice(0, at), Number.parseInt(line.slice(at + 1), 36));
    }
    this.#lines.forEach((line, index) => {
      const at = line.indexOf(' ');
      this.#names.set(at < 0 ? line : line.slice(0, at), index);
    });
  }

  ofKind(kind: string): FieldSchema | undefined {
    const index = this.#kinds.get(kind);
    return index === undefined ? undefined : this.#definition(index);
  }

  ofName(name: string): FieldSchema | undefined {
    const index = this.#names.get(name);
    return index === undefined ? undefined : this.#definition(index);
  }

  #definition(index: number): FieldSchema {
    return (this.#decoded[index] ??= new TableDefinition((this.#lines[index] ?? '').split(' ').slice(1), (text) => this.#type(text)));
  }

  /** Decodes the notation of a type (see the head of the table). */
  #type(text: string): FieldSchema {
    if (text === '.') return opaque;
    if (text.startsWith('{}')) {
      const values = text.slice(2);
      return new LazySchema(() => this.#type(values), undefined, none, none);
    }
    const list = /^\[([^;]*);([^\]]*)\](.*)$/.exec(text);
    if (!list) return this.#definition(Number.parseInt(text, 36));
    const [, strategy = '', keys = '', elements = ''] = list;
    const ofElements = elements === '' ? undefined : (): FieldSchema => this.#type(elements);
    return new LazySchema(undefined, ofElements, splitList(strategy), splitList(keys));
  }
}

class TableDefinition implements FieldSchema {
  readonly elements = undefined;
  readonly patchStrategy = none;
  readonly mergeKeys = none;
  readonly #types = new Map<string, string>();
  readonly #fields = new Map<string, FieldSchema>();
  readonly #decode: (type: string) => FieldSchema;

  constructor(words: readonly string[], decode: (type: string) => FieldSchema) {
    this.#decode = decode;
    for (const word of words) {
      const at = word.indexOf(':');
      this.#types.set(word.slice(0, at), word.slice(at + 1));
    }
  }

  field(name: string): FieldSchema | undefined {
    const known = this.#fields.get(name);
    if (known) return known;
    const type = this.#types.get(name) ?? this.#types.get('*');
    if (type === undefined) return undefined;
    const schema = this.#decode(type);
    this.#fields.set(name, schema);
    return schema;
  }
}

/** A map or a list whose inner schema is found when it is asked for: definitions may contain themselves. */
class LazySchema implements FieldSchema {
  readonly #values: (() => FieldSchema | undefined) | undefined;
  readonly #elements: (() => FieldSchema | undefined) | undefined;

  constructor(
    values: (() => FieldSchema | undefined) | undefined,
    elements: (() => FieldSchema | undefined) | undefined,
    readonly patchStrategy: readonly string[],
    readonly mergeKeys: readonly string[],
  ) {
    this.#values = values;
    this.#elements = elements;
  }

  field(): FieldSchema | undefined {
    return this.#values?.();
  }

  get elements(): FieldSchema | undefined {
    return this.#elements?.();
  }
}

/**
 * The schema that a kustomization names with `openapi: {path: ...}`. It stands in the place of the built-in one; given a
 * `base`, what it does not define is looked up there, as when kyaml has already read the built-in schema.
 * @param document the file's content; anything that is not as OpenAPI has it is passed over
 */
export function customSchema(document: YamlNode, base?: ObjectSchema): ObjectSchema {
  const definitions = mapField(document, 'definitions');
  const kinds = new Map<string, MapNode>();
  for (const { value } of definitions?.pairs ?? []) {
    if (value.kind !== 'map') continue;
    for (const kind of kindsOf(value)) kinds.set(kind, value);
  }
  const known = new Map<MapNode, FieldSchema>();
  const read = (node: MapNode): FieldSchema => {
    const schema = known.get(node) ?? new DocumentSchema(node, resolve);
    known.set(node, schema);
    return schema;
  };
  const definition = (name: string): FieldSchema | undefined => {
    const own = definitions?.get(name);
    return own?.kind === 'map' ? read(own) : base?.definition(name);
  };
  /** Follows references; a circle of them ends after as many steps as there are definitions. */
  const resolve = (node: YamlNode | undefined): FieldSchema | undefined => {
    let at = node;
    for (let steps = 0; steps <= (definitions?.pairs.length ?? 0); steps++) {
      if (at?.kind !== 'map') return undefined;
      const ref = scalarValue(at.get('$ref'));
      if (ref === undefined || ref === '') return read(at);
      const target = pointed(document, ref);
      if (!target) return ref.startsWith('#/definitions/') ? definition(unescapePointer(ref.slice('#/definitions/'.length))) : undefined;
      at = target;
    }
    return undefined;
  };
  return {
    of: (gvk) => {
      const own = kinds.get(`${apiVersionOf(gvk)}/${gvk.kind}`);
      return own ? read(own) : base?.of(gvk);
    },
    definition,
  };
}

/** A schema as it stands in an OpenAPI document. */
class DocumentSchema implements FieldSchema {
  readonly #node: MapNode;
  readonly #resolve: (node: YamlNode | undefined) => FieldSchema | undefined;
  readonly patchStrategy: readonly string[];
  readonly mergeKeys: readonly string[];

  constructor(node: MapNode, resolve: (node: YamlNode | undefined) => FieldSchema | undefined) {
    this.#node = node;
    this.#resolve = resolve;
    const strategy = scalarValue(node.get('x-kubernetes-patch-strategy'));
    this.patchStrategy = strategy === undefined ? none : splitList(strategy);
    this.mergeKeys = strategy === undefined ? none : mergeKeysOf(node);
  }

  field(name: string): FieldSchema | undefined {
    const own = mapField(this.#node, 'properties')?.get(name);
    if (own) return this.#resolve(own);
    const others = this.#node.get('additionalProperties');
    return others?.kind === 'map' ? this.#resolve(others) : undefined;
  }

  get elements(): FieldSchema | undefined {
    const type = this.#node.get('type');
    const isList = type?.kind === 'sequence' ? type.items.length === 1 && scalarValue(type.items[0]) === 'array' : scalarValue(type) === 'array';
    return isList ? this.#resolve(this.#node.get('items')) : undefined;
  }
}

/** The list-map keys, or else the one merge key (kyaml's PatchStrategyAndKeyList). */
function mergeKeysOf(node: MapNode): readonly string[] {
  const keys = node.get('x-kubernetes-list-map-keys');
  if (keys?.kind === 'sequence') return keys.items.map((item) => scalarValue(item) ?? '');
  const key = scalarValue(node.get('x-kubernetes-patch-merge-key'));
  return key === undefined ? none : [key];
}

function kindsOf(definition: MapNode): readonly string[] {
  const entries = definition.get('x-kubernetes-group-version-kind');
  if (entries?.kind !== 'sequence') return none;
  return entries.items.flatMap((entry: SequenceNode['items'][number]) => {
    if (entry.kind !== 'map') return [];
    const [group, version, kind] = ['group', 'version', 'kind'].map((part) => scalarValue(entry.get(part)) ?? '');
    return [`${apiVersionOf({ group: group ?? '', version: version ?? '', kind: kind ?? '' })}/${kind ?? ''}`];
  });
}

/** What a reference inside the document points at (RFC 6901). */
function pointed(document: YamlNode, ref: string): YamlNode | undefined {
  if (!ref.startsWith('#/')) return undefined;
  let at: YamlNode | undefined = document;
  for (const part of ref.slice(2).split('/')) at = at?.kind === 'map' ? at.get(unescapePointer(part)) : undefined;
  return at;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function mapField(node: YamlNode, name: string): MapNode | undefined {
  const value = node.kind === 'map' ? node.get(name) : undefined;
  return value?.kind === 'map' ? value : undefined;
}

function splitList(text: string): readonly string[] {
  return text === '' ? none : text.split(',');
}
