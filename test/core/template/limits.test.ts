import assert from 'node:assert/strict';
import { cryptography } from '../../../src/adapters/charts/certificates.js';
import { SourceText } from '../../../src/core/base/source.js';
import { valueOfData } from '../../../src/core/template/data.js';
import { defaultBudget } from '../../../src/core/template/evaluate.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { sprigFunctions } from '../../../src/core/template/functions/sprig.js';
import { rememberSecrets } from '../../../src/core/template/cryptography.js';
import { argocdFunctions } from '../../../src/core/template/functions/argocd.js';
import { parseTemplate } from '../../../src/core/template/parse/parser.js';
import { renderText } from '../../../src/core/template/renderTemplate.js';

function errorOf(text: string, budget = defaultBudget): { readonly message: string; readonly kind: string } {
  const result = renderText(text, valueOfData({ list: [1, 2, 3] }), helmFunctions, { name: 't', budget });
  assert('error' in result, `${text} was rendered`);
  return result.error;
}

describe('limits of templates', () => {
  it('stop templates that call themselves', () => {
    assert.equal(errorOf('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}').kind, 'budget');
    assert.equal(errorOf('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}').kind, 'budget');
    assert.equal(
      errorOf('{{ define "a" }}{{ if true }}{{ with . }}{{ range $.list }}{{ include "a" $ | indent 1 }}{{ end }}{{ end }}{{ end }}{{ end }}{{ include "a" . }}').kind,
      'budget',
    );
    assert.equal(errorOf(`{{ define "a" }}{{ tpl "{{ include \\"a\\" . }}" . }}{{ end }}{{ include "a" . }}`).kind, 'budget');
  });

  it('stop loops and texts that grow beyond all use', () => {
    assert.equal(errorOf('{{ range 1000000000 }}{{ end }}').kind, 'budget');
    assert.equal(errorOf('{{ range 100000 }}{{ range 100000 }}x{{ end }}{{ end }}').kind, 'budget');
    assert.equal(errorOf('{{ until 1000000000 }}').kind, 'budget');
    assert.equal(errorOf('{{ repeat 1000000000 "abc" }}').kind, 'budget');
    assert.equal(errorOf('{{ $x := "abcdefgh" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}').kind, 'budget');
  });

  it('end for values that hold themselves', () => {
    for (const show of ['$d', 'toYaml $d', 'toJson $d', 'deepCopy $d | len', 'merge $d $d | len', 'printf "%#v" $d', 'deepEqual $d $d', 'printf "%s" $d']) {
      const result = renderText(`{{ $d := dict "a" 1 }}{{ $_ := set $d "b" $d }}{{ $_ := set $d "c" $d }}{{ ${show} }}`, undefined, helmFunctions, {});
      assert('text' in result ? result.text.length < 60_000_000 : result.error.message.length < 100_000, show);
    }
  });

  const grown = '{{ $x := dict "a" 1 }}{{ $y := dict "a" 1 }}{{ range 60 }}{{ $x = dict "a" $x "b" $x }}{{ $y = dict "a" $y "b" $y }}{{ end }}';
  const greedy: readonly (readonly [string, string])[] = [
    ['a list of a billion numbers', '{{ until 1000000000 | len }}{{ seq 1 1000000000 }}'],
    ['a loop of a billion turns', '{{ range 1000000000 }}{{ end }}'],
    ['a text of a billion characters', '{{ repeat 1000000000 "x" }}'],
    ['an indentation of a billion blanks', '{{ indent 1000000000 "a" }}'],
    ['a random text of a billion characters', '{{ randAlphaNum 1000000000 }}'],
    ['texts that double', '{{ $x := "abcdefgh" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}'],
    ['texts that are replaced by longer ones', '{{ $x := "aaaaaaaa" }}{{ range 40 }}{{ $x = replace "a" "aaaaaaaa" $x }}{{ end }}'],
    ['templates that are values and call themselves', '{{ $d := dict }}{{ $_ := set $d "t" "{{ tpl .t . }}" }}{{ tpl $d.t $d }}'],
    ['templates that include each other', '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . | indent 2 }}{{ end }}{{ include "a" . }}'],
    ['values in TOML that double', `${grown}{{ toToml $x }}`],
    ['values in indented YAML that double', `${grown}{{ toYamlPretty $x }}`],
    ['keys without end', '{{ range until 100000 }}{{ $_ := genPrivateKey "ecdsa" }}{{ end }}'],
  ];
  for (const [what, text] of greedy) {
    it(`stop ${what}`, () => {
      const result = renderText(text, undefined, helmFunctions, { cryptography: rememberSecrets(cryptography) });
      assert('error' in result && result.error.kind === 'budget', 'error' in result ? result.error.message.slice(-200) : 'it rendered');
    });
  }

  const bearable: readonly (readonly [string, string, string])[] = [
    ['a width beyond what Go takes', '{{ printf "%1000000000d" 1 }}', '%!(NOVERB)%!(EXTRA int=1)'],
    ['values that double, compared', `${grown}{{ deepEqual $x $y }}`, 'true'],
    ['values that double, merged', `${grown}{{ merge $x $y | len }}`, '2'],
    ['values that double, printed', `${grown}{{ printf "%#v" $x }}`, '...'],
    ['a pattern that is slow where one goes back', '{{ regexMatch "(a*)*b" (repeat 20000 "a") }}', 'false'],
    [
      'aliases of aliases',
      '{{ (fromYaml "a: &a [x,x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]").Error | empty }}',
      'false',
    ],
  ];
  for (const [what, text, expected] of bearable) {
    it(`bear ${what}`, () => {
      const result = renderText(text, undefined, helmFunctions, {});
      assert.equal('text' in result ? result.text : result.error.message, expected);
    });
  }

  it('count the depth that is allowed', () => {
    const nested = '{{ define "a" }}{{ if gt . 0.0 }}x{{ template "a" (subf . 1) }}{{ end }}{{ end }}{{ template "a" 100.0 }}';
    const result = renderText(nested, undefined, sprigFunctions, {});
    assert('text' in result && result.text === 'x'.repeat(100), 'error' in result ? result.error.message : '');
    assert.equal(errorOf(nested, { ...defaultBudget, depth: 50 }).kind, 'budget');
  });
});

