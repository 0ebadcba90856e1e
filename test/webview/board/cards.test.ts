import assert from 'node:assert/strict';
import { boardCards, shortenField, type Card } from '../../../src/webview/board/cards.js';
import { boardOf, environmentOf, imageOf } from '../../support/deliveryFixtures.js';

const api = 'ghcr.io/tidepool-example/orders-api';
const stage = environmentOf('orders', 'stage', { images: [imageOf(api, 'sha-2')] });
const prod = environmentOf('orders', 'prod', { images: [imageOf(api, 'sha-1')], findings: { errors: 1, warnings: 0, infos: 0 } });
const difference = {
  previousId: stage.id,
  previousName: 'stage',
  added: 1,
  removed: 0,
  changed: 2,
  fields: ['Deployment/orders spec.replicas: 2 → 3'],
};

function cardOf(cards: ReturnType<typeof boardCards>, id: string): Card {
  const card = cards.rows.flatMap(({ cells }) => cells.flat()).find((each) => each.id === id);
  assert.ok(card, id);
  return card;
}

describe('cards of the board', () => {
  it('say the version, that of the environment before, and what else differs', () => {
    const card = cardOf(boardCards(boardOf([stage, prod], { [prod.id]: difference }), ''), prod.id);
    assert.equal(card.version, 'sha-1');
    assert.equal(card.versionState, 'other');
    assert.equal(card.comparison, 'stage has sha-2');
    assert.equal(card.differs, '2 changed, 1 added');
    assert.deepEqual(card.fields[0], { name: 'orders replicas', change: '2 → 3', whole: 'Deployment/orders spec.replicas: 2 → 3' });
    assert.equal(card.spoken, 'orders prod, protected. version sha-1. stage has sha-2. 2 changed, 1 added against stage. 1 error. namespace orders-prod. Argo CD');
  });

  it('say that an environment is the same only where nothing at all differs', () => {
    const promoted = { ...prod, images: stage.images };
    const same = { ...difference, added: 0, changed: 0, fields: [] };
    assert.equal(cardOf(boardCards(boardOf([stage, promoted], { [prod.id]: same }), ''), prod.id).comparison, 'same as stage');
    assert.equal(cardOf(boardCards(boardOf([stage, promoted], { [prod.id]: difference }), ''), prod.id).comparison, 'same images as stage');
  });

  it('compare every image, not only the one that is shown', () => {
    const worker = { ...prod, images: [...stage.images, imageOf('ghcr.io/tidepool-example/worker', 'x')] };
    const card = cardOf(boardCards(boardOf([stage, worker], { [prod.id]: difference }), ''), prod.id);
    assert.equal(card.versionState, 'other');
    assert.equal(card.version, 'sha-2 +1');
  });

  it('compare nothing with an environment that has no difference told', () => {
    const card = cardOf(boardCards(boardOf([stage, prod]), ''), prod.id);
    assert.equal(card.comparison, '');
    assert.equal(card.previousId, undefined);
  });

  it('are told apart by name where a cell holds several', () => {
    const pulls = [42, 57].map((number) => environmentOf('orders', 'preview', { id: `pr-${number}`, label: `orders pr-${number}` }));
    const cards = boardCards(boardOf(pulls), '');
    assert.deepEqual(
      cards.rows[0]?.cells[0]?.map(({ title }) => title),
      ['pr-42', 'pr-57'],
    );
  });

  it('are filtered with the rows and columns that become empty', () => {
    const board = boardOf([stage, prod, environmentOf('dashboard', 'dev')], { [prod.id]: difference });
    assert.deepEqual(boardCards(board, '').columns, ['dev', 'stage', 'prod']);
    const filtered = boardCards(board, 'error orders');
    assert.deepEqual([filtered.columns, filtered.rows.map(({ app }) => app), filtered.count], [['prod'], ['orders'], 1]);
    assert.equal(cardOf(filtered, prod.id).comparison, 'stage has sha-2');
    assert.equal(boardCards(board, 'nothing of it').count, 0);
  });

  it('shorten a field to its object and its last name', () => {
    assert.deepEqual(shortenField('Deployment/api spec.containers[0].resources.limits.cpu: 1 → 2').name, 'api cpu');
    assert.deepEqual(shortenField('Ingress/web spec.rules[0]: a → b').name, 'web rules[0]');
    assert.deepEqual(shortenField('ConfigMap/settings-ccgk9t4kbm data.LOG_LEVEL: debug → info').name, 'settings LOG_LEVEL');
    assert.equal(shortenField('Deployment/api spec.image: ghcr.io/x/api:1 → ghcr.io/x/api:2').change, '1 → 2');
    assert.equal(shortenField('Deployment/api spec.image: a.io/x/api:1 → b.io/x/api:1').change, 'a.io/x/api:1 → b.io/x/api:1');
    assert.deepEqual(shortenField('something else'), { name: '', change: 'something else', whole: 'something else' });
  });
});
