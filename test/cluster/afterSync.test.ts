/**
 * Drift finds nothing right after a delivery: of every environment of the samples, of the small corpus, and of a selection
 * of the large one where the machine has it; of all of it with ALL_RENDERS=1 (the last figures are in docs/sandbox.md).
 * Without controllers, whose pods would take longer than everything else; test/cluster/rollouts.test.ts has them.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { normalizePath } from '../../src/core/base/path.js';
import type { JsonObject } from '../../src/core/live/json.js';
import { textAt } from '../../src/core/live/readFields.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { countAfterSync, manifestsOf, type AfterSyncCount, type Delivered } from '../support/cluster/afterSync.js';
import { realAssets } from '../support/cluster/assets.js';
import { kubectlWith } from '../support/cluster/clusters.js';
import { startControlPlane } from '../support/cluster/controlPlane.js';
import { connectTo } from '../support/clusterSync.js';
import { findLargeCorpus, loadLargeCorpus, loadSmallCorpus } from '../support/corpus.js';
import { deliveryOfTree } from '../support/deliveryOf.js';
import { FolderTree } from '../support/folderTree.js';
import { projectFolder } from '../support/projectFolder.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';

/** What the real kustomize made of a case of a corpus. */
interface Render {
  readonly id: string;
  readonly text: () => string;
}

const all = process.env['ALL_RENDERS'] === '1';
/** Of the large corpus every so many-th render is taken. */
const stride = Number(process.env['RENDER_STRIDE'] ?? 100);
/** Which of them comes first. */
const first = Number(process.env['RENDER_FIRST'] ?? 0);

async function findRenders(): Promise<{ readonly chosen: readonly Render[]; readonly every: readonly Render[] }> {
  const folder = findLargeCorpus();
  const large = folder === undefined ? [] : (await loadLargeCorpus(folder)).filter(({ suite }) => suite === 'kustomize');
  const rendersOf = (cases: ReturnType<typeof loadSmallCorpus>): readonly Render[] => cases.flatMap(({ id, expected }) => (expected.ok ? [{ id, text: expected.text }] : []));
  const every = rendersOf(large);
  return { chosen: [...rendersOf(loadSmallCorpus()), ...every.filter((_, index) => all || index % stride === first)], every };
}

for (const kind of realAssets === undefined ? (['sandbox'] as const) : (['sandbox', 'real'] as const)) {
  describe(`Drift right after a delivery (${kind === 'real' ? 'a real API server' : 'the sandbox'})`, function () {
    this.timeout(all ? 7_200_000 : 300_000);
    let kubeconfigPath = '';
    let close: () => Promise<void>;

    before(async () => {
      if (kind === 'real') {
        const plane = await startControlPlane(realAssets ?? '', { withControllers: false });
        [kubeconfigPath, close] = [plane.kubeconfigPath, () => plane.close()];
        return;
      }
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-after-sync-'));
      kubeconfigPath = path.join(folder, 'kubeconfig');
      const sandbox = await startSandbox({ kinds: loadSandboxKinds(), kubeconfigPath });
      close = async () => {
        await sandbox.close();
        fs.rmSync(folder, { recursive: true });
      };
    });

    after(() => close());

    const check = async (cases: readonly Delivered[], definitions: readonly JsonObject[], prefix: string): Promise<void> => {
      const cluster = await connectTo(kubeconfigPath);
      try {
        const count = await countAfterSync(cases, { cluster, kubectl: kubectlWith(kubeconfigPath), definitions, prefix, batch: 20 });
        tell(count);
        assert.deepEqual(count.found, []);
        assert.ok(count.compared > cases.length, 'hardly anything was compared');
      } finally {
        cluster.close();
      }
    };

    it('finds nothing, in any environment of the samples', async () => {
      const cases = sampleFolders().flatMap(({ name, folder }) => {
        const { delivery } = deliveryOfTree(new FolderTree(), folder);
        return delivery.model.environments.map((environment) => ({
          name: `${name}/${environment.label}`,
          manifests: manifestsOf(renderingText(delivery.render(environment).rendering)),
        }));
      });
      assert.ok(cases.length > 10);
      await check(cases, [], 's');
    });

    it('finds nothing, of whatever corpora render to', async () => {
      const { chosen, every } = await findRenders();
      const cases = chosen.map(({ id, text }) => ({ name: id, manifests: manifestsOf(text()) }));
      const wanted = new Set(cases.flatMap(({ manifests }) => manifests.map((manifest) => textAt(manifest, 'kind') ?? '')));
      const definitions = every.flatMap(({ text }) => definitionsIn(text(), wanted));
      await check(cases, definitions, 'c');
    });
  });
}

function sampleFolders(): readonly { readonly name: string; readonly folder: string }[] {
  const samples = path.join(projectFolder, 'samples');
  // What is broken is no delivery.
  const names = fs.readdirSync(samples).filter((name) => name !== 'broken' && fs.statSync(path.join(samples, name)).isDirectory());
  return names.map((name) => ({ name, folder: normalizePath(path.join(samples, name)) }));
}

/** The definitions among documents that bring one of these kinds. */
function definitionsIn(text: string, wanted: ReadonlySet<string>): readonly JsonObject[] {
  if (!text.includes('\nkind: CustomResourceDefinition\n')) return [];
  const documents = text.split(/^---\n/m).filter((each) => /^apiVersion: apiextensions.k8s.io\/v1\nkind: CustomResourceDefinition$/m.test(each));
  return manifestsOf(documents.filter((each) => wanted.has(/^ {4}kind: (\w+)$/m.exec(each)?.[1] ?? '')).join('---\n'));
}

function tell({ cases, compared, refused, leftOut, found }: AfterSyncCount): void {
  console.log(`      ${cases} renders: ${compared} comparisons, ${found.length} found something; ${refused} objects refused, ${leftOut} left out`);
}
