/** The rungs of git against real repositories: which commit changed a render last, where it is, and what the operator follows. */
import assert from 'node:assert/strict';
import type { TemporaryFolder } from '../support/temporaryFolder.js';
import { temporaryFolders } from '../support/temporaryFolder.js';
import { runCommandLine } from '../support/runCommandLine.js';

const overlay = (tag: string): string => `resources:\n- ../../base\nimages:\n- name: web\n  newTag: "${tag}"\n`;

const shop = (url: string, revision: string): string => `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: web}]}}}
#- overlays/dev/kustomization.yaml
${overlay('1')}
#- overlays/prod/kustomization.yaml
${overlay('1')}
#- apps/prod.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-prod, namespace: argocd}
spec:
  project: default
  source: {repoURL: "${url}", targetRevision: ${revision}, path: overlays/prod}
  destination: {server: "https://kubernetes.default.svc", namespace: shop-prod}
`;

interface FoundRung {
  readonly rung: string;
  readonly state: string;
  readonly evidence: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly file?: string;
  readonly line?: number;
}

describe('the rungs of git', () => {
  const folder = temporaryFolders();

  /** A clone with its remote, everything pushed. */
  function clone(revision = 'main'): TemporaryFolder {
    const remote = folder();
    remote.git('init', '--quiet', '--bare');
    const files = folder(shop(remote.path, revision));
    files.commit('Begin');
    files.git('remote', 'add', 'origin', remote.path);
    files.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    return files;
  }

  async function rungs(files: TemporaryFolder): Promise<Readonly<Record<string, FoundRung>>> {
    const { output, errors } = await runCommandLine(['status', 'shop-prod', '--format', 'json'], { folder: files.path });
    assert.equal(errors, '');
    const { rungs: found } = JSON.parse(output) as { readonly rungs: readonly FoundRung[] };
    return Object.fromEntries(found.map((rung) => [rung.rung, rung]));
  }

  const states = (found: Readonly<Record<string, FoundRung>>): readonly (string | undefined)[] => ['saved', 'committed', 'pushed', 'tracked'].map((name) => found[name]?.state);

  it('are done when the remote branch has the change', async () => {
    const files = clone();
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    const change = files.commit('Raise the tag');
    files.git('push', '--quiet');
    files.put('README.md', 'nothing of it is rendered');
    files.commit('Tell about it');
    const found = await rungs(files);
    assert.deepEqual(states(found), ['done', 'done', 'done', 'done']);
    assert.match(found['committed']?.evidence ?? '', new RegExp(`^${change.slice(0, 8)} "Raise the tag" \\(A`));
    assert.equal(found['pushed']?.evidence, `origin/main has ${change.slice(0, 8)}.`);
    assert.equal(found['tracked']?.evidence, `main at ${change.slice(0, 8)} has ${change.slice(0, 8)}.`);
  });

  it('are those of the commit that last changed a line, where a line is asked for', async () => {
    const files = clone();
    const line = async (name: string): Promise<readonly string[]> => {
      const { output, errors } = await runCommandLine(['status', name, '--format', 'json'], { folder: files.path });
      assert.equal(errors, '');
      const found = JSON.parse(output) as readonly { readonly environment: string; readonly rungs: readonly FoundRung[] }[];
      return found.map(
        ({ environment, rungs: all }) =>
          `${environment}: ${all
            .slice(0, 5)
            .map(({ state }) => state)
            .join(' ')} ${all[1]?.evidence ?? ''}`,
      );
    };
    const prod = 'overlays/prod/kustomization.yaml';
    const first = files.git('rev-parse', '--short=8', 'HEAD');
    files.put(prod, overlay('2'));
    const second = files.commit('Raise the tag').slice(0, 8);
    files.put(prod, `${overlay('2')}namePrefix: p-\n`);
    assert.match((await line(`${prod}:2`)).join(), new RegExp(`^shop prod: done done done done unknown ${first} "Begin" \\(.* last changed this line\\.$`));
    assert.match((await line(`${prod}:5`)).join(), new RegExp(`^shop prod: done done pending pending unknown ${second} "Raise the tag" \\(.* last changed this line\\.$`));
    assert.deepEqual(await line(`${prod}:6`), [`shop prod: done pending pending pending pending ${prod}:6 is not committed.`]);
    files.put('overlays/prod/new.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n').put(prod, overlay('2').replace('- ../../base', '- ../../base\n- new.yaml'));
    assert.deepEqual(await line('overlays/prod/new.yaml:1'), ['shop prod: done pending pending pending pending overlays/prod/new.yaml:1 is not committed.']);
    assert.deepEqual((await line('base/web.yaml:1')).map((text) => text.slice(0, text.indexOf(':'))).sort(), ['shop dev', 'shop prod']);
    const outside = await runCommandLine(['status', `${prod}:99`], { folder: files.path });
    assert.match(outside.errors, /kustomization\.yaml has \d+ lines\./);
  });

  it('follow the commit that changed the render, not the later one that only touched its files or another environment', async () => {
    const files = clone();
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    const change = files.commit('Raise the tag');
    files.put('overlays/prod/kustomization.yaml', `# for the festival\n${overlay('2')}`);
    files.commit('Say why');
    files.put('overlays/dev/kustomization.yaml', overlay('3'));
    files.commit('Dev goes on');
    const found = await rungs(files);
    assert.match(found['committed']?.evidence ?? '', new RegExp(`^${change.slice(0, 8)} "Raise the tag"`));
    assert.equal(
      found['committed']?.facts.some(({ name }) => name === 'note'),
      false,
    );
  });

  it('say what is not committed, and not pushed', async () => {
    const files = clone();
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    assert.deepEqual(states(await rungs(files)), ['done', 'pending', 'done', 'done']);
    const change = files.commit('Raise the tag');
    const found = await rungs(files);
    assert.deepEqual(states(found), ['done', 'done', 'pending', 'pending']);
    assert.equal(found['pushed']?.evidence, `No branch of origin has ${change.slice(0, 8)}, as fetched last: main is 1 commit ahead of its upstream.`);
    assert.match(found['tracked']?.evidence ?? '', /^The operator follows main, which is at [0-9a-f]{8} on the remote: push [0-9a-f]{8} first\.$/);
    assert.deepEqual([found['tracked']?.file, found['tracked']?.line], ['apps/prod.yaml', 6]);
  });

  it('say that another branch is followed than the one that is checked out', async () => {
    const files = clone();
    files.git('switch', '--quiet', '--create', 'dev');
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    const change = files.commit('Raise the tag');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'dev');
    const found = await rungs(files);
    assert.deepEqual(states(found), ['done', 'done', 'done', 'pending']);
    assert.equal(found['pushed']?.evidence, `origin/dev has ${change.slice(0, 8)}.`);
    assert.match(found['tracked']?.evidence ?? '', /^The operator follows main at [0-9a-f]{8}, dev is checked out: merge [0-9a-f]{8} there first\.$/);
  });

  it('take a squashed merge for what it is', async () => {
    const files = clone();
    files.git('switch', '--quiet', '--create', 'topic');
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    files.commit('Raise the tag');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'topic');
    files.git('switch', '--quiet', 'main');
    files.git('merge', '--quiet', '--squash', 'topic');
    files.commit('Raise the tag (#1)');
    files.git('push', '--quiet');
    files.git('switch', '--quiet', 'topic');
    // The branch that was merged has the same render, whichever of the two commits is looked at.
    assert.deepEqual(states(await rungs(files)), ['done', 'done', 'done', 'done']);
  });

  it('see what was committed to the followed branch while another one is checked out', async () => {
    const files = clone();
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    const change = files.commit('Raise the tag');
    files.git('switch', '--quiet', '--create', 'dev', 'HEAD~1');
    const found = await rungs(files);
    assert.match(found['committed']?.evidence ?? '', new RegExp(`^${change.slice(0, 8)} `));
    assert.deepEqual(states(found), ['done', 'done', 'pending', 'pending']);
  });

  it('follow a tag, a commit, the default branch and a detached head', async () => {
    const files = clone('v1');
    files.git('tag', '--annotate', '--message', 'one', 'v1');
    assert.deepEqual(states(await rungs(files)), ['done', 'done', 'done', 'done']);
    files.put('overlays/prod/kustomization.yaml', overlay('2'));
    files.commit('Raise the tag');
    files.git('push', '--quiet');
    assert.match((await rungs(files))['tracked']?.evidence ?? '', /^The operator follows the tag v1 at [0-9a-f]{8}, which is without [0-9a-f]{8}: tag a commit/);
    files.git('checkout', '--quiet', '--detach');
    files.put('apps/prod.yaml', files.read('apps/prod.yaml').replace('targetRevision: v1', 'targetRevision: HEAD'));
    files.put('overlays/prod/kustomization.yaml', overlay('3'));
    const change = files.commit('Follow the default branch');
    const detached = await rungs(files);
    assert.deepEqual(states(detached), ['done', 'done', 'pending', 'pending']);
    assert.equal(detached['pushed']?.evidence, `No branch of origin has ${change.slice(0, 8)}, as fetched last.`);
    files.put('apps/prod.yaml', files.read('apps/prod.yaml').replace('targetRevision: HEAD', 'targetRevision: 2.x'));
    assert.equal((await rungs(files))['tracked']?.state, 'unknown');
  });
});
