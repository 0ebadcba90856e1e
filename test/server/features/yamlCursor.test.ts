import assert from 'node:assert/strict';
import { findYamlCursor, type YamlCursor } from '../../../src/server/features/yamlCursor.js';

/** The cursor stands at `|`. */
function cursorIn(text: string): YamlCursor | undefined {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes('|'));
  const character = (lines[line] ?? '').indexOf('|');
  lines[line] = (lines[line] ?? '').replace('|', '');
  return findYamlCursor(lines, line, character);
}

function place(text: string): readonly unknown[] | undefined {
  const cursor = cursorIn(text);
  return cursor && [cursor.position, cursor.path, cursor.typed];
}

describe('A cursor in YAML that is being typed', () => {
  it('stands at a key of the root', () => {
    assert.deepEqual(place('namespace: x\nreso|'), ['key', [], 'reso']);
    assert.deepEqual(place('|'), ['key', [], '']);
  });

  it('stands at a value', () => {
    assert.deepEqual(place('kind: Comp|'), ['value', ['kind'], 'Comp']);
  });

  it('stands at an item of a list, indented or not', () => {
    assert.deepEqual(place('resources:\n- a.yaml\n- ../ba|'), ['key', ['resources', 1], '../ba']);
    assert.deepEqual(place('resources:\n  - a.yaml\n  - |'), ['key', ['resources', 1], '']);
  });

  it('stands at a key of an item', () => {
    assert.deepEqual(place('images:\n- name: web\n- name: api\n  newT|'), ['key', ['images', 1], 'newT']);
    assert.deepEqual(place('images:\n- na|'), ['key', ['images', 0], 'na']);
  });

  it('stands at a value of an item, deep in the tree', () => {
    assert.deepEqual(place('patches:\n- path: a.yaml\n- target:\n    kind: Depl|\n  path: b.yaml'), ['value', ['patches', 1, 'target', 'kind'], 'Depl']);
  });

  it('knows the other fields of the map, above and below', () => {
    const cursor = cursorIn('patches:\n- target:\n    kind: Deployment # all\n    na|\n    group: apps\n  path: b.yaml\n- path: c.yaml');
    assert.deepEqual(
      [...(cursor?.siblings ?? [])],
      [
        ['kind', 'Deployment'],
        ['group', 'apps'],
      ],
    );
  });

  it('does not take the fields of a neighboring item for its own', () => {
    const cursor = cursorIn('images:\n- name: web\n  newTag: a\n- name: api\n  |\n- name: db\n  digest: b');
    assert.deepEqual([...(cursor?.siblings ?? [])], [['name', 'api']]);
  });

  it('passes over comments and blank lines', () => {
    assert.deepEqual(place('images:\n# the web\n\n- name: web\n\n  # its tag\n  newTag: |'), ['value', ['images', 0, 'newTag'], '']);
  });

  it('is nowhere in a comment, a block scalar or a flow collection', () => {
    assert.equal(cursorIn('kind: x # Comp|'), undefined);
    assert.equal(findYamlCursor(['patches:', '- patch: |-', '    - op: re'], 2, 12), undefined);
    assert.equal(cursorIn('resources: [a.ya|'), undefined);
  });

  it('leaves a block scalar when the indentation ends it', () => {
    assert.deepEqual(findYamlCursor(['patches:', '- patch: |-', '    - op: remove', '  tar'], 3, 5)?.path, ['patches', 0]);
  });

  it('replaces the whole value, but not a comment behind it', () => {
    const cursor = findYamlCursor(['kind: Component # x'], 0, 8);
    assert.deepEqual([cursor?.start, cursor?.end], [6, 15]);
  });
});
