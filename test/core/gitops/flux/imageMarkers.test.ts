/**
 * Markers of image automation, against the scalars that go-yaml gives the comments to: test/data/flux/markers.json was
 * made by scripts/facts/flux/markers with kyaml v0.21.1, which image-automation-controller reads files with.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../../src/core/base/source.js';
import { findImageMarkers, markedValue, mayHoldMarkers, type ImageMarker } from '../../../../src/core/gitops/flux/images/imageMarkers.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Recorded {
  readonly text: string;
  readonly found: readonly { readonly value: string; readonly policy: string }[];
  readonly error?: string;
}

const recorded = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/flux/markers.json'), 'utf8')) as readonly Recorded[];

function markersOf(text: string): readonly ImageMarker[] {
  return findImageMarkers(parseYaml(new SourceText('/a.yaml', text)));
}

describe('markers of image automation', () => {
  for (const { text, found, error } of recorded) {
    if (error !== undefined) continue;
    it(`are found as the controller does in ${JSON.stringify(text)}`, () => {
      const written = markersOf(text).flatMap(({ node, reference }) => (node ? [{ value: node.value, policy: reference.source.text.slice(reference.start, reference.end) }] : []));
      assert.deepEqual(
        written,
        found.map(({ value, policy }) => ({ value, policy })),
      );
    });
  }

  it('that stand at no scalar are told as such', () => {
    const [marker] = markersOf('m: # {"$imagepolicy": "ns:p"}\n  k: v\n');
    assert(marker);
    assert.equal(marker.node, undefined);
    assert.deepEqual(marker.policy, { namespace: 'ns', name: 'p', part: 'image' });
  });

  it('say which part of the image they are for, or that their reference is none', () => {
    const parts = ['ns:p', 'ns:p:tag', 'ns:p:name', 'ns:p:digest', 'ns:p:other', 'p', ':p', 'a:b:c:d'].map(
      (reference) => markersOf(`a: x # {"$imagepolicy": "${reference}"}\n`)[0]?.policy?.part,
    );
    assert.deepEqual(parts, ['image', 'tag', 'name', 'digest', undefined, undefined, undefined, undefined]);
  });

  it('are written with the part that they ask for', () => {
    const image = { name: 'r.example.com/web', tag: '1.2.3', digest: undefined };
    assert.deepEqual(
      (['image', 'tag', 'name', 'digest'] as const).map((part) => markedValue(part, image)),
      ['r.example.com/web:1.2.3', '1.2.3', 'r.example.com/web', ''],
    );
    assert.equal(markedValue('image', { ...image, digest: 'sha256:1' }), 'r.example.com/web:1.2.3@sha256:1');
  });

  it('are looked for in YAML files with the quoted word only', () => {
    assert.deepEqual(
      [
        mayHoldMarkers('a.yaml', '"$imagepolicy"'),
        mayHoldMarkers('a.txt', '"$imagepolicy"'),
        mayHoldMarkers('x/Kustomization', '"$imagepolicy"'),
        mayHoldMarkers('a.yml', '$imagepolicy'),
      ],
      [true, false, true, false],
    );
  });
});
