/** Fetching on request from a repository on this machine, and rendering with what came, which needs no network any more. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { makeChartArchive, sha256 } from '../support/charts/chartArchives.js';
import { indexOf, startChartRepository, type ChartRepository } from '../support/charts/chartRepository.js';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

describe('gitops-workbench fetch', () => {
  const folder = temporaryFolders();
  let repository: ChartRepository;
  let cacheFolder: string;
  beforeEach(async () => {
    const versions = ['1.0.0', '1.4.0'].map((version) => ({ version, archive: makeChartArchive('web', version) }));
    repository = await startChartRepository({
      '/index.yaml': indexOf(
        'web',
        versions.map(({ version, archive }) => ({ version, url: `web-${version}.tgz`, digest: sha256(archive) })),
      ),
      ...Object.fromEntries(versions.map(({ version, archive }) => [`/web-${version}.tgz`, archive])),
    });
    cacheFolder = path.join(folder().path, 'cache');
  });
  afterEach(() => repository.close());

  const run = (files: TemporaryFolder, ...words: readonly string[]): Promise<CommandRun> => runCommandLine(words, { folder: files.path, cacheFolder });
  const wrapper = (version: string, more = ''): string =>
    `#- chart/Chart.yaml\napiVersion: v2\nname: wrapper\nversion: 0.1.0\ndependencies:\n- name: web\n  version: ${version}\n  repository: ${repository.address}\n#- chart/values.yaml\nweb: {size: 7}\n${more}`;

  it('brings the dependencies of charts, told at their line before, and rendered as if they were in charts/ after', async () => {
    const files = folder(wrapper('1.x'));
    const before = await run(files, 'render', 'chart');
    assert.equal(before.status, 2);
    assert.match(before.errors, /chart\/Chart\.yaml:5:3: .*helm\/dependency-not-fetched/);
    const { status, output } = await run(files, 'fetch');
    assert.equal(status, 0);
    assert.match(output, /^chart web@1\.x from http:\/\/127\.0\.0\.1:\d+ 1\.4\.0 sha256:[0-9a-f]{64}\n$/);
    await repository.close();
    const after = await run(files, 'render', 'chart');
    assert.equal(after.errors, '');
    assert.match(after.output, /# Source: wrapper\/charts\/web\/templates\/cm\.yaml\n[^]*version: 1\.4\.0\n {2}size: "7"\n/);
    repository = await startChartRepository();
  });

  it('takes the version that Chart.lock names, and refuses a lock of other dependencies', async () => {
    const files = folder(wrapper('1.x', `#- chart/Chart.lock\ndependencies:\n- name: web\n  repository: ${repository.address}\n  version: 1.0.0\ndigest: sha256:wrong`));
    assert.match((await run(files, 'render', 'chart')).errors, /out of sync/);
    const digest = sha256(
      Buffer.from(`[[{"name":"web","version":"1.x","repository":"${repository.address}"}],[{"name":"web","version":"1.0.0","repository":"${repository.address}"}]]`),
    );
    files.put('chart/Chart.lock', `dependencies:\n- name: web\n  repository: ${repository.address}\n  version: 1.0.0\ndigest: sha256:${digest}\n`);
    assert.match((await run(files, 'fetch', 'chart')).output, /^chart web@1\.0\.0 from \S+ 1\.0\.0 /);
    assert.match((await run(files, 'render', 'chart')).output, /version: 1\.0\.0/);
  });

  it('brings charts that kustomizations inflate, where it is told that they do', async () => {
    const files = folder(`#- k/kustomization.yaml\nhelmCharts:\n- name: web\n  repo: ${repository.address}\n  version: 1.0.0\n  valuesInline: {size: 3}\n`);
    const before = await run(files, 'render', 'k', '--enable-helm');
    assert.match(before.errors, /not fetched/);
    assert.match((await run(files, 'fetch', '--enable-helm', 'k')).output, /^chart web@1\.0\.0 from /);
    const after = await run(files, 'render', 'k', '--enable-helm');
    assert.equal(after.output, 'apiVersion: v1\ndata:\n  size: "3"\n  version: 1.0.0\nkind: ConfigMap\nmetadata:\n  name: release-name-web\n');
  });

  it('brings charts of Applications and HelmReleases', async () => {
    const files = folder(
      `#- apps/web.yaml\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: argo-prod, namespace: argocd}\nspec:\n  project: default\n  destination: {namespace: prod}\n  source:\n    repoURL: ${repository.address}\n    chart: web\n    targetRevision: 1.*\n    helm: {parameters: [{name: size, value: "5"}]}\n#- flux/web.yaml\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: flux-prod, namespace: prod}\nspec:\n  chart:\n    spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: stable}}\n  values: {size: 6}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: stable, namespace: prod}\nspec: {url: "${repository.address}"}\n`,
    );
    const labels = JSON.parse((await run(files, 'environments', '--format', 'json')).output) as readonly { readonly app: string; readonly name: string }[];
    const checked = await run(files, 'check');
    assert.match(checked.output, /apps\/web\.yaml:9:12: .*gitops\/chart-not-fetched/);
    assert.equal((await run(files, 'fetch')).output.split('\n').length, 3, 'both of them');
    const outputs = await Promise.all(labels.map(({ app, name }) => run(files, 'render', '--environment', `${app} ${name}`)));
    const all = outputs.map(({ output, errors }) => output + errors).join('\n');
    assert.match(all, /size: "5"\n {2}version: 1\.4\.0/);
    assert.match(all, /version: 1\.0\.0\n {2}size: "6"/);
  });

  it('says what could not be had, at its line, and brings the rest', async () => {
    const files = folder(`${wrapper('9.x')}#- k/kustomization.yaml\nhelmCharts: [{name: web, repo: "${repository.address}"}]\n`);
    const { status, output, errors } = await run(files, 'fetch', '--enable-helm');
    assert.equal(status, 2);
    assert.match(output, /^chart web@latest from \S+ 1\.4\.0 /);
    assert.match(errors, /^chart\/Chart\.yaml:5:3: remote\/unknown-version: .* has no version of web that is 9\.x\./);
  });

  it('has nothing to do where nothing is missing', async () => {
    const { status, output, errors } = await run(folder('#- k/kustomization.yaml\nnamePrefix: a-\n'), 'fetch');
    assert.deepEqual([status, output, errors], [0, '', 'Nothing is missing.\n']);
    assert.deepEqual(repository.requests, []);
  });
});
