/** Writes docs/rules/<group>/<rule>.md and the table in docs/rules.md. usage: npm run docs:rules */
import fs from 'node:fs';
import path from 'node:path';
import { allRules } from '../../../src/core/rules/allRules.js';
import { projectFolder } from '../projectFolder.js';
import { rulePages, withRuleTable } from './rulePages.js';

const docs = path.join(projectFolder, 'docs');
fs.rmSync(path.join(docs, 'rules'), { recursive: true, force: true });
for (const [name, text] of rulePages(allRules)) {
  const file = path.join(docs, 'rules', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
const index = path.join(docs, 'rules.md');
fs.writeFileSync(index, withRuleTable(fs.readFileSync(index, 'utf8'), allRules));
console.log(`${allRules.length} pages`);
