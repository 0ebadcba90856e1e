import assert from 'node:assert/strict';
import { environmentOfValuesFile, isPreview, isProduction, namesInPath, rankOf, splitName } from '../../../src/core/gitops/conventions.js';

describe('names of environments', () => {
  it('stand in paths behind a folder of environments, or are known words', () => {
    const read = (path: string): string => Object.values(namesInPath(path)).join(' / ');
    assert.equal(read('apps/orders/overlays/prod'), 'orders / prod');
    assert.equal(read('environments/stage/orders'), 'orders / stage');
    assert.equal(read('clusters/eu-west/apps'), ' / eu-west');
    assert.equal(read('orders/k8s/dev'), 'orders / dev');
    assert.equal(read('infra/argocd/overlays/dev'), ' / dev');
    assert.equal(read('apps/orders/base'), 'orders / ');
    assert.equal(read('services/billing'), 'billing / ');
    assert.equal(read('dex/overlays/prod/blue'), 'dex / prod/blue');
    assert.equal(read('overlays/prod/orders'), 'orders / prod');
    assert.equal(read('operators/local-storage'), 'local-storage / ');
    assert.equal(read('examples/pre-post-sync'), 'pre-post-sync / ');
  });

  it('stand at either end of a name', () => {
    const read = (name: string): string => Object.values(splitName(name)).join(' / ');
    assert.equal(read('orders-prod'), 'orders / prod');
    assert.equal(read('prod-orders'), 'orders / prod');
    assert.equal(read('orders-api-prod-eu'), 'orders-api / prod-eu');
    assert.equal(read('dex-pr-42'), 'dex / pr-42');
    assert.equal(read('cert-manager'), 'cert-manager / ');
    assert.equal(read('staging'), ' / staging');
  });

  it('stand in the names of values files', () => {
    assert.deepEqual(
      ['values-prod.yaml', 'values.dev.yml', 'stage/values.yaml', 'qa-values.yaml', 'envs/uat.yaml', 'values.yaml', 'values-schema.yaml'].map(environmentOfValuesFile),
      ['prod', 'dev', 'stage', 'qa', 'uat', undefined, undefined],
    );
  });

  it('are promoted in the usual order; previews and unknown names take no part in it', () => {
    const names = ['local', 'dev', 'test', 'qa', 'uat', 'staging', 'preprod', 'production'];
    assert.deepEqual(
      [...names].sort((a, b) => rankOf(a) - rankOf(b)),
      names,
    );
    assert.ok(rankOf('prod-eu') === rankOf('prod') && rankOf('prod/blue') === rankOf('prod'));
    assert.ok(rankOf('blue') > rankOf('staging') && rankOf('blue') < rankOf('prod'));
    assert.ok(isPreview('pr-42') && isPreview('preview') && !isPreview('prod'));
    assert.ok(isProduction('live') && isProduction('prod2') && !isProduction('pr-42') && !isProduction('preprod'));
  });
});
