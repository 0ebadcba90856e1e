import assert from 'node:assert/strict';
import { SourceText } from '../../../../src/core/base/source.js';
import { readPullRequestSource, type PullRequestSource } from '../../../../src/core/gitops/argocd/applicationSet/pullRequestSource.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function sourceOf(text: string): PullRequestSource | undefined {
  const root = parseYaml(new SourceText('/set.yaml', text)).documents[0]?.root;
  assert.ok(root?.kind === 'map');
  return readPullRequestSource(root);
}

const placesOf = (text: string): readonly (string | undefined)[] => {
  const source = sourceOf(text);
  return [source?.api, source?.host, source?.repository];
};

describe('what a pull request generator asks its forge', () => {
  it('goes to GitHub and GitLab themselves where no address is given', () => {
    assert.deepEqual(placesOf('github: {owner: acme, repo: dex}\n'), ['https://api.github.com', 'github.com', 'acme/dex']);
    assert.deepEqual(placesOf('gitlab: {project: acme/team/dex}\n'), ['https://gitlab.com/api/v4', 'gitlab.com', 'acme/team/dex']);
    assert.deepEqual(placesOf('gitlab: {project: "4711"}\n'), ['https://gitlab.com/api/v4', 'gitlab.com', '4711']);
  });

  it('goes below the path of the API at other addresses, as the clients of Argo CD do', () => {
    const github = (api: string): readonly (string | undefined)[] => placesOf(`github: {owner: a, repo: b, api: "${api}"}\n`).slice(0, 2);
    assert.deepEqual(github('https://git.acme.example/'), ['https://git.acme.example/api/v3', 'git.acme.example']);
    assert.deepEqual(github('https://git.acme.example/api/v3/'), ['https://git.acme.example/api/v3', 'git.acme.example']);
    assert.deepEqual(github('https://api.github.com'), ['https://api.github.com', 'github.com']);
    assert.deepEqual(github('https://api.acme.ghe.com'), ['https://api.acme.ghe.com', 'acme.ghe.com']);
    assert.deepEqual(github('http://127.0.0.1:8080'), ['http://127.0.0.1:8080/api/v3', '127.0.0.1:8080']);
    assert.deepEqual(placesOf('gitlab: {project: a/b, api: https://gitlab.acme.example/}\n').slice(0, 2), ['https://gitlab.acme.example/api/v4', 'gitlab.acme.example']);
  });

  it('never leaves the host that is shown to the user', () => {
    for (const api of ['https://github.com@evil.example/', 'https://api.github.com.evil.example', 'https://evil.example#@github.com', 'file:///etc/passwd', 'https://a b']) {
      const host = sourceOf(`github: {owner: a, repo: b, api: "${api}"}\n`)?.host;
      assert.ok(host === undefined || host === 'api.github.com.evil.example', `${api}: ${host}`);
    }
  });

  it('asks GitLab for the state that the generator names, and for all where it names none', () => {
    assert.equal(sourceOf('gitlab: {project: a/b, pullRequestState: opened, labels: [preview, web]}\n')?.state, 'opened');
    assert.equal(sourceOf('gitlab: {project: a/b}\n')?.state, '');
    assert.deepEqual(sourceOf('gitlab: {project: a/b, labels: [preview, web]}\n')?.labels, ['preview', 'web']);
    assert.deepEqual(sourceOf('github: {owner: a, repo: b, labels: [preview]}\n')?.labels, []);
  });

  it('waits as long as the generator says, half an hour where it says nothing', () => {
    assert.equal(sourceOf('github: {owner: a, repo: b}\nrequeueAfterSeconds: 300\n')?.askedEvery, 300);
    assert.equal(sourceOf('github: {owner: a, repo: b}\n')?.askedEvery, 1800);
    assert.equal(sourceOf('github: {owner: a, repo: b}\nrequeueAfterSeconds: 0\n')?.askedEvery, 1800);
  });

  it('is the same for generators that differ in their own filters only', () => {
    assert.equal(sourceOf('github: {owner: a, repo: b, labels: [x]}\n')?.key, sourceOf('github: {owner: a, repo: b}\nfilters: [{branchMatch: x}]\n')?.key);
    assert.notEqual(sourceOf('gitlab: {project: a/b, labels: [x]}\n')?.key, sourceOf('gitlab: {project: a/b}\n')?.key);
  });

  it('is nothing for other forges, and for one that names no repository', () => {
    assert.equal(sourceOf('gitea: {owner: a, repo: b, api: https://gitea.example}\n'), undefined);
    assert.equal(sourceOf('github: {owner: a}\n'), undefined);
    assert.equal(sourceOf('gitlab: {}\n'), undefined);
  });
});
