/** The JSON schema of the settings file and the reader of that file know the same fields and take the same values. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../src/core/base/source.js';
import { subjectWords } from '../../src/core/gitops/commitSubject.js';
import { readWorkspaceSettings } from '../../src/core/gitops/settings.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { projectFolder } from '../support/projectFolder.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(fs.readFileSync(path.join(projectFolder, 'schemas/gitops-workbench.schema.json'), 'utf8')) as Schema;

function codesOf(text: string): readonly string[] {
  const source = new SourceText('/w/.gitops-workbench.yaml', text);
  return readWorkspaceSettings(parseYaml(source)).problems.map(({ code, message }) => `${code}: ${message}`);
}

/** The fields that the reader's own message lists for the map that `text` opens with a field that there isn't. */
function knownFields(text: string): readonly string[] {
  const words = codesOf(text).flatMap((problem) => /known are (.+)\.$/.exec(problem)?.[1]?.split(', ') ?? []);
  assert.ok(words.length > 0, text);
  return words.sort();
}

describe('the schema of .gitops-workbench.yaml', () => {
  it('has the fields that are read, and no other', () => {
    assert.deepEqual(Object.keys(schema.properties ?? {}).sort(), knownFields('nothing: 1\n'));
    assert.deepEqual(Object.keys(schema.definitions?.['environment']?.properties ?? {}).sort(), knownFields('environments: [{path: a, nothing: 1}]\n'));
    assert.deepEqual(Object.keys(schema.definitions?.['pullRequest']?.properties ?? {}).sort(), knownFields('pullRequests: [{number: 1, nothing: 1}]\n'));
    assert.deepEqual(Object.keys(schema.properties?.['flux']?.properties ?? {}).sort(), knownFields('flux: {nothing: 1}\n'));
    assert.deepEqual(Object.keys(schema.properties?.['drift']?.properties ?? {}).sort(), knownFields('drift: {nothing: 1}\n'));
    assert.deepEqual(Object.keys(schema.properties?.['commits']?.properties ?? {}).sort(), knownFields('commits: {nothing: 1}\n'));
    assert.deepEqual(Object.keys(schema.definitions?.['driftIgnore']?.properties ?? {}).sort(), knownFields('drift: {ignore: [{path: /a, nothing: 1}]}\n'));
  });

  it('takes as lists and maps what is read as such', () => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const types = [field.type ?? []].flat();
      const right = types.includes('array') ? '[]' : types.includes('object') ? '{}' : '"1.34"';
      assert.deepEqual(codesOf(`${name}: ${right}\n`), [], name);
      assert.notDeepEqual(codesOf(`${name}: ${types.includes('array') ? '{a: b}' : '[a]'}\n`), [], name);
      assert.deepEqual(codesOf(`${name}:\n`), [], `${name} without a value`);
    }
  });

  it('takes the names that a subject may have, and no other', () => {
    const { pattern } = schema.properties?.['commits']?.properties?.['subject'] ?? {};
    assert.ok(pattern !== undefined);
    for (const name of [...subjectWords, 'nme', '']) {
      const template = `deploy: {${name}}`;
      assert.equal(new RegExp(pattern).test(template), codesOf(`commits: {subject: '${template}'}\n`).length === 0, name);
    }
  });

  it('takes the severities that are read', () => {
    const { additionalProperties } = schema.properties?.['rules'] ?? {};
    assert.ok(typeof additionalProperties === 'object');
    for (const word of additionalProperties.enum ?? []) assert.deepEqual(codesOf(`rules: {a/b: ${String(word)}}\n`), [], String(word));
    assert.notDeepEqual(codesOf('rules: {a/b: fatal}\n'), []);
  });
});
