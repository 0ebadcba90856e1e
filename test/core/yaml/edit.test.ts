/** Edits of YAML text: what they write, and that they change nothing else, whatever the text looks like. */
import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { appendItem, applyChanges, insertField, insertItem, quoteScalar, removeField, removeItem, replaceScalar, setField, type Edit } from '../../../src/core/yaml/edit.js';
import type { EditValue } from '../../../src/core/yaml/editText.js';
import { embeddedSource } from '../../../src/core/yaml/embed.js';
import type { MapNode, ScalarNode, SequenceNode, YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { Random } from '../../fuzz/random.js';
import { randomDocument } from '../../fuzz/randomYaml.js';

function rootOf(text: string): { readonly source: SourceText; readonly root: YamlNode } {
  const source = new SourceText('/a.yaml', text);
  const { documents, problems } = parseYaml(source);
  const root = documents[0]?.root;
  assert.deepEqual(problems, []);
  assert.ok(root);
  return { source, root };
}

function at(root: YamlNode, path: string): YamlNode {
  const found = path
    .split('.')
    .filter((part) => part !== '')
    .reduce<YamlNode | undefined>((node, part) => (node?.kind === 'map' ? node.get(part) : node?.kind === 'sequence' ? node.items[Number(part)] : undefined), root);
  assert.ok(found, path);
  return found;
}

/** Edits a text at a path; undefined where the edit is refused. */
function edit(text: string, path: string, make: (node: YamlNode) => Edit): string | undefined {
  const { source, root } = rootOf(text);
  const changes = make(at(root, path));
  return changes && applyChanges(source, changes);
}

const asMap = (node: YamlNode): MapNode => {
  assert.ok(node.kind === 'map');
  return node;
};
const asList = (node: YamlNode): SequenceNode => {
  assert.ok(node.kind === 'sequence');
  return node;
};
const asScalar = (node: YamlNode): ScalarNode => {
  assert.ok(node.kind === 'scalar');
  return node;
};

describe('replaceScalar', () => {
  const cases: readonly (readonly [name: string, text: string, path: string, value: string | number | boolean, after: string | undefined])[] = [
    ['keeps a plain scalar plain', 'a: v1 # c\n', 'a', 'v2', 'a: v2 # c\n'],
    ['keeps single quotes', "a: 'v1'\n", 'a', "it's", "a: 'it''s'\n"],
    ['keeps double quotes', 'a: "v1"\n', 'a', '1.10', 'a: "1.10"\n'],
    ['quotes what would be a number', 'a: v1\n', 'a', '1.10', 'a: "1.10"\n'],
    ['quotes what older readers take for a truth value', 'a: v1\n', 'a', 'yes', 'a: "yes"\n'],
    ['quotes what YAML would read otherwise', 'a: v1\n', 'a', 'x: y', 'a: "x: y"\n'],
    ['writes numbers without quotes', 'a: "1"\n', 'a', 2, 'a: 2\n'],
    ['fills an empty value', 'a:\nb: 1\n', 'a', 'x', 'a: x\nb: 1\n'],
    ['turns a block into one line', 'a: |\n  x\nb: 1\n', 'a', 'v', 'a: v\nb: 1\n'],
    ['keeps a block that can hold the text', 'a: |- # why\n    x\nb: 1\n', 'a', 'y: z\n\n  w', 'a: |- # why\n    y: z\n\n      w\nb: 1\n'],
    ['keeps a block that ends in a line break', 'a: |\r\n  x\r\nb: 1\r\n', 'a', 'y\nz\n', 'a: |\r\n  y\r\n  z\r\nb: 1\r\n'],
    ['writes what a block would read otherwise into quotes', 'a: |-\n  x\n', 'a', ' y', 'a: " y"\n'],
    ['keeps line ends', 'a: v1\r\nb: 1\r\n', 'a', 'v2', 'a: v2\r\nb: 1\r\n'],
    ['refuses a value with an anchor', 'a: &x v1\nb: *x\n', 'a', 'v2', undefined],
    ['refuses a value with a tag', 'a: !!int 1\n', 'a', 'v2', undefined],
  ];
  for (const [name, text, path, value, after] of cases) {
    it(name, () =>
      assert.equal(
        edit(text, path, (node) => replaceScalar(asScalar(node), value)),
        after,
      ),
    );
  }

  it('quotes a plain scalar as it is written', () =>
    assert.equal(
      edit('a: 1.10 # c\n', 'a', (node) => quoteScalar(asScalar(node))),
      'a: "1.10" # c\n',
    ));
});

describe('insertField and setField', () => {
  it('adds at the end of a map, behind its comments', () =>
    assert.equal(
      edit('a:\n  b: 1 # c\n  # d\n\ne: 2\n', 'a', (node) => insertField(asMap(node), 'x', 'v')),
      'a:\n  b: 1 # c\n  x: v\n  # d\n\ne: 2\n',
    ));

  it('adds behind a field, and behind the whole of it', () =>
    assert.equal(
      edit('- name: a\n  ports:\n  - 1\n  env: []\n', '0', (node) => insertField(asMap(node), 'x', { w: [1, { z: true }] }, 'ports')),
      '- name: a\n  ports:\n  - 1\n  x:\n    w:\n    - 1\n    - z: true\n  env: []\n',
    ));

  it('adds behind a block scalar and in a file without a last line end', () =>
    assert.equal(
      edit('a: |\n  x\nb: 1', '', (node) => insertField(asMap(node), 'c', '2')),
      'a: |\n  x\nb: 1\nc: "2"',
    ));

  it('indents lists as the file does', () =>
    assert.equal(
      edit('a:\n    - 1\n', '', (node) => setField(asMap(node), 'b', ['x'])),
      'a:\n    - 1\nb:\n  - x\n',
    ));

  it('adds to a map in braces, on a line of its own where the others have one', () => {
    assert.equal(
      edit('a: {b: 1}\n', 'a', (node) => insertField(asMap(node), 'x', 'v')),
      'a: {b: 1, x: v}\n',
    );
    assert.equal(
      edit('a: { }\n', 'a', (node) => insertField(asMap(node), 'x', 'v')),
      'a: { x: v }\n',
    );
    assert.equal(
      edit('{\n  "b": 1\n}\n', '', (node) => insertField(asMap(node), 'x', 'v')),
      '{\n  "b": 1,\n  "x": "v"\n}\n',
    );
    assert.equal(
      edit('{\n  b: 1, # c\n}\n', '', (node) => insertField(asMap(node), 'x', 'v')),
      '{\n  b: 1, # c\n  x: v,\n}\n',
    );
  });

  it('replaces a scalar that is there', () =>
    assert.equal(
      edit('a: 1 # c\nb: 2\n', '', (node) => setField(asMap(node), 'a', 3)),
      'a: 3 # c\nb: 2\n',
    ));

  it('adds a field over one that a merge key brings', () =>
    assert.equal(
      edit('d: &d {a: 1}\ne:\n  <<: *d\n  b: 2\n', 'e', (node) => setField(asMap(node), 'a', 3)),
      'd: &d {a: 1}\ne:\n  <<: *d\n  b: 2\n  a: 3\n',
    ));
});

describe('items', () => {
  it('are added at the end and in between', () => {
    assert.equal(
      edit('a:\n- x # c\nb: 1\n', 'a', (node) => appendItem(asList(node), 'v')),
      'a:\n- x # c\n- v\nb: 1\n',
    );
    assert.equal(
      edit('a:\n  - x\n  - z\n', 'a', (node) => insertItem(asList(node), 1, { name: 'v', tag: '1' })),
      'a:\n  - x\n  - name: v\n    tag: "1"\n  - z\n',
    );
    assert.equal(
      edit('a:\n  - x\n', 'a', (node) => insertItem(asList(node), 0, 'v')),
      'a:\n  - v\n  - x\n',
    );
    assert.equal(
      edit('a: [x, y]\n', 'a', (node) => insertItem(asList(node), 1, 'z')),
      'a: [x, z, y]\n',
    );
    assert.equal(
      edit('a: []\n', 'a', (node) => appendItem(asList(node), 'x')),
      'a: [x]\n',
    );
  });

  it('are removed with their lines and comments', () => {
    assert.equal(
      edit('a:\n# one\n- x # c\n# two\n- y\nb: 1\n', 'a', (node) => removeItem(asList(node), 0)),
      'a:\n# two\n- y\nb: 1\n',
    );
    assert.equal(
      edit('a:\n- x\nb: 1\n', 'a', (node) => removeItem(asList(node), 0)),
      'a: []\nb: 1\n',
    );
    assert.equal(
      edit('a: [x, y]\n', 'a', (node) => removeItem(asList(node), 1)),
      'a: [x]\n',
    );
  });
});

describe('removeField', () => {
  const cases: readonly (readonly [name: string, text: string, path: string, key: string, after: string | undefined])[] = [
    ['takes the line, its comment and the comments above', 'a: 1\n# about b\nb: 2 # c\nc: 3\n', '', 'b', 'a: 1\nc: 3\n'],
    ['leaves the first comments of a file', '# the file\na: 1\nb: 2\n', '', 'a', '# the file\nb: 2\n'],
    ['leaves one blank line of two', 'a: 1\n\nb:\n  c: 2\n  # d\n\ne: 3\n', '', 'b', 'a: 1\n\ne: 3\n'],
    ['lets the next one begin behind the dash', '- a: 1\n  b: 2\n', '0', 'a', '- b: 2\n'],
    ['leaves an empty map', 'a:\n  b: 1\nc: 2\n', 'a', 'b', 'a: {}\nc: 2\n'],
    ['keeps line ends', 'a: 1\r\nb: 2\r\nc: 3\r\n', '', 'b', 'a: 1\r\nc: 3\r\n'],
    ['works in braces', 'a: {b: 1, c: 2}\n', 'a', 'b', 'a: {c: 2}\n'],
    ['removes an alias', 'a: &x 1\nb: *x\nc: 2\n', '', 'b', 'a: &x 1\nc: 2\n'],
    ['leaves what a merge key brings', 'a: &x {b: 1}\nc:\n  <<: *x\n', 'c', 'b', undefined],
  ];
  for (const [name, text, path, key, after] of cases)
    it(name, () =>
      assert.equal(
        edit(text, path, (node) => removeField(asMap(node), key)),
        after,
      ),
    );
});

describe('edits of a text within a text', () => {
  const host = 'patches:\n- patch: |-\n    kind: A\n    spec:\n      a: 1\n  target: {kind: A}\n';
  const editInside = (text: string, path: string, make: (node: YamlNode) => Edit): string | undefined => {
    const { source, root } = rootOf(text);
    const inner = embeddedSource(asScalar(at(root, 'patches.0.patch')));
    const changes = make(at(parseYaml(inner).documents[0]?.root ?? assert.fail(), path));
    return changes && applyChanges(source, changes);
  };

  it('keep the indentation of a literal block', () => {
    assert.equal(
      editInside(host, 'spec', (node) => insertField(asMap(node), 'b', { c: 2 })),
      host.replace('a: 1\n', 'a: 1\n      b:\n        c: 2\n'),
    );
    assert.equal(
      editInside(host, '', (node) => removeField(asMap(node), 'kind')),
      host.replace('    kind: A\n', ''),
    );
    assert.equal(
      editInside(host, '', (node) => removeField(asMap(node), 'spec')),
      host.replace('    spec:\n      a: 1\n', ''),
    );
  });

  it('are refused within quotes', () => {
    assert.equal(
      editInside('patches:\n- patch: "kind: A\\nspec:\\n  a: 1\\n"\n', 'spec', (node) => insertField(asMap(node), 'b', 1)),
      undefined,
    );
  });
});

/** A tree as plain data, with the tags of its scalars. */
function toData(node: YamlNode): unknown {
  if (node.kind === 'scalar') return `${node.tag} ${node.value}`;
  if (node.kind === 'sequence') return node.items.map(toData);
  return Object.fromEntries(node.pairs.map(({ key, value }) => [`.${key.value}`, toData(value)]));
}

function editData(value: EditValue): unknown {
  if (Array.isArray(value)) return value.map(editData);
  if (typeof value === 'string') return `!!str ${value}`;
  if (typeof value === 'number') return `!!int ${value}`;
  if (typeof value === 'boolean') return `!!bool ${value}`;
  if (value === null) return '!!null null';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [`.${key}`, editData(item)]));
}

