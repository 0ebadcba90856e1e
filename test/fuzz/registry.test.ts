/** Whatever a registry, a file with credentials or a program answers: the readers come back with something or nothing, and never throw. */
import assert from 'node:assert/strict';
import { findCredentialSource, readCredentialFile, readHelperAnswer } from '../../src/core/registry/credentials.js';
import { nextLink, parseChallenges, readRateLimit, readRetryAfter } from '../../src/core/registry/httpHeaders.js';
import { markerOnLine, repositoryOf } from '../../src/core/registry/imageAt.js';
import { nearestTags, newestFirst } from '../../src/core/registry/nearestTags.js';
import { readErrors, readImageConfig, readManifest, readTagPage, readTokenAnswer } from '../../src/core/registry/readAnswers.js';
import { mutateText } from './mutate.js';
import { Random } from './random.js';

const digest = `sha256:${'a'.repeat(64)}`;
const bodies = [
  '{"name":"team/web","tags":["1.0.0","latest",null]}',
  `{"child":[],"manifest":{"${digest}":{"timeUploadedMs":"1700000000000","tag":["1.0"]}},"tags":["1.0"]}`,
  `{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"${digest}","size":3},"layers":[{"size":1},{"size":2}]}`,
  `{"schemaVersion":2,"manifests":[{"digest":"${digest}","platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}`,
  '{"created":"2026-01-01T00:00:00Z","os":"linux","architecture":"amd64","config":{"Labels":{"org.opencontainers.image.revision":"abc"}}}',
  '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]}',
  '{"token":"a.b.c","expires_in":300,"issued_at":"2026-01-01T00:00:00Z"}',
  '{"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"},"quay.io/team":{"identitytoken":"x"}},"credHelpers":{"ghcr.io":"gh"},"credsStore":"desktop"}',
  '{"ServerURL":"x","Username":"<token>","Secret":"y"}',
];
const headers = [
  'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push", Basic realm="a\\"b"',
  '</v2/a/tags/list?n=1000&last=b>; rel="next"; title*=UTF-8\'\'x, <x>; rel=prev',
  '100;w=21600',
  'Thu, 01 Jan 2026 00:00:30 GMT',
  'tag: x # {"$imagepolicy": "flux-system:web:tag"}',
  'ghcr.io/acme/web:1.0@sha256:abc',
];
const tags = ['1.0.0', 'v1.0.0-rc.1+build', '20240115', 'sha-1a2b3c4', 'main-120', 'latest', '1', '1.', 'a'.repeat(128)];

describe('readers of what registries answer', () => {
  it('take anything', () => {
    const random = new Random(20261121);
    for (let round = 0; round < 600; round++) {
      const body = mutateText(random.pick(bodies), random, bodies);
      for (const read of [readTagPage, readImageConfig, readErrors, readTokenAnswer, readHelperAnswer]) read(body);
      const manifest = readManifest(body, digest);
      assert.ok(manifest === undefined || manifest.digest === digest);
      const file = readCredentialFile(body);
      if (file) for (const registry of ['docker.io', 'quay.io', 'ghcr.io']) findCredentialSource(file, { registry, repository: 'team/web' });

      const header = mutateText(random.pick(headers), random, headers);
      for (const { scheme } of parseChallenges(header)) assert.equal(scheme, scheme.toLowerCase());
      nextLink(header);
      readRateLimit(header);
      assert.ok((readRetryAfter(header, 0, Date.parse) ?? 0) >= 0);
      markerOnLine(header);
      repositoryOf(header);

      const some = Array.from({ length: random.below(12) }, () => mutateText(random.pick(tags), random, tags).slice(0, 128));
      const sorted = newestFirst(some, new Map([[random.pick(tags), round]]));
      assert.deepEqual([...sorted].sort(), [...some].sort());
      assert.ok(nearestTags(random.pick(tags), some, 3).length <= 3);
    }
  });
});
