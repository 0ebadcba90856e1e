/** A sandbox as a whole: what it keeps over a restart, whom it lets in, how watches end, its parts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { parseJson, type JsonObject } from '../../src/core/live/json.js';
import { mapsAt, objectAt, stringAt, textsAt, valueAt } from '../../src/core/live/readFields.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { makeSend, type ClusterAnswer, type Send } from '../support/cluster/send.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';
import { TemporaryFolder } from '../support/temporaryFolder.js';

const kinds = loadSandboxKinds();
const maps = '/api/v1/namespaces/default/configmaps';

describe('A sandbox', () => {
  const running: Sandbox[] = [];
  let folder = new TemporaryFolder();

  const start = async (options: Omit<SandboxOptions, 'kinds'> = {}): Promise<{ readonly sandbox: Sandbox; readonly send: Send }> => {
    const sandbox = await startSandbox({ kinds, ...options });
    running.push(sandbox);
    return { sandbox, send: makeSend(sandbox.address, sandbox.certificate, new Map(sandbox.users.map(({ name, token }) => [name, token]))) };
  };
  const stop = async (): Promise<void> => {
    for (const each of running.splice(0)) await each.close();
  };
  const make = (send: Send, name: string): Promise<ClusterAnswer> => send('POST', maps, { body: { metadata: { name } } });

  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(async () => {
    await stop();
    folder.remove();
  });

  it('keeps objects, tokens and certificate over a restart', async () => {
    const first = await start({ dataFolder: folder.path });
    const { body } = await make(first.send, 'a');
    await make(first.send, 'b');
    await first.send('DELETE', `${maps}/b`);
    await stop();
    const { port } = new URL(first.sandbox.address);
    const second = await start({ dataFolder: folder.path, port: Number(port) });
    assert.equal(second.sandbox.kubeconfig, first.sandbox.kubeconfig);
    const kept = await second.send('GET', `${maps}/a`);
    assert.deepEqual(kept.body, body);
    assert.equal((await second.send('GET', `${maps}/b`)).status, 404);
    const next = await make(second.send, 'c');
    assert.ok(Number(stringAt(next.body, 'metadata', 'resourceVersion')) > Number(stringAt(body, 'metadata', 'resourceVersion')));
  });

  it('loses no more than the last write to a kill in its middle', async () => {
    const { send } = await start({ dataFolder: folder.path });
    await make(send, 'a');
    await make(send, 'b');
    const text = fs.readFileSync(path.join(folder.path, 'objects.jsonl'), 'utf8');
    await stop();
    fs.writeFileSync(path.join(folder.path, 'objects.jsonl'), text.slice(0, -20));
    const again = await start({ dataFolder: folder.path });
    assert.deepEqual([(await again.send('GET', `${maps}/a`)).status, (await again.send('GET', `${maps}/b`)).status], [200, 404]);
  });

  it('lets go of its folder when its port is taken', async () => {
    const { sandbox } = await start();
    const port = Number(new URL(sandbox.address).port);
    await assert.rejects(start({ dataFolder: folder.path, port }), /EADDRINUSE/);
    assert.equal(fs.existsSync(path.join(folder.path, 'lock')), false);
  });

  it('writes its secrets for their owner alone', async () => {
    if (process.platform === 'win32') return;
    await start({ dataFolder: folder.path });
    for (const name of ['access.json', 'kubeconfig', 'objects.jsonl']) assert.equal(fs.statSync(path.join(folder.path, name)).mode & 0o077, 0, name);
  });

  it('has a certificate for the loopback, and a kubeconfig that names it', async () => {
    const { sandbox } = await start();
    const certificate = new X509Certificate(sandbox.certificate);
    assert.ok(certificate.checkIP('127.0.0.1') && certificate.checkHost('localhost') && certificate.ca && certificate.verify(certificate.publicKey));
    const config = parseJson(sandbox.kubeconfig);
    const [cluster] = mapsAt(config, 'clusters');
    assert.equal(stringAt(cluster, 'cluster', 'certificate-authority-data'), Buffer.from(sandbox.certificate).toString('base64'));
    assert.deepEqual(
      mapsAt(config, 'contexts').map(({ name }) => name),
      ['gitops-sandbox', 'gitops-sandbox-viewer'],
    );
  });

  it('keeps a user to its namespaces', async () => {
    const users = [
      { name: 'admin', groups: ['system:masters'], may: 'everything' },
      { name: 'shop', groups: [], may: 'everything', namespaces: ['shop'] },
    ] as const;
    const { send } = await start({ users });
    await send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } });
    assert.equal((await send('POST', '/api/v1/namespaces/shop/configmaps', { user: 'shop', body: { metadata: { name: 'a' } } })).status, 201);
    const refused = await send('GET', maps, { user: 'shop' });
    assert.deepEqual(
      [refused.status, refused.body['message']],
      [403, 'configmaps is forbidden: User "shop" cannot list resource "configmaps" in API group "" in the namespace "default"'],
    );
    assert.equal(
      (await send('GET', '/api/v1/nodes', { user: 'shop' })).body['message'],
      'nodes is forbidden: User "shop" cannot list resource "nodes" in API group "" at the cluster scope',
    );
  });

  it('ends watches and lists of versions that are forgotten with 410', async () => {
    const { sandbox, send } = await start();
    const { body } = await make(send, 'a');
    const page = await send('GET', `${maps}?limit=1`);
    await make(send, 'b');
    sandbox.forgetHistory();
    const watched = await send('GET', `${maps}?watch=1&timeoutSeconds=1&resourceVersion=${stringAt(body, 'metadata', 'resourceVersion')}`);
    assert.equal(watched.status, 200);
    assert.deepEqual([watched.body['type'], valueAt(watched.body, 'object', 'code'), valueAt(watched.body, 'object', 'reason')], ['ERROR', 410, 'Expired']);
    const next = await send('GET', `${maps}?limit=1&continue=${stringAt(page.body, 'metadata', 'continue')}`);
    assert.deepEqual([next.status, next.body['reason']], [410, 'Expired']);
  });

  it('answers what it does not serve with an error', async () => {
    const { send } = await start();
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    await send('POST', '/api/v1/namespaces/default/pods', { body: pod });
    const codes = [
      await send('GET', '/api/v1/namespaces/default/pods/p/exec'),
      await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token: 'x' } } }),
      await send('GET', '/metrics'),
      await send('GET', '/apis/metrics.k8s.io/v1beta1/pods'),
      await send('GET', maps, { accept: 'application/vnd.kubernetes.protobuf' }),
    ];
    assert.deepEqual(
      codes.map(({ status }) => status),
      [501, 501, 404, 404, 406],
    );
  });

  it('says that it does not evaluate the rules of a definition, to whoever writes one that has some', async () => {
    const { send } = await start();
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const definition = (size: JsonObject): JsonObject => ({
      metadata: { name: 'boxes.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Box', plural: 'boxes' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer', ...size } } } } } },
          },
        ],
      },
    });
    const plain = await send('POST', definitions, { body: definition({}) });
    assert.deepEqual([plain.status, plain.warnings], [201, '']);
    const ruled = definition({ 'x-kubernetes-validations': [{ rule: 'self < 3' }] });
    const patched = await send('PATCH', `${definitions}/boxes.example.com`, { body: ruled, contentType: 'application/merge-patch+json' });
    assert.equal(patched.status, 200);
    assert.match(patched.warnings, /^299 - "the sandbox doesn't evaluate rules in CEL \(x-kubernetes-validations\): a real API server may refuse/);
    const box = { apiVersion: 'example.com/v1', kind: 'Box', metadata: { name: 'big' }, spec: { size: 7 } };
    assert.equal((await send('POST', '/apis/example.com/v1/namespaces/default/boxes', { body: box })).status, 201);
  });

  it('starts its parts in order and closes them in the opposite one', async () => {
    const told: string[] = [];
    const part = (name: string) => (): { readonly addresses: Record<string, string>; close(): void } => {
      told.push(`start ${name}`);
      return { addresses: { [name]: `http://${name}` }, close: () => void told.push(`close ${name}`) };
    };
    const { sandbox } = await start({ parts: [part('one'), part('two')] });
    assert.deepEqual(Object.keys(sandbox.addresses), ['api', 'one', 'two']);
    await stop();
    assert.deepEqual(told, ['start one', 'start two', 'close two', 'close one']);
  });

  it('serves aggregated discovery and OpenAPI that clients may keep', async () => {
    const { send } = await start();
    const { body } = await send('GET', '/apis', { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' });
    const apps = mapsAt(body, 'items').find((item) => stringAt(item, 'metadata', 'name') === 'apps');
    const deployments = mapsAt(apps, 'versions')
      .flatMap((version) => mapsAt(version, 'resources'))
      .find(({ resource }) => resource === 'deployments');
    assert.deepEqual([body['kind'], deployments?.['scope'], textsAt(deployments, 'shortNames')], ['APIGroupDiscoveryList', 'Namespaced', ['deploy']]);
    const index = await send('GET', '/openapi/v3');
    const where = stringAt(objectAt(index.body, 'paths', 'apis/apps/v1') satisfies JsonObject, 'serverRelativeURL');
    assert.match(where, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]+$/);
    assert.equal(stringAt((await send('GET', where)).body, 'openapi'), '3.0.0');
  });
});