const values: readonly EditValue[] = [
  'x',
  '1.10',
  'yes',
  "it's",
  'a: b',
  '- x',
  '#',
  ' x ',
  'a\nb',
  '',
  '~',
  'ünï',
  '2024-01-02',
  7,
  true,
  null,
  ['a', ['b'], { c: 'd' }],
  { e: { f: [] }, g: {} },
  [],
];

interface Try {
  readonly name: string;
  readonly changes: Edit;
  readonly expected: (data: Record<string, unknown> & unknown[]) => unknown;
}

function randomEdit(random: Random, node: YamlNode): Try {
  const value = random.pick(values.filter((each) => each !== undefined));
  if (node.kind === 'scalar') {
    const scalar = typeof value === 'object' ? 'z' : value;
    return { name: 'replace', changes: replaceScalar(node, scalar), expected: () => editData(scalar) };
  }
  if (node.kind === 'sequence') {
    const index = random.below(node.items.length + 1);
    if (random.next() < 0.5 && index < node.items.length)
      return { name: `remove ${index}`, changes: removeItem(node, index), expected: (data) => data.filter((_, at) => at !== index) };
    return {
      name: `insert ${index} ${JSON.stringify(value)}`,
      changes: insertItem(node, index, value),
      expected: (data) => [...data.slice(0, index), editData(value), ...data.slice(index)],
    };
  }
  const key = node.pairs.length > 0 ? random.pick(node.pairs).key.value : undefined;
  if (key !== undefined && random.next() < 0.4) {
    return { name: `remove ${key}`, changes: removeField(node, key), expected: (data) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== `.${key}`)) };
  }
  if (node.pair('zz')) return { name: 'nothing', changes: undefined, expected: (data) => data };
  return { name: `insert behind ${key} ${JSON.stringify(value)}`, changes: insertField(node, 'zz', value, key), expected: (data) => ({ ...data, '.zz': editData(value) }) };
}

