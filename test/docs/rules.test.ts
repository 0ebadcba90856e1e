/** docs/rules.md and the pages below docs/rules document exactly the codes that the sources report, and are up to date. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { allRules } from '../../src/core/rules/allRules.js';
import { projectFolder } from '../support/projectFolder.js';
import { rulePages, withRuleTable } from '../support/rules/rulePages.js';

/** Areas whose codes have a row in docs/rules.md; rules have a page each. */
const codePattern = /'((?:kustomize|yaml|argocd|flux|helm|gitops|rules|settings|pipelines|template)\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*)'/g;
const ruleIds: ReadonlySet<string> = new Set(allRules.map(({ id }) => id));
const docs = path.join(projectFolder, 'docs');

describe('docs/rules.md', () => {
  const documented = readDocumentedCodes();

  it('has a row for every code that the sources report', () => {
    assert.deepEqual([...readReportedCodes()].filter((code) => !documented.has(code) && !ruleIds.has(code)).sort(), []);
  });

  it('has no row for a code that is gone', () => {
    const reported = readReportedCodes();
    assert.deepEqual([...documented.keys()].filter((code) => !reported.has(code)).sort(), []);
  });

  it('says a whole sentence about each', () => {
    for (const [code, sentence] of documented) assert.match(sentence, /^[A-Z`].*\.$/, code);
  });

  it('has a current table of rules; `npm run docs:rules` writes it', () => {
    const text = fs.readFileSync(path.join(docs, 'rules.md'), 'utf8');
    assert.equal(text, withRuleTable(text, allRules));
  });
});

describe('docs/rules/', () => {
  it('has a current page for every rule, and no other; `npm run docs:rules` writes them', () => {
    const folder = path.join(docs, 'rules');
    const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')) : [];
    const pages = new Map(names.map((name) => [name.replaceAll('\\', '/'), fs.readFileSync(path.join(folder, name), 'utf8')]));
    assert.deepEqual(Object.fromEntries([...pages].sort()), Object.fromEntries([...rulePages(allRules)].sort()));
  });
});

function readReportedCodes(): ReadonlySet<string> {
  const codes = new Set<string>();
  const root = path.join(projectFolder, 'src');
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    // Requests of the protocol are named like codes.
    if (!name.endsWith('.ts') || /rotocol\.ts$|requests\.ts$|^extension/.test(name)) continue;
    for (const match of fs.readFileSync(path.join(root, name), 'utf8').matchAll(codePattern)) codes.add(match[1] ?? '');
  }
  return codes;
}

/** Code to what the document says of it: rows of the form | `code` | severity | sentence |. */
function readDocumentedCodes(): ReadonlyMap<string, string> {
  const text = fs.readFileSync(path.join(docs, 'rules.md'), 'utf8');
  return new Map([...text.matchAll(/^\| `([^`]+)` *\|[^|]*\| *(.+?) *\|$/gm)].map((row) => [row[1] ?? '', row[2] ?? '']));
}
