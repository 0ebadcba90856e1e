/**
 * The grammars of Helm templates over real ones: every action is told from the YAML around it, wherever it stands, and the
 * YAML keeps its colors. Done with the engine that VS Code has, over a YAML grammar of tm-grammars.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { projectFolder } from '../support/projectFolder.js';

const require = createRequire(path.join(projectFolder, 'package.json'));
const syntaxes = path.join(projectFolder, 'syntaxes');

const files: Readonly<Record<string, string>> = {
  'source.helm': path.join(syntaxes, 'helm.tmLanguage.json'),
  'text.helm.notes': path.join(syntaxes, 'helm-notes.tmLanguage.json'),
  'source.go-template.helm': path.join(syntaxes, 'go-template.tmLanguage.json'),
  'source.yaml': require.resolve('tm-grammars/grammars/yaml.json'),
};

interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

async function loadGrammar(scope: string): Promise<IGrammar> {
  const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (name) => Promise.resolve(files[name] === undefined ? null : textmate.parseRawGrammar(fs.readFileSync(files[name], 'utf8'), files[name])),
  });
  const grammar = await registry.loadGrammar(scope);
  assert.ok(grammar);
  return grammar;
}

function tokenize(grammar: IGrammar, text: string): Token[] {
  let stack = textmate.INITIAL;
  return text.split('\n').flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return joinAlike(tokens.map(({ startIndex, endIndex, scopes }) => ({ text: line.slice(startIndex, endIndex), scopes })));
  });
}

/** Grammars of YAML take the first character of a word by itself. */
function joinAlike(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (last && /^\w+$/.test(last.text) && /^\w/.test(token.text) && last.scopes.at(-1) === token.scopes.at(-1))
      joined[joined.length - 1] = { ...token, text: last.text + token.text };
    else joined.push(token);
  }
  return joined;
}

