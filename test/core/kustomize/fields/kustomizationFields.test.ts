/** The table of fields, as decoding, completion and hovers use it. */
import assert from 'node:assert/strict';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { decodeKustomization } from '../../../../src/core/kustomize/decode/decodeKustomization.js';
import type { Field, FieldType } from '../../../../src/core/kustomize/fields/field.js';
import { fieldAtPath, kustomizationFields, typeAtPath } from '../../../../src/core/kustomize/fields/kustomizationFields.js';
import { pluginTypes } from '../../../../src/core/kustomize/fields/pluginFields.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function fieldsBelow(type: FieldType): readonly Field[] {
  if (type.kind === 'object') return type.fields.flatMap((field) => [field, ...fieldsBelow(field.type)]);
  if (type.kind === 'list') return fieldsBelow(type.item);
  return type.kind === 'map' ? fieldsBelow(type.value) : [];
}

describe('the table of fields', () => {
  it('finds a field by its path', () => {
    assert.equal(fieldAtPath(['images', 0, 'newTag'])?.name, 'newTag');
    assert.equal(fieldAtPath(['replacements', 1, 'targets', 0, 'select', 'kind'])?.name, 'kind');
    assert.equal(fieldAtPath(['resources', 2])?.name, 'resources');
    assert.equal(fieldAtPath(['commonLabels', 'team'])?.name, 'commonLabels');
    assert.equal(fieldAtPath(['helmCharts', 0, 'valuesInline', 'image', 'tag'])?.name, 'valuesInline');
    assert.equal(fieldAtPath(['images', 0, 'tag']), undefined);
    assert.equal(fieldAtPath(['images', 'newTag']), undefined);
    assert.equal(fieldAtPath(['namespace', 'x']), undefined);
    assert.equal(fieldAtPath([]), undefined);
  });

  it('finds the type of what stands at a path', () => {
    assert.equal(typeAtPath([])?.kind, 'object');
    assert.equal(typeAtPath(['patches', 0, 'target'])?.kind, 'object');
    assert.equal(typeAtPath(['resources', 0])?.kind, 'string');
    assert.equal(typeAtPath(['nothing']), undefined);
  });

  it('has a sentence for every field and every value', () => {
    const types: readonly FieldType[] = [{ kind: 'object', title: 'a kustomization', fields: kustomizationFields }, ...Object.values(pluginTypes)];
    for (const field of types.flatMap(fieldsBelow)) {
      assert.match(field.documentation, /^[A-Z`].*[.]$/s, field.name);
      const values = field.type.kind === 'string' ? (field.type.values ?? []) : [];
      for (const value of values) assert.match(value.documentation, /\.$/, value.value);
    }
  });

  it('has examples of top-level fields that decode without a problem', () => {
    const examples = kustomizationFields.filter((field) => field.example !== undefined);
    assert.ok(examples.length > 12);
    for (const { name, example = '' } of examples) {
      const problems = new Problems();
      decodeKustomization(parseYaml(new SourceText('/kustomization.yaml', `${example}\n`)), problems);
      assert.deepEqual(problems.list, [], name);
      assert.ok(example.startsWith(`${name}:`), name);
    }
  });

  it('replaces deprecated fields with fields of the same shape', () => {
    for (const field of kustomizationFields) {
      if (field.replacedBy === undefined) continue;
      const target = kustomizationFields.find((other) => other.name === field.replacedBy);
      assert.equal(target?.type.kind, 'list');
      assert.ok(field.deprecated);
    }
  });
});
