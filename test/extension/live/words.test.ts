import assert from 'node:assert/strict';
import { liveRevision, liveWords, shortPath, shortRevision, timeOf, wordsOfCounts, wordsOfValues } from '../../../src/extension/live/words.js';
import { fieldOf, liveOf, operatorOf, recordOf } from '../../support/liveFixtures.js';

describe('words for what is live', () => {
  it('shorten a path to its last parts, and keep names whole', () => {
    assert.equal(shortPath('spec.replicas'), 'spec.replicas');
    assert.equal(shortPath('spec.template.spec.containers[name=web].image'), '…containers[name=web].image');
    assert.equal(shortPath('metadata.annotations["example.com/a.b"]'), '…annotations["example.com/a.b"]');
    assert.equal(shortPath('spec.template.metadata.annotations["example.com/a.b"]'), '…metadata.annotations["example.com/a.b"]');
  });

  it('shorten commits, in the forms of Argo CD and of Flux, and nothing else', () => {
    const commit = '1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d';
    assert.deepEqual([commit, `main@sha1:${commit}`, `sha1:${commit}`, 'v1.4.0', 'main', '6.7.1'].map(shortRevision), ['1a2b3c4', '1a2b3c4', '1a2b3c4', 'v1.4.0', 'main', '6.7.1']);
  });

  it('say both sides of a field, and that there is none', () => {
    assert.equal(wordsOfValues(fieldOf()), 'git 3 → live 5');
    assert.equal(wordsOfValues(fieldOf({ live: undefined, state: 'missing' })), 'git 3 → not live');
    assert.equal(wordsOfValues(fieldOf({ desired: undefined, state: 'removed' })), 'live 5 → not in git any more');
  });

  it('count objects by state, and say nothing of none', () => {
    assert.equal(wordsOfCounts({ objects: 9, missing: 1, changed: 2, extra: 3, foreign: 4, unknown: 5 }), '2 changed, 1 missing, 3 extra, 4 with foreign fields, 5 unknown');
    assert.equal(wordsOfCounts({ objects: 9, missing: 0, changed: 0, extra: 0, foreign: 0, unknown: 0 }), '');
  });

  it('do not take fields of others for drift', () => {
    const counts = { objects: 9, missing: 0, changed: 0, extra: 0, foreign: 2, unknown: 0 };
    assert.deepEqual(liveWords(liveOf('a', { counts }), false), ['in sync', 'Healthy']);
  });

  it('name the revision that the operator delivered, else that of the last sync', () => {
    const lastSync = recordOf({ revision: 'v2', commit: undefined });
    assert.equal(liveRevision(liveOf('a', { operator: operatorOf(), lastSync })), '1a2b3c4');
    assert.equal(liveRevision(liveOf('a', { lastSync })), 'v2');
    assert.equal(liveRevision(liveOf('a')), '');
  });

  it('give times of this place, and texts that are none as they are', () => {
    const time = new Date(2026, 10, 21, 9, 5);
    assert.equal(timeOf(time.toISOString()), '2026-11-21 09:05');
    assert.equal(timeOf('soon'), 'soon');
  });
});