describe('the grammars', () => {
  let helm: IGrammar;
  let notes: IGrammar;

  before(async () => {
    helm = await loadGrammar('source.helm');
    notes = await loadGrammar('text.helm.notes');
  });

  /** The scopes of the first token with this text, its own and those around it. */
  function scopesOf(grammar: IGrammar, text: string, word: string): string {
    const token = tokenize(grammar, text).find((each) => each.text.trim() === word);
    assert.ok(token, `${word} is no token of ${text}: ${JSON.stringify(tokenize(grammar, text).map((each) => each.text))}`);
    return token.scopes.join(' ');
  }

  const places = {
    'a plain value': 'name: {{ .Values.name }}',
    'a part of a plain value': 'name: web-{{ .Values.name }}-x',
    'a quoted value': 'name: "{{ .Values.name }}"',
    'a value in single quotes': "name: '{{ .Values.name }}'",
    'an item of a list': '- {{ .Values.name }}',
    'a field of an item': '- name: {{ .Values.name }}',
    'a key': '{{ .Values.name }}: value',
    'a part of a key': 'x-{{ .Values.name }}: value',
    'a line of its own': '  {{- with .Values.name }}',
    'a text over several lines': 'data: |\n  first {{ .Values.name }}\n  last',
    'a folded text': 'data: >-\n  first {{ .Values.name }}',
    'a flow list': 'args: ["--name={{ .Values.name }}", {{ .Values.name }}]',
    'a flow map': 'labels: { app: {{ .Values.name }} }',
    'a comment of YAML': '# {{ .Values.name }}',
    'a line that is nothing else': '{{ .Values.first }}:{{ .Values.name }}',
    'a value with a port': 'host: {{ .host }}:{{ .Values.name }}',
    'behind an anchor': 'a: &b {{ .Values.name }}',
  };

  for (const [place, text] of Object.entries(places)) {
    it(`knows an action in ${place}`, () => {
      const scopes = scopesOf(helm, text, 'Values');
      assert.match(scopes, /meta\.embedded\.inline\.go-template .*support\.variable\.go-template/);
      assert.match(scopesOf(helm, text, 'name'), /(variable\.other\.property\.go-template|entity\.name\.tag\.yaml)$/);
    });
  }

  it('goes on with YAML behind an action', () => {
    const text =
      'spec:\n  replicas: {{ .Values.replicas | default 2 }} # how many\n  paused: true\n  image: "a:{{ .b }}"\n  list:\n    {{- range .Values.list }}\n    - name: x\n    {{- end }}\n  last: 3';
    assert.match(scopesOf(helm, text, 'paused'), /entity\.name\.tag\.yaml/);
    assert.match(scopesOf(helm, text, 'true'), /constant\.language\.boolean\.yaml/);
    assert.match(scopesOf(helm, text, 'how many'), /comment\.line\.number-sign\.yaml/);
    assert.match(scopesOf(helm, text, 'last'), /entity\.name\.tag\.yaml/);
    assert.match(scopesOf(helm, text, '3'), /constant\.numeric\.integer\.yaml/);
  });

  it('tells the parts of an action', () => {
    const text =
      '{{- $name := include "web.name" (dict "a" 1.5e3 "b" `raw` "c" \'x\') | trunc -63 | quote -}}{{ if not nil }}{{ else }}{{ end }}{{/* a note */}}{{ printf "%s\\n" .x }}';
    const expected: Readonly<Record<string, string>> = {
      $: 'punctuation.definition.variable.go-template',
      ':=': 'keyword.operator.assignment.go-template',
      include: 'support.function.builtin.go-template',
      '"web.name"': 'entity.name.function.go-template',
      dict: 'support.function.go-template',
      '1.5e3': 'constant.numeric.go-template',
      raw: 'string.quoted.other.raw.go-template',
      "'x'": 'string.quoted.single.go-template',
      '|': 'keyword.operator.pipe.go-template',
      '-63': 'constant.numeric.go-template',
      if: 'keyword.control.go-template',
      else: 'keyword.control.go-template',
      nil: 'constant.language.go-template',
      'a note': 'comment.block.go-template',
      '%s': 'constant.other.placeholder.go-template',
      '\\n': 'constant.character.escape.go-template',
      '-}}': 'punctuation.section.embedded.end.go-template',
      '{{-': 'punctuation.section.embedded.begin.go-template',
    };
    for (const [word, scope] of Object.entries(expected)) assert.ok(scopesOf(helm, text, word).includes(scope), `${word}: ${scopesOf(helm, text, word)}`);
  });

  it('takes comments and actions over several lines', () => {
    const text = '{{- /*\nA note: with {{ braces }} in it\n*/ -}}\nname: x\ndata: {{ dict\n  "a" 1\n  "b" 2 | toYaml }}\nlast: y';
    assert.match(scopesOf(helm, text, 'A note: with {{ braces }} in it'), /comment\.block\.go-template$/);
    assert.match(scopesOf(helm, text, 'toYaml'), /support\.function\.go-template$/);
    assert.match(scopesOf(helm, text, 'last'), /entity\.name\.tag\.yaml/);
  });

  it('takes NOTES.txt for plain text with actions', () => {
    const text = "1. It's at http://{{ .Values.host }}: have a look\n{{- if .x }}\nkey: value\n{{- end }}";
    assert.match(scopesOf(notes, text, 'Values'), /support\.variable\.go-template$/);
    assert.equal(scopesOf(notes, text, 'key: value'), 'text.helm.notes');
  });

  const templates = fs
    .readdirSync(path.join(projectFolder, 'samples/argocd-helm'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /templates[\\/].*\.(yaml|tpl)$/.test(file))
    .sort();

  it('finds every action of the sample, and leaves none open', () => {
    assert.ok(templates.length > 20);
    for (const file of templates) {
      const text = fs.readFileSync(path.join(projectFolder, 'samples/argocd-helm', file), 'utf8');
      const tokens = tokenize(helm, text);
      const opened = tokens.filter(({ scopes }) => scopes.some((scope) => scope === 'punctuation.section.embedded.begin.go-template')).length;
      const closed = tokens.filter(({ scopes }) => scopes.some((scope) => scope === 'punctuation.section.embedded.end.go-template')).length;
      assert.deepEqual([opened, closed], [text.split('{{').length - 1, text.split('}}').length - 1], file);
    }
  });
});
