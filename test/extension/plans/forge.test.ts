import assert from 'node:assert/strict';
import { forgeAt, forgeOf } from '../../../src/extension/plans/forge.js';

describe('places of repositories that the editor can have a session with', () => {
  it('are GitHub and GitLab, however a repository is addressed', () => {
    for (const address of ['https://github.com/acme/dex.git', 'git@github.com:acme/dex.git', 'ssh://git@GitHub.com:22/acme/dex']) {
      assert.equal(forgeOf(address)?.provider, 'github', address);
    }
    assert.equal(forgeOf('https://user@gitlab.com/acme/team/dex')?.provider, 'gitlab');
    for (const address of ['https://github.com.evil.example/acme/dex', 'https://git.acme.example/dex', '', undefined]) assert.equal(forgeOf(address), undefined, address);
  });

  it('are the GitHub Enterprise server that the editor is told of too, with its port', () => {
    const enterprise = 'https://git.acme.example/';
    assert.equal(forgeOf('git@git.acme.example:acme/dex.git', enterprise)?.provider, 'github-enterprise');
    assert.deepEqual(
      [forgeOf('http://127.0.0.1:8080/acme/dex', 'http://127.0.0.1:8080')?.host, forgeOf('http://127.0.0.1:8081/acme/dex', 'http://127.0.0.1:8080')],
      ['127.0.0.1:8080', undefined],
    );
  });

  it('are told apart by what runs there', () => {
    assert.equal(forgeAt('github.com', 'github')?.name, 'GitHub');
    assert.equal(forgeAt('github.com', 'gitlab'), undefined);
    assert.equal(forgeAt('git.acme.example', 'github', 'https://git.acme.example')?.name, 'GitHub Enterprise');
  });
});