describe('what is not supported', () => {
  it('is refused by name: ciphers where whoever renders has none, and what is missing here', () => {
    for (const call of ['genPrivateKey "rsa"', 'genCA "x" 365', 'derivePassword 1 "long" "a" "b" "c"', 'dateInZone "MST" 0 "Europe/Berlin"']) {
      const error = errorOf(`{{ ${call} }}`);
      assert.equal(error.kind, 'unsupported', error.message);
    }
  });
});

describe('tables of functions', () => {
  it('describe every function by itself', () => {
    for (const table of [helmFunctions, argocdFunctions]) {
      for (const [name, { signature, summary, ...each }] of table) {
        assert.equal(each.name, name);
        assert.equal(signature.split(' ')[0], name);
        assert.match(summary, /^[A-Z].*\.$/, name);
      }
    }
  });

  it('have what Helm and Argo CD have', () => {
    assert(!helmFunctions.has('env') && !argocdFunctions.has('env') && !argocdFunctions.has('getHostByName') && !argocdFunctions.has('include'));
    for (const name of ['include', 'tpl', 'required', 'lookup', 'toToml', 'fromYamlArray']) assert(helmFunctions.has(name), name);
    for (const name of ['normalize', 'slugify', 'toYaml', 'regexReplaceAll']) assert(argocdFunctions.has(name), name);
  });
});

describe('reading a template that is being written', () => {
  const read = (text: string): ReturnType<typeof parseTemplate> => parseTemplate(new SourceText('/a.yaml', text), 'a.yaml', { tolerant: true });

  it('goes on behind a mistake', () => {
    const parsed = read('a: {{ .Values. }}\nb: {{ .Values.b }}\n{{ if }}c{{ end }}\n{{ include "x" . }}\n{{ range $i := .l }}{{ $ }}{{ end }}');
    assert.deepEqual(
      parsed.errors.map(({ reason }) => reason),
      ['unexpected <.> in operand', 'missing value for if'],
    );
    const kinds = parsed.trees.get('a.yaml')?.root.nodes.map(({ kind }) => kind);
    assert.deepEqual(
      kinds?.filter((kind) => kind !== 'text'),
      ['action', 'action', 'if', 'action', 'range'],
    );
  });

  it('keeps what is open at the end', () => {
    const parsed = read('{{ define "a" }}x{{ .y }}{{ if .z }}{{ .deep');
    const tree = parsed.trees.get('a');
    assert.deepEqual(
      tree?.root.nodes.map(({ kind }) => kind),
      ['text', 'action', 'if'],
    );
    assert(parsed.errors.length > 0);
  });

  it('ends for any cut of a text', () => {
    const text =
      '{{ define "a" }}{{- range $i, $x := .l }}{{ if and (eq $i 1) .y }}{{ "q" | quote }}{{ else }}{{/* c */}}{{ end }}{{ end -}}{{ end }}{{ block "b" . }}{{ with .z }}{{ end }}{{ end }}';
    for (let at = 0; at <= text.length; at++) {
      assert(read(text.slice(0, at)));
      assert(read(text.slice(at)));
      assert(read(text.slice(0, at) + text.slice(at + 3)));
    }
  });
});
