import assert from 'node:assert/strict';
import { protectedBy, protectedPlaces } from '../../../src/extension/protectedFiles/guarded.js';
import { environmentOf, placeAt } from '../../support/deliveryFixtures.js';

const asIs = (uri: string): string => uri;

describe('files of protected environments', () => {
  it('are those in the rendered folder, and the file that declares it', () => {
    const places = protectedPlaces([environmentOf('orders', 'prod', { declaredAt: placeAt('bootstrap/orders-prod.yaml') }), environmentOf('orders', 'dev')], asIs);
    assert.deepEqual(protectedBy(places, 'file:///w/apps/orders/overlays/prod/kustomization.yaml'), ['orders prod']);
    assert.deepEqual(protectedBy(places, 'file:///w/apps/orders/overlays/prod'), ['orders prod']);
    assert.deepEqual(protectedBy(places, 'file:///w/bootstrap/orders-prod.yaml'), ['orders prod']);
    assert.deepEqual(protectedBy(places, 'file:///w/apps/orders/overlays/dev/kustomization.yaml'), []);
    assert.deepEqual(protectedBy(places, 'file:///w/apps/orders/overlays/production.yaml'), []);
  });

  it('are not those that an unprotected environment is declared in or rendered from too', () => {
    const places = protectedPlaces([environmentOf('orders', 'prod'), environmentOf('orders', 'dev')], asIs);
    assert.deepEqual(protectedBy(places, 'file:///w/bootstrap/orders-environments.yaml'), []);
    assert.deepEqual(protectedBy(places, 'file:///w/apps/orders/overlays/prod/a.yaml'), ['orders prod']);
    const shared = protectedPlaces([environmentOf('a', 'prod', { folderUri: 'file:///w/chart' }), environmentOf('a', 'dev', { folderUri: 'file:///w/chart' })], asIs);
    assert.deepEqual(protectedBy(shared, 'file:///w/chart/values.yaml'), []);
  });
});
