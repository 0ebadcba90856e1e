import assert from 'node:assert/strict';
import { isConflict, mergeFieldSpecs, sortByGvk } from '../../../../src/core/kustomize/fieldSpec/fieldSpecList.js';
import { defaultTransformerConfig } from '../../../../src/core/kustomize/facts/defaultConfig.js';
import type { FieldSpec } from '../../../../src/core/kustomize/kustomization.js';

function spec(kind: string, path: string, create = false): FieldSpec {
  return { group: '', version: '', kind, path, create };
}

describe('mergeFieldSpecs', () => {
  it('adds what is new, once, and keeps the list where nothing is', () => {
    const specs = [spec('A', 'x'), spec('', 'y')];
    assert.equal(mergeFieldSpecs(specs, [spec('A', 'x')]), specs);
    assert.deepEqual(mergeFieldSpecs(specs, [spec('B', 'x'), spec('B', 'x')]), [...specs, spec('B', 'x')]);
  });

  it('takes a specification for any kind as there already where one for a kind is', () => {
    const specs = [spec('A', 'x')];
    assert.equal(mergeFieldSpecs(specs, [spec('', 'x')]), specs);
    assert.deepEqual(mergeFieldSpecs([spec('', 'x')], [spec('A', 'x')]), [spec('', 'x'), spec('A', 'x')]);
  });

  it('tells of two that disagree on whether to create the field', () => {
    const merged = mergeFieldSpecs([spec('A', 'x', true)], [spec('A', 'x')]);
    assert.ok(isConflict(merged));
    assert.equal(merged.other.create, true);
  });
});

describe('sortByGvk', () => {
  it('leaves the default configuration as it is, which is sorted already', () => {
    assert.equal(sortByGvk(defaultTransformerConfig.varReference), defaultTransformerConfig.varReference);
    assert.equal(sortByGvk(defaultTransformerConfig.nameReference), defaultTransformerConfig.nameReference);
  });

  it('puts kinds in the order of installation, unknown ones between the first and the last', () => {
    const kinds = ['ValidatingWebhookConfiguration', 'Thing', 'Deployment', 'Namespace', ''].map((kind) => spec(kind, 'x'));
    assert.deepEqual(
      sortByGvk(kinds).map(({ kind }) => kind),
      ['Namespace', 'Deployment', 'Thing', '', 'ValidatingWebhookConfiguration'],
    );
  });
});
