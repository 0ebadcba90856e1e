import assert from 'node:assert/strict';
import { forgeOf, pullRequestUrl } from '../../../src/core/promote/pullRequestUrl.js';

/** Remotes, and the page on which a pull request of `topic/a b` into `main` is made. */
const pages: readonly (readonly [remote: string, page: string | undefined])[] = [
  ['https://github.com/acme/shop.git', 'https://github.com/acme/shop/compare/main...topic/a%20b?expand=1'],
  ['https://user:token@github.com/acme/shop', 'https://github.com/acme/shop/compare/main...topic/a%20b?expand=1'],
  ['git@github.com:acme/shop.git', 'https://github.com/acme/shop/compare/main...topic/a%20b?expand=1'],
  ['ssh://git@ssh.github.com:443/acme/shop.git', 'https://github.com/acme/shop/compare/main...topic/a%20b?expand=1'],
  ['git@github.acme.example:team/shop.git', 'https://github.acme.example/team/shop/compare/main...topic/a%20b?expand=1'],
  ['https://acme.ghe.com/team/shop', 'https://acme.ghe.com/team/shop/compare/main...topic/a%20b?expand=1'],
  [
    'https://gitlab.com/group/sub/shop.git',
    'https://gitlab.com/group/sub/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=topic%2Fa%20b&merge_request%5Btarget_branch%5D=main',
  ],
  [
    'git@gitlab.acme.example:shop/app.git',
    'https://gitlab.acme.example/shop/app/-/merge_requests/new?merge_request%5Bsource_branch%5D=topic%2Fa%20b&merge_request%5Btarget_branch%5D=main',
  ],
  [
    'ssh://git@gitlab.acme.example:2222/shop/app.git',
    'https://gitlab.acme.example/shop/app/-/merge_requests/new?merge_request%5Bsource_branch%5D=topic%2Fa%20b&merge_request%5Btarget_branch%5D=main',
  ],
  [
    'http://gitlab.local:8080/shop/app',
    'http://gitlab.local:8080/shop/app/-/merge_requests/new?merge_request%5Bsource_branch%5D=topic%2Fa%20b&merge_request%5Btarget_branch%5D=main',
  ],
  ['https://codeberg.org/acme/shop', 'https://codeberg.org/acme/shop/compare/main...topic/a%20b'],
  ['gitea@gitea.acme.example:acme/shop.git', 'https://gitea.acme.example/acme/shop/compare/main...topic/a%20b'],
  ['ssh://git@forgejo.acme.example/acme/shop.git', 'https://forgejo.acme.example/acme/shop/compare/main...topic/a%20b'],
  ['git@bitbucket.org:acme/shop.git', 'https://bitbucket.org/acme/shop/pull-requests/new?source=topic%2Fa%20b&dest=main'],
  ['ssh://git@altssh.bitbucket.org:443/acme/shop.git', 'https://bitbucket.org/acme/shop/pull-requests/new?source=topic%2Fa%20b&dest=main'],
  [
    'https://git.acme.example/scm/PROJ/shop.git',
    'https://git.acme.example/projects/PROJ/repos/shop/pull-requests?create&sourceBranch=refs%2Fheads%2Ftopic%2Fa%20b&targetBranch=refs%2Fheads%2Fmain',
  ],
  [
    'ssh://git@bitbucket.acme.example:7999/PROJ/shop.git',
    'https://bitbucket.acme.example/projects/PROJ/repos/shop/pull-requests?create&sourceBranch=refs%2Fheads%2Ftopic%2Fa%20b&targetBranch=refs%2Fheads%2Fmain',
  ],
  [
    'https://stash.acme.example/scm/~mira/shop.git',
    'https://stash.acme.example/users/mira/repos/shop/pull-requests?create&sourceBranch=refs%2Fheads%2Ftopic%2Fa%20b&targetBranch=refs%2Fheads%2Fmain',
  ],
  ['https://acme@dev.azure.com/acme/Shop%20Project/_git/shop', 'https://dev.azure.com/acme/Shop%20Project/_git/shop/pullrequestcreate?sourceRef=topic%2Fa%20b&targetRef=main'],
  ['https://dev.azure.com/acme/_git/shop', 'https://dev.azure.com/acme/shop/_git/shop/pullrequestcreate?sourceRef=topic%2Fa%20b&targetRef=main'],
  ['git@ssh.dev.azure.com:v3/acme/Project/shop', 'https://dev.azure.com/acme/Project/_git/shop/pullrequestcreate?sourceRef=topic%2Fa%20b&targetRef=main'],
  ['https://acme.visualstudio.com/DefaultCollection/Project/_git/shop', 'https://dev.azure.com/acme/Project/_git/shop/pullrequestcreate?sourceRef=topic%2Fa%20b&targetRef=main'],
  ['acme@vs-ssh.visualstudio.com:v3/acme/Project/shop', 'https://dev.azure.com/acme/Project/_git/shop/pullrequestcreate?sourceRef=topic%2Fa%20b&targetRef=main'],
  ['https://git.acme.example/acme/shop.git', undefined],
  ['https://github.com/acme', undefined],
  ['https://github.com/acme/shop/tree/main', undefined],
  ['/srv/git/shop.git', undefined],
  ['file:///srv/github.com/shop.git', undefined],
  ['', undefined],
];

describe('the page of a pull request', () => {
  for (const [remote, page] of pages) {
    it(`is ${page === undefined ? 'not known' : 'found'} for ${remote === '' ? 'an empty URL' : remote}`, () => assert.equal(pullRequestUrl(remote, 'topic/a b', 'main'), page));
  }

  it('has title and text where the forge takes them', () => {
    const words = { title: 'Promote & more', body: 'a\nb' };
    assert.match(pullRequestUrl('https://github.com/a/b', 't', 'main', words) ?? '', /\?expand=1&title=Promote%20%26%20more&body=a%0Ab$/);
    assert.match(pullRequestUrl('https://gitlab.com/a/b', 't', 'main', words) ?? '', /&merge_request%5Btitle%5D=Promote%20%26%20more&merge_request%5Bdescription%5D=a%0Ab$/);
  });

  it('tells forges by the whole host, whatever stands in a path', () => {
    assert.equal(forgeOf('https://git.example.com/github.com/shop'), undefined);
    assert.equal(forgeOf('https://mygithubmirror.example.com/a/b'), undefined);
    assert.deepEqual(forgeOf('https://GitHub.com/Acme/Shop.git'), { kind: 'github', origin: 'https://github.com', path: 'Acme/Shop' });
  });
});