function nodesBelow(node: YamlNode): readonly YamlNode[] {
  if (node.kind === 'scalar') return [node];
  return [node, ...(node.kind === 'map' ? node.pairs.map(({ value }) => value) : node.items).flatMap(nodesBelow)];
}

/** The data of a tree with one node's replaced. */
function dataWith(root: YamlNode, target: YamlNode, replaced: unknown): unknown {
  if (root === target) return replaced;
  if (root.kind === 'scalar') return toData(root);
  if (root.kind === 'sequence') return root.items.map((item) => dataWith(item, target, replaced));
  return Object.fromEntries(root.pairs.map(({ key, value }) => [`.${key.value}`, dataWith(value, target, replaced)]));
}

/** Makes a random edit and checks it; false where it was refused. */
function tryRandomEdit(random: Random, text: string): boolean {
  const source = new SourceText('/a.yaml', text);
  const { documents, problems } = parseYaml(source);
  const root = documents[0]?.root;
  if (problems.length > 0 || !root || documents[0]?.duplicateKeys.length !== 0) return false;
  const node = random.pick(nodesBelow(root));
  // Text that aliases share would change in several places, as it should.
  if (/[&*]|<</.test(text)) return false;
  const { name, changes, expected } = randomEdit(random, node);
  if (!changes) return false;
  const after = applyChanges(source, changes);
  const parsed = parseYaml(new SourceText('/a.yaml', after));
  const shown = `${name} at ${node.start}\n${text}\n---- becomes\n${after}`;
  assert.deepEqual(parsed.problems, [], shown);
  const wanted = dataWith(root, node, expected(toData(node) as Record<string, unknown> & unknown[]));
  assert.deepEqual(parsed.documents[0]?.root && toData(parsed.documents[0].root), wanted, shown);
  assert.equal(after.includes('\r\n'), text.includes('\r\n') && after.includes('\n'), shown);
  return true;
}

