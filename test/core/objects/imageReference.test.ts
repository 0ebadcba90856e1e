import assert from 'node:assert/strict';
import { parseImageReference } from '../../../src/core/objects/imageReference.js';

describe('parseImageReference', () => {
  const cases: readonly (readonly [text: string, registry: string, repository: string, tag?: string | undefined, digest?: string])[] = [
    ['nginx', 'docker.io', 'library/nginx'],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27'],
    ['team/web:v1', 'docker.io', 'team/web', 'v1'],
    ['localhost/web', 'localhost', 'web'],
    ['registry:5000/web', 'registry:5000', 'web'],
    ['registry:5000/team/web:1.2@sha256:abc', 'registry:5000', 'team/web', '1.2', 'sha256:abc'],
    ['ghcr.io/team/web@sha256:abc', 'ghcr.io', 'team/web', undefined, 'sha256:abc'],
    ['web:', 'docker.io', 'library/web'],
  ];
  for (const [text, registry, repository, tag, digest] of cases) {
    it(`reads ${text}`, () => {
      const read = parseImageReference(text);
      assert.deepEqual([read?.registry, read?.repository, read?.tag, read?.digest], [registry, repository, tag, digest]);
    });
  }

  for (const text of ['', '$(IMAGE)', '${REGISTRY}/web:1', 'web:{{ .tag }}', 'a b']) {
    it(`reads nothing from ${JSON.stringify(text)}`, () => assert.equal(parseImageReference(text), undefined));
  }
});
