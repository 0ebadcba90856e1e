/** `status`: how far a change has come, from the files to the cluster. */
import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { runCommandLine } from '../support/runCommandLine.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';
import { temporaryFolders } from '../support/temporaryFolder.js';

const shop = `
#- overlays/dev/kustomization.yaml
namespace: shop
resources: [settings.yaml]
#- overlays/dev/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: info}
`;

interface Ladder {
  readonly environment: string;
  readonly rungs: readonly { readonly rung: string; readonly state: string; readonly evidence: string }[];
}

describe('gitops-workbench status', () => {
  const folder = temporaryFolders();
  let sandbox: Sandbox | undefined;
  after(() => sandbox?.close());

  it('tells of files and git, and asks no cluster unless one is named', async () => {
    const files = folder(shop);
    files.git('init', '-q', '-b', 'main');
    files.git('add', '.');
    files.git('commit', '-q', '-m', 'first');
    files.put('overlays/dev/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: debug}\n');
    const { status, output } = await runCommandLine(['status'], { folder: files.path });
    assert.equal(status, 1);
    assert.match(output, /^ {2}✓ saved /m);
    assert.match(output, /^ {2}… committed +overlays\/dev\/settings\.yaml is not committed\.$/m);
    assert.match(output, /^ {2}\? pushed +main has no upstream\.$/m);
    assert.match(output, /^ {2}\? healthy +No cluster was asked; name one with --context or --kubeconfig\.$/m);
  });

  it('follows a change into the cluster, as programs read it', async () => {
    const files = folder(shop);
    const kubeconfigPath = `${files.path}/../kubeconfig-status-${process.pid}`;
    sandbox = await startSandbox({ kinds: loadSandboxKinds(), kubeconfigPath });
    const read = async (): Promise<Ladder> =>
      JSON.parse((await runCommandLine(['status', 'dev', '--kubeconfig', kubeconfigPath, '--format', 'json'], { folder: files.path })).output) as Ladder;
    const rungOf = ({ rungs }: Ladder, name: string): readonly string[] => rungs.filter(({ rung }) => rung === name).flatMap(({ state, evidence }) => [state, evidence]);
    assert.deepEqual(rungOf(await read(), 'synced'), ['pending', 'ConfigMap settings differs from the render.']);
    sandbox.store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, 'test');
    const synced = await runCommandLine(['sync', 'dev', '--kubeconfig', kubeconfigPath, '--yes'], { folder: files.path });
    assert.equal(synced.status, 0, synced.errors);
    const after = await read();
    assert.deepEqual(rungOf(after, 'synced'), ['done', 'The object is as it is rendered.']);
    assert.deepEqual(rungOf(after, 'healthy'), ['done', 'All objects are healthy.']);
  });
});
