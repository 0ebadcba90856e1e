/** docs/rules.md documents exactly the problem codes that the sources report. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';

const codePattern = /'((?:kustomize|yaml|argocd)\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*)'/g;

describe('docs/rules.md', () => {
  const documented = readDocumentedCodes();

  it('has a row for every code that the sources report', () => {
    assert.deepEqual([...readReportedCodes()].filter((code) => !documented.has(code)).sort(), []);
  });

  it('has no row for a code that is gone', () => {
    const reported = readReportedCodes();
    assert.deepEqual([...documented.keys()].filter((code) => !reported.has(code)).sort(), []);
  });

  it('says a whole sentence about each', () => {
    for (const [code, sentence] of documented) assert.match(sentence, /^[A-Z`].*\.$/, code);
  });
});

function readReportedCodes(): ReadonlySet<string> {
  const codes = new Set<string>();
  const root = path.join(projectFolder, 'src');
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    // Rules have pages of their own.
    if (!name.endsWith('.ts') || /^core[\\/]rules[\\/]/.test(name)) continue;
    for (const match of fs.readFileSync(path.join(root, name), 'utf8').matchAll(codePattern)) codes.add(match[1] ?? '');
  }
  return codes;
}

/** Code to what the document says of it: rows of the form | `code` | severity | sentence |. */
function readDocumentedCodes(): ReadonlyMap<string, string> {
  const text = fs.readFileSync(path.join(projectFolder, 'docs', 'rules.md'), 'utf8');
  return new Map([...text.matchAll(/^\| `([^`]+)` *\|[^|]*\| *(.+?) *\|$/gm)].map((row) => [row[1] ?? '', row[2] ?? '']));
}
