/** Reads the table of declared differences out of docs/parity.md, so that the list that people read is the one that tests use. */
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from './projectFolder.js';

export interface DeclaredDifference {
  readonly suite: string;
  readonly id: string;
  readonly reason: string;
}

const file = path.join(projectFolder, 'docs', 'parity.md');

/** The rows of the table under the heading `Declared differences`; throws where the heading is missing. */
export function readDeclaredDifferences(): readonly DeclaredDifference[] {
  const section = fs.readFileSync(file, 'utf8').split(/^## Declared differences$/m)[1];
  if (section === undefined) throw new Error('docs/parity.md has no section "Declared differences"');
  const text = section.split(/^## /m)[0] ?? '';
  return [...text.matchAll(/^\| *(small|kustomize|probes|krusty|charts) *\| *`([^`]+)` *\| *(.+?) *\|$/gm)].map((row) => ({
    suite: row[1] ?? '',
    id: row[2] ?? '',
    reason: row[3] ?? '',
  }));
}