describe('edits of random documents', () => {
  it('give what was meant and nothing else', () => {
    const random = new Random(20);
    let made = 0;
    for (let count = 0; count < 6000; count++) {
      const text = new Layout(random).write();
      if (tryRandomEdit(random, text)) made++;
    }
    assert.ok(made > 4500, `${made} of 6000 edits were made`);
  });

  it('give what was meant or are refused in any YAML', () => {
    const random = new Random(7);
    let made = 0;
    for (let count = 0; count < 6000; count++) if (tryRandomEdit(random, randomDocument(random))) made++;
    assert.ok(made > 300, `${made} of 6000 edits were made`);
  });
});

/** Writes random documents as people do: block and flow style, comments, blank lines, quotes, both line ends. */
class Layout {
  readonly #step: number;
  readonly #listStep: number;
  readonly #newline: string;

  constructor(private readonly random: Random) {
    this.#step = random.pick([2, 2, 4]);
    this.#listStep = random.pick([0, 2]);
    this.#newline = random.next() < 0.2 ? '\r\n' : '\n';
  }

  write(): string {
    const head = this.#maybe(0.3, '# head\n') + this.#maybe(0.2, '---\n');
    const body = this.random.next() < 0.8 ? this.#map(0, 0) : this.#list(0, 0);
    const text = head + body + this.#maybe(0.1, '# end\n');
    return (this.random.next() < 0.1 ? text.replace(/\n$/, '') : text).replaceAll('\n', this.#newline);
  }

  #maybe(chance: number, text: string): string {
    return this.random.next() < chance ? text : '';
  }

