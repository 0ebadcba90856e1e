import assert from 'node:assert/strict';
import { imageWords, laterFirst, movingImages, startsOf } from '../../../src/extension/promote/choices.js';
import { describeEntry } from '../../../src/extension/rollback/entries.js';
import { complaintOf } from '../../../src/extension/setHere/values.js';
import { environmentOf } from '../../support/deliveryFixtures.js';

describe('the choices before a promotion', () => {
  it('begin with environments that something can be promoted from', () => {
    const [prod, dev, alone] = [environmentOf('orders', 'prod'), environmentOf('orders', 'dev'), environmentOf('tools', 'dev')];
    assert.deepEqual(
      startsOf([prod, dev, alone]).map(({ label }) => label),
      ['orders dev', 'orders prod'],
    );
  });

  it('say which images would move, and put them first', () => {
    const stage = { id: 's', name: 'stage' };
    const prod = { id: 'p', name: 'prod' };
    const same = { name: 'worker', version: 'v1', targets: [{ id: 's', version: 'v1' }] };
    const moving = {
      name: 'api',
      version: 'v2',
      targets: [
        { id: 's', version: 'v1' },
        { id: 'p', version: 'v2' },
      ],
    };
    const images = [same, moving];
    assert.deepEqual(movingImages(images, [stage, prod]), [moving]);
    assert.deepEqual(laterFirst(images, [moving]), [moving, same]);
    assert.equal(imageWords(moving, [stage, prod]), 'v2 · stage has v1, prod has it');
    assert.equal(imageWords(same, [stage, prod]), 'v1 · stage has it, prod does not use it');
  });
});

describe('a version of an environment’s history', () => {
  it('is told by its message, its images, its author and when it was deployed', () => {
    const entry = {
      commit: '1a2b3c4d5e6f',
      subject: 'Promote orders',
      author: 'Ada',
      at: '2026-11-21T11:30:00',
      images: ['api:v2', 'worker:v1'],
      deployed: 'now',
      isCurrent: true,
    };
    assert.deepEqual(describeEntry(entry), { label: 'Promote orders', description: 'api:v2, worker:v1', detail: '1a2b3c4d · Ada · 2026-11-21 11:30 · now' });
  });
});

describe('a value that is set in a preview', () => {
  it('keeps the kind of value that the field has', () => {
    const complaint = (valueKind: 'number' | 'boolean' | 'string' | 'list', text: string): string | undefined => complaintOf({ valueKind, path: 'spec.replicas' }, text);
    assert.equal(complaint('number', '3'), undefined);
    assert.equal(complaint('number', 'three'), 'spec.replicas is a number.');
    assert.equal(complaint('boolean', 'yes'), 'spec.replicas is true or false.');
    assert.equal(complaint('list', ''), 'spec.replicas is a list: write it on one line, as [a, b] or {a: b}.');
    assert.equal(complaint('string', 'anything: goes'), undefined);
  });
});
