/** The team's own words for subjects of commits, and how the settings say them. */
import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { messageOptions, nameOneOrCount, subjectWords, unknownSubjectWords, writeSubject, type SubjectWords } from '../../../src/core/gitops/commitSubject.js';
import { mergeSettings, readWorkspaceSettings, type WorkspaceSettings } from '../../../src/core/gitops/settings.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

const words: SubjectWords = {
  type: 'chore',
  change: 'update prod image to v2',
  app: 'orders',
  environments: 'prod',
  from: 'dev',
  to: 'prod',
  image: 'orders',
  version: 'v2',
};

function write(subject: string | undefined, skipCi = false, given: Partial<SubjectWords> = {}): string {
  return writeSubject('chore: own', { ...words, ...given }, { subject, skipCi });
}

function read(text: string): { readonly settings: WorkspaceSettings; readonly complaints: readonly (readonly [string, string])[] } {
  const source = new SourceText('/w/.gitops-workbench.yaml', text);
  const { settings, problems } = readWorkspaceSettings(parseYaml(source));
  const lines = text.split('\n');
  const textAt = ({ start, end }: (typeof problems)[number]['location']['range']): string =>
    lines[start.line]?.slice(start.character, start.line === end.line ? end.character : undefined) ?? '';
  return { settings, complaints: problems.map(({ code, location }) => [code, textAt(location.range)] as const) };
}

describe('the subject of a commit', () => {
  it('is our own without a template, and the filled template else', () => {
    assert.equal(write(undefined), 'chore: own');
    assert.equal(write('deploy({app}): {image} {version} to {to}, {to}'), 'deploy(orders): orders v2 to prod, prod');
    for (const name of subjectWords) assert.equal(write(`x {${name}}`), `x ${words[name]}`);
  });

  it('ends in [skip ci] once', () => {
    assert.equal(write(undefined, true), 'chore: own [skip ci]');
    assert.equal(write('{change}', true), 'update prod image to v2 [skip ci]');
    assert.equal(write('[skip ci] {change}', true), '[skip ci] update prod image to v2');
  });

  it('is one line that says something, whatever the names stand for', () => {
    assert.equal(write('to {version} of {image}', false, { version: '', image: ' a\nb ' }), 'to of a b');
    assert.equal(write('{version}', true, { version: '' }), 'chore: own [skip ci]');
    assert.equal(write('{app}', false, { app: '{change} $1' }), '{change} $1');
  });

  it('leaves braces alone that have no pair', () => {
    assert.deepEqual(unknownSubjectWords('a { b } } {app} {App} {'), ['{ b }', '{App}']);
    assert.equal(write('{ {app'), '{ {app');
  });

  it('names one, and counts several', () => {
    assert.deepEqual([nameOneOrCount([], 'images'), nameOneOrCount(['a', 'a'], 'images'), nameOneOrCount(['a', 'b'], 'images')], ['', 'a', '2 images']);
  });
});

describe('commits in the settings', () => {
  it('are read, with what is asked for before them', () => {
    const { settings, complaints } = read('commits:\n  subject: "{type}: {change}"\n  skipCi: true\n');
    assert.deepEqual(complaints, []);
    assert.deepEqual(settings.commits, { subject: '{type}: {change}', skipCi: true });
    assert.deepEqual(messageOptions(settings.commits), { subject: '{type}: {change}', skipCi: true });
    assert.equal(messageOptions(settings.commits, { skipCi: false }).skipCi, false);
    assert.equal(messageOptions(settings.commits, { skipCi: undefined }).skipCi, true);
    assert.deepEqual(messageOptions(read('').settings.commits), { subject: undefined, skipCi: false });
  });

  it('come from the first that says something', () => {
    const merged = mergeSettings(read('commits: {skipCi: false}').settings, read('commits: {skipCi: true, subject: x}').settings);
    assert.deepEqual(merged.commits, { subject: 'x', skipCi: false });
  });

  it('are refused at the name that there is not, and left out', () => {
    const { settings, complaints } = read('commits:\n  subject: "{nme} {app} {nme} {Version}"\n');
    assert.deepEqual(complaints, [
      ['settings/wrong-value', '{nme}'],
      ['settings/wrong-value', '{nme}'],
      ['settings/wrong-value', '{Version}'],
    ]);
    assert.equal(settings.commits.subject, undefined);
  });

  it('are refused where they are no line of text', () => {
    assert.deepEqual(read('commits: {subject: ""}').complaints, [['settings/wrong-value', '""']]);
    assert.deepEqual(read('commits: {subject: "a\\nb"}').complaints, [['settings/wrong-value', '"a\\nb"']]);
    assert.deepEqual(read('commits:\n  subject: {app}\n').complaints, [['settings/wrong-type', '{app}']]);
    assert.deepEqual(read('commits: {skipCi: maybe}').complaints, [['settings/wrong-type', 'maybe']]);
    assert.deepEqual(read('commits: {subject: x, body: y}').complaints, [['settings/unknown-field', 'body']]);
  });
});
