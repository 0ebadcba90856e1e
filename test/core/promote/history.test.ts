import assert from 'node:assert/strict';
import { describeImage, rollbackBranch, rollbackMessage } from '../../../src/core/promote/commitMessage.js';
import { matchDeployed, mayConcern } from '../../../src/core/promote/history.js';
import type { EnvironmentImage } from '../../../src/core/gitops/environmentImages.js';
import { SourceText } from '../../../src/core/base/source.js';

const image = (name: string, tag: string | undefined, digest?: string): EnvironmentImage => ({ name, tag, digest, setAt: { source: new SourceText('/a', ''), start: 0, end: 0 } });

describe('the history of an environment', () => {
  it('looks at commits that touch what was read, or a folder that was listed, and at no others', () => {
    const dependencies = new Set(['/repo', '/repo/base', '/repo/base/web.yaml', '/repo/lib/missing.yaml']);
    const concerns = (...paths: readonly string[]): boolean => mayConcern(paths, dependencies, '/repo');
    assert.equal(concerns('/repo/base/web.yaml'), true);
    assert.equal(concerns('/repo/base/new/file.yaml'), true);
    assert.equal(concerns('/repo/lib/missing.yaml'), true);
    assert.equal(concerns('/repo/lib/other.yaml', '/repo/README.md'), false);
    assert.equal(concerns('/repo/.gitops-workbench.yaml'), true);
    assert.equal(concerns(), false);
  });

  it('gives a deployment to the latest delivery at or before it', () => {
    const at = (revision: string): { readonly revision: string; readonly at: string } => ({ revision, at: '2025-01-01T00:00:00Z' });
    const found = matchDeployed(['e', 'd', 'c', 'b', 'a'], ['d', 'b'], [at('e'), at('c'), at('b'), at('a'), at('elsewhere')]);
    assert.deepEqual(
      [...found].map(([delivery, deployed]) => [delivery, deployed.map(({ revision }) => revision)]),
      [
        ['d', ['e']],
        ['b', ['c', 'b']],
      ],
    );
  });
});

describe('the words of a rollback', () => {
  const prod = { label: 'orders prod', app: 'orders', name: 'prod' };

  it("are git's own for one commit, and name what comes back for several", () => {
    const one = { hash: 'a'.repeat(40), subject: 'chore: update prod image to v2' };
    const two = { hash: 'b'.repeat(40), subject: 'more' };
    assert.equal(
      rollbackMessage([one], prod, { hash: 'c'.repeat(40), images: [] }, { skipCi: false }),
      `Revert "chore: update prod image to v2"\n\nThis reverts commit ${one.hash}.\n`,
    );
    assert.equal(
      rollbackMessage([two, one], prod, { hash: 'c'.repeat(40), images: [image('ghcr.io/acme/orders', 'v1')] }, { skipCi: true }),
      `revert: take orders prod back to orders:v1 [skip ci]\n\nThis reverts commit ${two.hash} ("more").\nThis reverts commit ${one.hash} ("chore: update prod image to v2").\n`,
    );
    const many = ['a', 'b', 'c', 'd'].map((name) => image(name, '1'));
    assert.match(rollbackMessage([two, one], prod, { hash: 'c'.repeat(40), images: many }, { skipCi: false }), /^revert: take orders prod back by 2 deliveries\n/);
  });

  it("are the team's own where it has some, and the commit that is reverted stays named below", () => {
    const one = { hash: 'a'.repeat(40), subject: 'deploy(orders): v2' };
    const to = { hash: 'c'.repeat(40), images: [image('ghcr.io/acme/orders', 'v1')] };
    assert.equal(
      rollbackMessage([one], prod, to, { skipCi: true, subject: '{type}({app}): {change}, {from}..{to}, {environments} {image} {version}' }),
      `revert(orders): take orders prod back to orders:v1, aaaaaaaa..cccccccc, prod orders v1 [skip ci]\n\nThis reverts commit ${one.hash}.\n`,
    );
  });

  it('shorten images to what tells them apart, and make branches that git takes', () => {
    assert.equal(describeImage(image('ghcr.io/acme/orders', undefined, `sha256:${'0123456789abcdef'.repeat(4)}`)), 'orders@sha256:0123456789ab');
    assert.equal(describeImage(image('orders', undefined)), 'orders');
    assert.equal(rollbackBranch('orders prod (eu)', '1a2b3c4d5e6f'), 'rollback/orders-prod-eu--1a2b3c4d');
  });
});
