import assert from 'node:assert/strict';
import { MemoryCluster, serverFailure } from '../support/memoryCluster.js';
import { driftLines, driftOn } from '../support/driftOn.js';
import { planLines, planOf, syncOnce } from '../support/syncFixtures.js';

const namespace = '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const config = (name: string, value: string): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;

describe('drift, where the server does not answer a dry run at once', () => {
  const message = 'admission webhook "mesh.example.com" does not support dry run';

  async function setUp(): Promise<MemoryCluster> {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('settings', '1') });
    cluster.options.onRequest = ({ verb, isDryRun }) => {
      if (isDryRun && verb !== 'get') throw serverFailure('cluster/rejected', 400, message);
    };
    return cluster;
  }

  it('compares here where a webhook refuses every dry run, and tells why', async () => {
    const cluster = await setUp();
    const drift = await driftOn(cluster, 'shop', config('settings', '2') + config('more', '1') + namespace);
    assert.deepEqual(driftLines(drift), [
      'changed ConfigMap settings: data.a changed "2" -> "1" (gitops-workbench)',
      `missing ConfigMap more (Whether the server would take it is not known: ${message}.)`,
    ]);
    assert.deepEqual([drift.objects[0]?.method, drift.objects[0]?.reason], ['three-way', `Compared here, without the server: ${message}.`]);
  });

  it('asks again for what the server fills in when a controller wrote meanwhile', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('settings', '1') });
    const live = cluster.find('ConfigMap', 'settings');
    assert.ok(live);
    const byHand = { manager: 'someone', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:immutable': {} } } as const;
    cluster.put({ ...live, immutable: false, metadata: { ...live.metadata, managedFields: [...(live.metadata.managedFields ?? []), byHand] } });
    let refused = 0;
    cluster.options.onRequest = ({ verb }) => {
      if (verb === 'replace' && refused++ < 1) throw serverFailure('cluster/conflict', 409, 'the object has been modified');
    };
    const drift = await driftOn(cluster, 'shop', config('settings', '1') + namespace);
    assert.deepEqual([driftLines(drift), refused], [['foreign ConfigMap settings: immutable foreign nothing -> false (someone)'], 2]);
  });

  it('takes no webhook that refuses dry runs for a reason not to sync', async () => {
    const cluster = await setUp();
    const manifests = namespace + config('settings', '2') + config('more', '1');
    assert.deepEqual(planLines((await planOf({ cluster, manifests })).plan), ['Sync: unchanged Namespace shop', 'Sync: create ConfigMap more', 'Sync: change ConfigMap settings']);
    const { run } = await syncOnce({ cluster, manifests });
    assert.deepEqual([run.result, cluster.find('ConfigMap', 'settings')?.['data'], cluster.find('ConfigMap', 'more')?.['data']], ['done', { a: '2' }, { a: '1' }]);
  });
});
