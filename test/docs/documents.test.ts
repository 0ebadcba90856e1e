/** What the documents point at is there: links, tests that hold invariants, folders of the code map; and they stay short. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';

const documents = ['README.md', 'CONTRIBUTING.md', ...fs.readdirSync(path.join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name.replaceAll('\\', '/')}`)].filter((name) => name.endsWith('.md'));

describe('documents', () => {
  for (const document of documents) {
    it(`${document} links to files that exist`, () => {
      const text = read(document).replace(/^```[^]*?^```/gm, '');
      const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((link) => !/^[a-z]+:/.test(link));
      assert.deepEqual(links.filter((link) => !fs.existsSync(path.join(projectFolder, path.dirname(document), link))), []);
    });
  }

  it('architecture.md has at most 300 lines', () => {
    assert.ok(read('docs/architecture.md').split('\n').length <= 300);
  });

  it('architecture.md names files and folders that exist', () => {
    const names = [...read('docs/architecture.md').matchAll(/`((?:src|test|scripts|samples|docs|media)\/[\w./-]*)`/g)].map((match) => match[1] ?? '');
    assert.ok(names.length > 20);
    assert.deepEqual(names.filter((name) => !fs.existsSync(path.join(projectFolder, name))), []);
  });

  it('architecture.md names a test for every invariant', () => {
    const section = read('docs/architecture.md').split(/^## Invariants$/m)[1]?.split(/^## /m)[0] ?? '';
    const invariants = section.split(/^- /m).slice(1);
    assert.ok(invariants.length > 5);
    assert.deepEqual(invariants.filter((invariant) => !/`test\/[\w./-]+`/.test(invariant)), []);
  });

  it('docs/adr/README.md lists every record', () => {
    const records = fs.readdirSync(path.join(projectFolder, 'docs', 'adr')).filter((name) => /^\d{4}-/.test(name));
    const list = read('docs/adr/README.md');
    assert.deepEqual(records.filter((name) => !list.includes(`(${name})`)), []);
  });
});

function read(name: string): string {
  return fs.readFileSync(path.join(projectFolder, name), 'utf8');
}
