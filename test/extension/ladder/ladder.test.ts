import assert from 'node:assert/strict';
import { appNodes } from '../../../src/extension/environmentTree/nodes.js';
import { noClusters } from '../../../src/extension/environmentTree/liveNodes.js';
import { ladderSentence, rungNodes } from '../../../src/extension/ladder/ladderNodes.js';
import { Ladders, type LadderServer } from '../../../src/extension/ladder/ladders.js';
import type { LadderView } from '../../../src/server/doctorProtocol.js';
import { environmentOf, placeAt } from '../../support/deliveryFixtures.js';
import { drawTree, findNode } from '../../support/drawTree.js';
import { ladderOf } from '../../support/promoteFixtures.js';

const environment = environmentOf('orders', 'stage', { delivery: { unsaved: ['file:///w/a%20b.yaml'], uncommitted: ['file:///w/c.yaml'], unpushed: 0, otherBranch: undefined } });

describe('the delivery ladder in the tree', () => {
  it('is a row for each rung, with the evidence of those that are open and the files that wait', () => {
    const ladder = ladderOf(environment.id, 'committed', { evidence: 'c.yaml is not committed.', facts: [{ name: 'commit', value: '1a2b3c4d "Raise replicas" by Ada' }] });
    assert.equal(
      drawTree(rungNodes(ladder, environment)),
      `(pass) Saved
(arrow-circle-right) Committed | c.yaml is not committed.
  (circle-small) commit | 1a2b3c4d "Raise replicas" by Ada
  (file) c.yaml
(circle-outline) Pushed | About pushed.
(circle-outline) Merged into main | About tracked.
(circle-outline) Applied by Argo CD | About synced.
(circle-outline) Rolled out | About rolled-out.
(circle-outline) Healthy | About healthy.
`,
    );
  });

  it('stands in the row of its environment with the first rung that is open', () => {
    const describe = (ladder: LadderView): string | undefined =>
      findNode(appNodes([environment], { ...noClusters, ladder: () => ladder }), ({ label }) => label === 'Delivery')?.description;
    assert.equal(describe(ladderOf(environment.id, 'synced')), 'not yet: Applied by Argo CD');
    assert.equal(describe(ladderOf(environment.id, 'healthy', { state: 'failed' })), 'failed: Healthy');
    assert.equal(describe(ladderOf(environment.id, 'synced', { state: 'unknown' })), 'not known: Applied by Argo CD');
    assert.equal(describe(ladderOf(environment.id, undefined)), 'healthy');
  });

  it('leads to the place where something is to be done, and says all of it to a screen reader', () => {
    const place = placeAt('a.yaml', 3);
    const [saved] = rungNodes(ladderOf('a', 'saved', { place, evidence: 'a.yaml has changes that are not saved.' }), environment);
    assert.deepEqual([saved?.opens, saved?.spoken], [{ kind: 'place', place }, 'Saved, not yet. a.yaml has changes that are not saved.']);
    assert.equal(ladderSentence(ladderOf('a', undefined)), 'All of it is delivered and healthy in kind-dev.');
  });
});

/** A server whose ladders a test sets. */
class LadderScript implements LadderServer {
  ladder: LadderView = ladderOf('a', 'pushed');
  asked = 0;
  readonly #listeners = new Map<string, (parameters: never) => void>();

  readonly request: LadderServer['request'] = () => {
    this.asked += 1;
    return Promise.resolve(this.ladder as never);
  };
  readonly on: LadderServer['on'] = (method, listener) => {
    this.#listeners.set(method, listener);
    return { dispose: () => undefined };
  };
  readonly onDidRestart: LadderServer['onDidRestart'] = () => ({ dispose: () => undefined });

  async say(method: string, parameters: unknown): Promise<void> {
    this.#listeners.get(method)?.(parameters as never);
    for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
  }
}

describe('what is known of ladders', () => {
  it('is asked for once, and again when the server says that it may read otherwise', async () => {
    const server = new LadderScript();
    const ladders = new Ladders(server);
    const changed: string[] = [];
    ladders.onDidChange((ids) => changed.push(...ids));
    await server.say('gitops/ladder/changed', { ids: ['a'] });
    assert.equal(server.asked, 0, 'nobody looked at it');
    assert.equal(await ladders.read('a'), server.ladder);
    await ladders.read('a');
    assert.deepEqual([server.asked, changed], [1, ['a']]);
    server.ladder = { ...server.ladder, at: '2026-11-21T11:31:00Z' };
    await server.say('gitops/ladder/changed', { ids: ['a'] });
    assert.deepEqual([server.asked, changed], [2, ['a']], 'a later time is no change');
    server.ladder = ladderOf('a', undefined);
    await server.say('gitops/ladder/changed', { ids: ['a'] });
    assert.deepEqual([changed, ladders.known('a')?.firstOpen], [['a', 'a'], undefined]);
  });

  it('is learned also while the server keeps saying that it may read otherwise, and is asked for once more after that', async () => {
    const answers: ((ladder: LadderView) => void)[] = [];
    const script = new LadderScript();
    const slow: LadderServer = { on: script.on, onDidRestart: script.onDidRestart, request: () => new Promise((done) => answers.push(done)) };
    const ladders = new Ladders(slow);
    void ladders.read('a');
    for (let time = 0; time < 3; time++) await script.say('gitops/ladder/changed', { ids: ['a'] });
    assert.equal(answers.length, 1, 'one question at a time');
    const refreshed = ladders.refresh('a');
    answers[0]?.(ladderOf('a', 'pushed'));
    await script.say('nothing', {});
    assert.deepEqual([ladders.known('a')?.firstOpen, answers.length], ['pushed', 2]);
    answers[1]?.(ladderOf('a', 'synced'));
    assert.deepEqual([(await refreshed) === ladders.known('a'), ladders.known('a')?.firstOpen], [true, 'synced']);
  });

  it('moves with a ladder that is followed', async () => {
    const server = new LadderScript();
    const ladders = new Ladders(server);
    const outcomes: string[] = [];
    ladders.onDidProgress(({ outcome }) => outcomes.push(outcome));
    await server.say('gitops/ladder/progress', { followId: 'f', ladder: ladderOf('a', 'rolled-out'), outcome: 'running', message: '' });
    assert.deepEqual([outcomes, ladders.known('a')?.firstOpen, server.asked], [['running'], 'rolled-out', 0]);
  });

  it('is why there is none, with a server that can not tell, and is asked for again later', async () => {
    const server = new LadderScript();
    const failing: LadderServer = { on: server.on, onDidRestart: server.onDidRestart, request: () => Promise.reject(new Error('Unhandled method')) };
    const ladders = new Ladders(failing);
    assert.deepEqual(await ladders.read('a'), { code: 'server/unknown-request', message: 'Unhandled method' });
    assert.equal(ladders.known('a'), undefined);
  });
});
