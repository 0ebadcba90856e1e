import assert from 'node:assert/strict';
import { Delivery, type DeliveryServer } from '../../../src/extension/delivery/delivery.js';
import type { EnvironmentDetails, EnvironmentSummary } from '../../../src/server/deliveryProtocol.js';
import { environmentOf } from '../../support/deliveryFixtures.js';

/** A server whose answers a test gives when it likes, and which says what a test likes. */
function scriptedServer(): {
  server: DeliveryServer;
  asked: string[];
  answer: (answer: readonly EnvironmentSummary[] | EnvironmentDetails | Error) => Promise<void>;
  say: () => void;
} {
  const waiting: { resolve: (value: never) => void; reject: (error: Error) => void }[] = [];
  const asked: string[] = [];
  const listeners: (() => void)[] = [];
  const nothing = { dispose: () => undefined };
  return {
    asked,
    server: {
      request: (method) => {
        asked.push(method);
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      on: (_method, listener) => {
        listeners.push(() => listener({} as never));
        return nothing;
      },
      onDidRestart: () => nothing,
    },
    answer: async (environments) => {
      const next = waiting.shift();
      if (environments instanceof Error) next?.reject(environments);
      else next?.resolve(environments as never);
      await new Promise((done) => setImmediate(done));
    },
    say: () => listeners.forEach((listener) => listener()),
  };
}

describe('what is known of environments', () => {
  it('is asked for once, however many views want it', async () => {
    const { server, asked, answer } = scriptedServer();
    const delivery = new Delivery(server);
    const both = Promise.all([delivery.load(), delivery.load()]);
    await answer([environmentOf('orders', 'dev')]);
    assert.deepEqual(
      (await both).map(([first]) => first?.label),
      ['orders dev', 'orders dev'],
    );
    assert.equal((await delivery.load()).length, 1);
    assert.deepEqual(asked, ['gitops/delivery/environments']);
  });

  it('is asked for again when the server says that something changed, and the views hear of it', async () => {
    const { server, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    const heard: number[] = [];
    delivery.onDidChange(() => heard.push(delivery.environments.length));
    say();
    await answer([environmentOf('orders', 'dev')]);
    say();
    await answer([environmentOf('orders', 'dev'), environmentOf('orders', 'prod')]);
    assert.deepEqual(heard, [1, 2]);
  });

  it('drops the late answer of an older question', async () => {
    const { server, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    const first = delivery.load();
    say();
    await answer([environmentOf('orders', 'old')]);
    assert.deepEqual(delivery.environments, []);
    await answer([environmentOf('orders', 'new')]);
    assert.deepEqual(
      delivery.environments.map(({ name }) => name),
      ['new'],
    );
    assert.deepEqual(
      (await first).map(({ name }) => name),
      ['new'],
    );
  });

  it('is a failure after a failed question, and known again after a good one', async () => {
    const { server, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    const loading = assert.rejects(delivery.load(), /no connection/);
    await answer(new Error('no connection'));
    await loading;
    assert.deepEqual(delivery.knowledge, { kind: 'failed', message: 'no connection' });
    say();
    await answer([]);
    assert.equal(delivery.knowledge.kind, 'known');
  });

  it('tells views of a change only when there is one, and of every answer those that want it', async () => {
    const { server, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    const heard: string[] = [];
    delivery.onDidChange(() => heard.push('change'));
    delivery.onDidAnswer(() => heard.push('answer'));
    for (let count = 0; count < 2; count++) {
      say();
      await answer([environmentOf('orders', 'dev')]);
    }
    assert.deepEqual(heard, ['answer', 'change', 'answer']);
  });

  it('is changed when details that were asked for are other than before', async () => {
    const { server, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    say();
    await answer([environmentOf('orders', 'dev')]);
    const shown = delivery.details('a');
    await answer({ kinds: [], findings: [] });
    await shown;
    const heard: string[] = [];
    delivery.onDidChange(() => heard.push('change'));
    say();
    await answer([environmentOf('orders', 'dev')]);
    await answer({ kinds: [], findings: [] });
    assert.deepEqual(heard, []);
    say();
    await answer([environmentOf('orders', 'dev')]);
    await answer({ kinds: [{ kind: 'Service', group: '', objects: [] }], findings: [] });
    assert.deepEqual(heard, ['change']);
  });

  it('keeps the details of an environment until something changes', async () => {
    const { server, asked, answer, say } = scriptedServer();
    const delivery = new Delivery(server);
    const count = (): number => asked.filter((method) => method === 'gitops/delivery/details').length;
    void delivery.details('a');
    void delivery.details('a');
    assert.equal(count(), 1);
    await answer({ kinds: [], findings: [] });
    say();
    await answer([]);
    void delivery.details('a');
    assert.equal(count(), 2);
  });
});
