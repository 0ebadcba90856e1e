/** Headers in the forms in which the public registries send them. */
import assert from 'node:assert/strict';
import { describeRateLimit, nextLink, parseChallenges, readRateLimit, readRetryAfter } from '../../../src/core/registry/httpHeaders.js';

const read = (header: string): unknown => parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('headers of registries', () => {
  it('name the token service, as Docker Hub, GitHub, Azure, Quay, Google and Harbor write it', () => {
    const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      [
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
        { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:library/nginx:pull' },
      ],
      [
        'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"',
        { realm: 'https://ghcr.io/token', service: 'ghcr.io', scope: 'repository:user/image:pull' },
      ],
      [
        'Bearer realm="https://shop.azurecr.io/oauth2/token",service="shop.azurecr.io",scope="repository:web:pull",error="invalid_token"',
        { realm: 'https://shop.azurecr.io/oauth2/token', service: 'shop.azurecr.io', scope: 'repository:web:pull', error: 'invalid_token' },
      ],
      ['Bearer realm="https://quay.io/v2/auth",service="quay.io"', { realm: 'https://quay.io/v2/auth', service: 'quay.io' }],
      [
        'Bearer realm="https://europe-docker.pkg.dev/v2/token",service="europe-docker.pkg.dev",scope="repository:shop/images/web:pull"',
        { realm: 'https://europe-docker.pkg.dev/v2/token', service: 'europe-docker.pkg.dev', scope: 'repository:shop/images/web:pull' },
      ],
      ['Bearer realm="https://harbor.example.com/service/token",service="harbor-registry"', { realm: 'https://harbor.example.com/service/token', service: 'harbor-registry' }],
    ];
    for (const [header, parameters] of cases) assert.deepEqual(read(header), [['bearer', parameters]]);
  });

  it('ask for a password, as Amazon’s and an htpasswd file do', () => {
    assert.deepEqual(read('Basic realm="https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"'), [
      ['basic', { realm: 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/', service: 'ecr.amazonaws.com' }],
    ]);
    assert.deepEqual(read('Basic realm="basic-realm"'), [['basic', { realm: 'basic-realm' }]]);
  });

  it('may offer several ways, quote commas and escapes, and leave quotes out', () => {
    assert.deepEqual(read('Basic realm="a, \\"b\\"" , Bearer realm=https://x/token , scope="repository:a:pull,push repository:b:pull"'), [
      ['basic', { realm: 'a, "b"' }],
      ['bearer', { realm: 'https://x/token', scope: 'repository:a:pull,push repository:b:pull' }],
    ]);
    assert.deepEqual(read('Negotiate, Basic'), [
      ['negotiate', {}],
      ['basic', {}],
    ]);
    assert.deepEqual(read('NEGOTIATE'), [['negotiate', {}]]);
  });

  it('of any form are read in time, without a loop', () => {
    for (const header of ['', ',,,', '"', '=', 'Bearer realm="', 'a=b', 'Bearer '.repeat(5000), 'Bearer a="b\\', `x${',y=z'.repeat(5000)}`]) parseChallenges(header);
    assert.deepEqual(read('a=b'), []);
  });

  it('lead to the next page', () => {
    assert.equal(nextLink('</v2/a/tags/list?n=2&last=b>; rel="next"'), '/v2/a/tags/list?n=2&last=b');
    assert.equal(nextLink('<https://r/v2/a?x>;rel=next'), 'https://r/v2/a?x');
    assert.equal(nextLink('</prev>; rel="prev", </next?a=1,2>; title="x, y"; rel="last next"'), '/next?a=1,2');
    assert.equal(nextLink('</v2/a>; rel="prev"'), undefined);
    assert.equal(nextLink('nonsense'), undefined);
  });

  it('say how long to wait', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(readRetryAfter('120', now, Date.parse), 120);
    assert.equal(readRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now, Date.parse), 30);
    assert.equal(readRetryAfter('Thu, 01 Jan 2025 00:00:30 GMT', now, Date.parse), 0);
    assert.equal(readRetryAfter('soon', now, Date.parse), undefined);
    assert.equal(readRetryAfter('', now, Date.parse), undefined);
  });

  it('tell limits in words', () => {
    const words = (header: string): string => describeRateLimit(readRateLimit(header) ?? assert.fail(header));
    assert.equal(words('100;w=21600'), '100 pulls in 6 hours');
    assert.equal(words('10;w=3600'), '10 pulls in an hour');
    assert.equal(words('1;w=90'), '1 pull in 90 seconds');
    assert.equal(words('5;w=120'), '5 pulls in 2 minutes');
    assert.equal(words('200'), '200 pulls');
    assert.equal(readRateLimit('many'), undefined);
  });
});