  #comments(indent: number): string {
    return this.#maybe(0.15, '\n') + this.#maybe(0.2, `${' '.repeat(indent)}# about\n`);
  }

  #map(indent: number, depth: number, isInline = false): string {
    const count = 1 + this.random.below(3);
    let out = '';
    for (let index = 0; index < count; index++) {
      const lead = isInline && index === 0 ? '' : this.#comments(indent) + ' '.repeat(indent);
      out += `${lead}k${index}:${this.#behind(indent, depth)}`;
    }
    return out + this.#maybe(0.1, `${' '.repeat(indent)}# foot\n`);
  }

  #list(indent: number, depth: number, isInline = false): string {
    const count = 1 + this.random.below(3);
    let out = '';
    for (let index = 0; index < count; index++) {
      const lead = isInline && index === 0 ? '' : this.#comments(indent) + ' '.repeat(indent);
      const gap = this.random.pick([1, 1, 3]);
      const inner = indent + 1 + gap;
      const what = depth > 2 ? 1 : this.random.next();
      if (what < 0.3) out += `${lead}-${' '.repeat(gap)}${this.#map(inner, depth + 1, true)}`;
      else if (what < 0.4) out += `${lead}-${' '.repeat(gap)}${this.#list(inner, depth + 1, true)}`;
      else out += `${lead}-${this.#scalar(indent + 2)}`;
    }
    return out;
  }

  #behind(indent: number, depth: number): string {
    const what = depth > 2 ? 0.9 : this.random.next();
    const comment = this.#maybe(0.1, ' # c');
    if (what < 0.25) return `${comment}\n${this.#map(indent + this.#step, depth + 1)}`;
    if (what < 0.5) return `${comment}\n${this.#list(indent + this.#listStep, depth + 1)}`;
    if (what < 0.6) return ` ${this.#flow(depth)}${comment}\n`;
    return this.#scalar(indent + 2);
  }

  #scalar(indent: number): string {
    const what = this.random.next();
    if (what < 0.08) return ` |\n${' '.repeat(indent)}text\n\n${' '.repeat(indent)}# more\n`;
    if (what < 0.12) return ` >-\n${' '.repeat(indent)}text\n`;
    if (what < 0.14) return ` |+\n${' '.repeat(indent)}text\n\n`;
    const value = this.random.pick(['a', '1', 'true', "'q # x'", '"d: e"', 'x y', '', '~', 'http://x/#y']);
    return `${value === '' ? '' : ` ${value}`}${this.#maybe(0.2, ' # c')}\n`;
  }

  #flow(depth: number): string {
    const items = Array.from({ length: this.random.below(3) }, () =>
      depth < 3 && this.random.next() < 0.3 ? this.#flow(depth + 1) : this.random.pick(['a', '1', '"x, y"', "'z'"]),
    );
    const isMap = this.random.next() < 0.5;
    const space = this.#maybe(0.3, ' ');
    const body = (isMap ? items.map((item, index) => `k${index}: ${item}`) : items).join(', ');
    return isMap ? `{${space}${body}${space}}` : `[${space}${body}${space}]`;
  }
}
