/** Which image the field under a cursor is about. */
import assert from 'node:assert/strict';
import { imageFieldAt, markerOnLine, repositoryOf } from '../../../src/core/registry/imageAt.js';

function at(path: readonly (string | number)[], value: string, siblings: Readonly<Record<string, string>> = {}, isKustomization = false): string | undefined {
  const field = imageFieldAt({ path, value, siblings: new Map(Object.entries(siblings)) }, isKustomization);
  return field && `${field.part} ${field.name.registry}/${field.name.repository} ${field.reference} ${field.before}`;
}

describe('the image under a cursor', () => {
  it('is that of an entry of images, by its new name where it has one', () => {
    assert.equal(at(['images', 0, 'newTag'], '1.2', { name: 'web', newName: 'ghcr.io/acme/web' }, true), 'tag ghcr.io/acme/web 1.2 0');
    assert.equal(at(['images', 0, 'digest'], '', { name: 'ghcr.io/acme/web' }, true), 'digest ghcr.io/acme/web  0');
    assert.equal(at(['images', 0, 'newTag'], '', { name: 'nginx' }, true), 'tag docker.io/library/nginx  0');
    assert.equal(at(['spec', 'images', 1, 'newTag'], '', { name: 'ghcr.io/acme/web' }), 'tag ghcr.io/acme/web  0');
    assert.equal(at(['images', 0, 'newTag'], '', {}, true), undefined);
    assert.equal(at(['images', 0, 'newName'], 'x', { name: 'web' }, true), undefined);
  });

  it('is a whole one, from its colon on', () => {
    assert.equal(at(['spec', 'containers', 0, 'image'], 'localhost:5000/web:1.'), 'image localhost:5000/web 1. 19');
    assert.equal(at(['image'], 'localhost:5000/web'), undefined);
    assert.equal(at(['spec', 'image'], 'ghcr.io/acme/web:'), 'image ghcr.io/acme/web  17');
    assert.equal(at(['image'], `ghcr.io/acme/web:1@sha256:${'a'.repeat(64)}`), undefined);
    assert.equal(at(['image'], '{{ .Values.image }}:1'), undefined);
  });

  it('is put together from a chart’s values', () => {
    assert.equal(at(['image', 'tag'], '1.0', { repository: 'acme/web', registry: 'ghcr.io' }), 'tag ghcr.io/acme/web 1.0 0');
    assert.equal(at(['web', 'tag'], '', { repository: 'ghcr.io/acme/web' }), 'tag ghcr.io/acme/web  0');
    assert.equal(at(['image', 'tag'], '', { name: 'ghcr.io/acme/web' }), 'tag ghcr.io/acme/web  0');
    assert.equal(at(['server', 'imageTag'], '', { image: 'ghcr.io/acme/web' }), undefined);
  });

  it('is none where a name or tag is of something else', () => {
    assert.equal(at(['release', 'tag'], 'v1', { name: 'stable' }), undefined);
    assert.equal(at(['spec', 'ref', 'tag'], 'v1'), undefined);
    assert.equal(at(['metadata', 'name'], 'web:1'), undefined);
    assert.equal(at(['items', 0], 'web:1'), undefined);
  });

  it('is named by a marker', () => {
    assert.deepEqual(markerOnLine('tag: 1.0 # {"$imagepolicy": "flux-system:web:tag"}'), { namespace: 'flux-system', name: 'web', part: 'tag' });
    assert.deepEqual(markerOnLine('image: x # {"$imagepolicy": "a:b"}'), { namespace: 'a', name: 'b', part: 'image' });
    assert.equal(markerOnLine('tag: 1.0 # $imagepolicy'), undefined);
    assert.deepEqual(repositoryOf('nginx:1'), { registry: 'docker.io', repository: 'library/nginx' });
    assert.equal(repositoryOf(''), undefined);
  });
});
