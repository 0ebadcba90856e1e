// Writes the pages of the rules, docs/rules/, and their table in docs/rules.md.
// usage: npm run docs:rules
process.argv[2] = 'test/support/rules/writeRulePages.ts';
await import('./runTs.mjs');
