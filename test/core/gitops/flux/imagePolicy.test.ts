/**
 * Image policies. Ranges, and what regular expressions extract, are compared with recorded results: test/data/flux/images.json
 * was made by scripts/facts/flux/images with Masterminds/semver v3.5.0 and Go 1.26's regexp.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../../src/core/base/source.js';
import { expandTemplate, readImagePolicy, selectTag, type PolicyResult } from '../../../../src/core/gitops/flux/images/imagePolicy.js';
import { parseRange, parseVersion } from '../../../../src/core/gitops/flux/images/semver.js';
import { compileCapturing, type Captures } from '../../../../src/core/base/regexp/captures.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Recorded {
  readonly versions: readonly string[];
  readonly ranges: Readonly<Record<string, readonly string[] | null>>;
  readonly tags: readonly string[];
  readonly filters: readonly { readonly pattern: string; readonly extract: string; readonly result: Readonly<Record<string, string>> | null }[];
}

const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/flux/images.json'), 'utf8')) as Recorded;

function select(spec: string, tags: readonly string[]): PolicyResult {
  const root = parseYaml(new SourceText('/a.yaml', `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: p, namespace: ns}\nspec: ${spec}\n`)).documents[0]
    ?.root;
  assert(root?.kind === 'map');
  return selectTag(readImagePolicy(idOfObject(root), root), tags);
}

function failureOf(result: PolicyResult): string {
  return 'failure' in result ? result.failure.kind : result.tag;
}

describe('ranges of versions', () => {
  it('include the versions that the real ones include, and are refused where those are', () => {
    for (const [text, wanted] of Object.entries(recorded.ranges)) {
      const range = parseRange(text);
      const included = range
        ? recorded.versions.filter((each) => {
            const version = parseVersion(each);
            return version !== undefined && range.includes(version);
          })
        : null;
      assert.deepEqual(included, wanted, text);
    }
  });
});

describe('filters of tags', () => {
  it('match and extract as Go does', () => {
    for (const { pattern, extract, result } of recorded.filters) {
      const compiled = compileCapturing(pattern);
      assert.equal('failure' in compiled, result === null, pattern);
      if ('failure' in compiled || result === null) continue;
      for (const tag of recorded.tags) {
        const captures: Captures | undefined | 'too-large' = compiled.find(tag);
        assert(captures !== 'too-large');
        const extracted: string | undefined = captures && (extract === '' ? tag : expandTemplate(extract, captures));
        assert.equal(extracted, result[tag], `${pattern} ${extract} ${tag}`);
      }
    }
  });
});

describe('an image policy', () => {
  it('takes the highest version in its range', () => {
    assert.deepEqual(select('{policy: {semver: {range: ">=1.0.0 <2.0.0"}}}', ['1.2.0', 'v1.10.0', '2.0.0', 'latest', '1.11', '1.99.0-rc.1']), { tag: 'v1.10.0' });
  });

  it('orders by what it extracts and selects the whole tag', () => {
    const spec = "{filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: $ts}, policy: {numerical: {order: asc}}}";
    assert.deepEqual(select(spec, ['main-ffffff-9', 'main-aaaaaa-10', 'dev-bbbbbb-99', 'main-cccccc-2']), { tag: 'main-aaaaaa-10' });
  });

  it('takes the last of the alphabet, or the first where the order is descending', () => {
    assert.deepEqual(select('{policy: {alphabetical: {}}}', ['b', 'a', 'c']), { tag: 'c' });
    assert.deepEqual(select('{policy: {alphabetical: {order: desc}}}', ['b', 'a', 'c']), { tag: 'a' });
  });

  it('says why it selects nothing', () => {
    assert.equal(failureOf(select('{policy: {numerical: {}}}', ['1', 'latest'])), 'notNumeric');
    assert.equal(failureOf(select('{policy: {semver: {range: nonsense}}}', ['1.0.0'])), 'invalidRange');
    assert.equal(failureOf(select('{policy: {semver: {range: 2.x}}}', ['1.0.0'])), 'nothingFits');
    assert.equal(failureOf(select("{filterTags: {pattern: '('}, policy: {alphabetical: {}}}", ['1'])), 'invalidPattern');
    assert.equal(failureOf(select('{policy: {alphabetical: {order: up}}}', ['1'])), 'invalidOrder');
    assert.equal(failureOf(select('{}', ['1'])), 'noPolicy');
    assert.equal(failureOf(select("{filterTags: {pattern: '^x'}, policy: {alphabetical: {}}}", ['1'])), 'noTags');
  });
});
