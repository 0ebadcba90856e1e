import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { followRequest } from '../../../src/core/operators/followRequest.js';
import type { RequestGoal } from '../../../src/core/operators/operatorRequest.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

describe('following a request', () => {
  it('waits for an operation, sees it run, and knows how it ended', () => {
    const phases = ['requested', 'running', 'succeeded'].map((moment) => phase({ kind: 'operation' }, recordedApplication(moment)));
    assert.deepEqual(phases, ['waiting', 'running', 'done']);
    assert.equal(phase({ kind: 'operation' }, recordedApplication('terminated')), 'failed');
    assert.match(followRequest({ kind: 'operation' }, recordedApplication('terminated')).message, /terminated/i);
  });

  it('tells what it waits for, and how far it is', () => {
    const { message, part } = followRequest({ kind: 'operation' }, recordedApplication('hooked'));
    assert.match(message, /waiting for completion of hook batch\/Job\/migrate.*0 of 1 objects/);
    assert.ok(part > 0 && part < 1);
  });

  it('is done with a termination however the operation ended', () => {
    const phases = ['running', 'terminating', 'terminated', 'succeeded'].map((moment) => phase({ kind: 'operation-ended' }, recordedApplication(moment)));
    assert.deepEqual(phases, ['waiting', 'running', 'done', 'done']);
  });

  it('waits until the annotation of a refresh is gone', () => {
    const goal: RequestGoal = { kind: 'annotation-removed', annotation: 'argocd.argoproj.io/refresh' };
    const asked = changed(recordedApplication('synced'), { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } });
    assert.equal(phase(goal, asked), 'waiting');
    assert.equal(phase(goal, recordedApplication('synced')), 'done');
    assert.match(followRequest(goal, recordedApplication('bad')).message, /absent\.yaml/);
  });

  it('waits until Flux has handled its token and is done with it', () => {
    const goal: RequestGoal = { kind: 'reconciled', token: 'new' };
    const handled = (object: LiveObject): LiveObject => changed(object, { status: { lastHandledReconcileAt: 'new' } });
    assert.equal(phase(goal, recordedKustomization('applied')), 'waiting');
    assert.equal(phase(goal, recordedKustomization('reconciling')), 'running');
    assert.equal(phase(goal, handled(recordedKustomization('reconciling'))), 'running');
    assert.equal(phase(goal, handled(recordedKustomization('applied'))), 'done');
    assert.equal(phase(goal, handled(recordedKustomization('failed'))), 'failed');
    assert.equal(phase(goal, recordedKustomization('suspended')), 'failed');
  });

  it('fails when the object is gone', () => {
    assert.equal(phase({ kind: 'operation' }, undefined), 'failed');
  });
});

function phase(goal: RequestGoal, object: LiveObject | undefined): string {
  return followRequest(goal, object).phase;
}
