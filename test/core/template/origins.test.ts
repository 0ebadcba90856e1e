import assert from 'node:assert/strict';
import { cryptography } from '../../../src/adapters/charts/certificates.js';
import { SourceText } from '../../../src/core/base/source.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { valueOfNode } from '../../../src/core/template/data.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { parseTemplate } from '../../../src/core/template/parse/parser.js';
import { renderTemplate, type RenderedTemplate } from '../../../src/core/template/renderTemplate.js';
import type { Span } from '../../../src/core/template/values.js';

const values = `image:
  repository: nginx
  tag: 1.25
labels:
  team: blue
  note: "it's: quoted"
replicas: 3
text: |
  one
  two
password: s3cret
`;

const root = parseYaml(new SourceText('/values.yaml', values)).documents[0]?.root;

function render(files: Readonly<Record<string, string>>, name: string): RenderedTemplate {
  assert(root);
  const known = new Set(helmFunctions.keys());
  const templates = Object.entries(files).map(([file, text]) => parseTemplate(new SourceText(`/${file}`, text), file, { functions: known }));
  const result = renderTemplate({ templates, name, data: valueOfNode(root), functions: helmFunctions, options: { seed: 7, cryptography } });
  assert(!('error' in result), 'error' in result ? result.error.message : '');
  return result;
}

/** The span that covers the first place of `part` in the output. */
function spanOf({ text, spans }: RenderedTemplate, part: string): Span {
  const at = text.indexOf(part);
  assert(at >= 0, `${part} is not in ${text}`);
  const span = spans.find(({ start, end }) => start <= at && end > at);
  assert(span);
  return span;
}

/** The line of the values that a part comes from. */
function valuesLine(result: RenderedTemplate, part: string): string {
  const { node } = spanOf(result, part);
  assert(node, `${part} has no origin`);
  return values.split('\n')[node.source.lineAt(node.start)] ?? '';
}

/** The actions from the one that wrote a part outwards, as `file:line`. */
function callStack(result: RenderedTemplate, part: string): readonly string[] {
  const stack: string[] = [];
  for (let { site } = spanOf(result, part); site; site = site.caller) stack.push(`${site.tree.fileName}:${site.tree.source.lineAt(site.node.start) + 1}`);
  return stack;
}

describe('origins through templates', () => {
  it('lead from a value to its node', () => {
    const result = render({ 'a.yaml': 'image: "{{ .image.repository }}:{{ .image.tag }}"\nreplicas: {{ .replicas }}\n' }, 'a.yaml');
    assert.equal(result.text, 'image: "nginx:1.25"\nreplicas: 3\n');
    assert.equal(valuesLine(result, 'nginx'), '  repository: nginx');
    assert.equal(valuesLine(result, '1.25'), '  tag: 1.25');
    assert.equal(valuesLine(result, '3'), 'replicas: 3');
    assert.equal(spanOf(result, 'image').node, undefined);
  });

  it('cover every part of the text, in order', () => {
    const { text, spans } = render({ 'a.yaml': 'a: {{ toYaml . | nindent 2 }}\nb: {{ .text | upper | quote }}{{ range $k, $v := .labels }}{{ $k }}={{ $v }};{{ end }}' }, 'a.yaml');
    let at = 0;
    for (const span of spans) {
      assert.equal(span.start, at);
      assert(span.end > span.start && span.site);
      at = span.end;
    }
    assert.equal(at, text.length);
  });

  it('survive toYaml, indentation, quotes and joining, for each field', () => {
    const result = render(
      {
        'a.yaml':
          '{{ toYaml .labels | indent 4 | trim | nindent 2 }}\n{{ .password | quote }} {{ printf "%s-%d!" .image.repository (int .replicas) }} {{ default "x" .image.tag }} {{ list .password "z" | join "," }}',
      },
      'a.yaml',
    );
    assert.equal(valuesLine(result, 'blue'), '  team: blue');
    assert.equal(valuesLine(result, 'team'), '  team: blue');
    assert.equal(valuesLine(result, "it''s: quoted"), '  note: "it\'s: quoted"');
    assert.equal(valuesLine(result, 's3cret'), 'password: s3cret');
    assert.equal(valuesLine(result, 'nginx-3!'), '  repository: nginx');
    assert.equal(valuesLine(result, '3!'), 'replicas: 3');
    assert.equal(valuesLine(result, '1.25'), '  tag: 1.25');
    assert.equal(valuesLine(result, 's3cret,z'), 'password: s3cret');
  });

  it('tell an encoded value from one that stands there as it is', () => {
    const result = render({ 'a.yaml': '{{ .password | b64enc }} {{ .password }}' }, 'a.yaml');
    assert.equal(valuesLine(result, 'czNjcmV0'), 'password: s3cret');
    assert.equal(spanOf(result, 'czNjcmV0').isExact, false);
    assert.equal(spanOf(result, 's3cret').isExact, true);
  });

  it('lead through fromYaml and tpl back to the value', () => {
    const result = render({ 'a.yaml': '{{ (fromYaml (toYaml .)).labels.team }} {{ tpl "<{{ .password }}>" . }}' }, 'a.yaml');
    assert.equal(valuesLine(result, 'blue'), '  team: blue');
    assert.equal(valuesLine(result, 's3cret'), 'password: s3cret');
  });

  it('know the calls that a part came through, include by include', () => {
    const files = {
      '_helpers.tpl': '{{ define "inner" }}\nteam: {{ .labels.team }}{{ end }}\n{{ define "outer" }}\n\n{{ include "inner" . | nindent 2 }}{{ end }}',
      'a.yaml': 'x:\n{{ include "outer" . | indent 2 }}\n{{ template "inner" . }}',
    };
    const result = render(files, 'a.yaml');
    assert.deepEqual(callStack(result, 'blue'), ['_helpers.tpl:2', '_helpers.tpl:5', 'a.yaml:2']);
    assert.equal(valuesLine(result, 'blue'), '  team: blue');
    const last = { text: result.text, spans: result.spans.filter((span) => span.start >= result.text.lastIndexOf('team')) };
    assert.deepEqual(callStack({ ...last, text: ' '.repeat(result.text.lastIndexOf('blue')) + 'blue' }, 'blue'), ['_helpers.tpl:2', 'a.yaml:3']);
  });

  it('mark what is random as generated, and the same seed gives the same text', () => {
    const files = { 'a.yaml': 'k: {{ randAlphaNum 10 | b64enc }} {{ uuidv4 }} {{ .password }}' };
    const [first, second] = [render(files, 'a.yaml'), render(files, 'a.yaml')];
    assert.equal(first.text, second.text);
    assert.equal(first.spans.filter((span) => span.isGenerated === true).length, 2);
    assert(spanOf(first, 's3cret').isGenerated !== true);
  });

  it('keep values that set changed apart from the files', () => {
    const result = render({ 'a.yaml': '{{ $_ := set .labels "team" "red" }}{{ .labels.team }}{{ .labels.note }}' }, 'a.yaml');
    assert.equal(spanOf(result, 'red').node, undefined);
    assert.equal(valuesLine(result, "it's"), '  note: "it\'s: quoted"');
  });
});

describe('what was generated', () => {
  const generated = (template: string): readonly boolean[] => {
    const { spans, text } = render({ 'a.yaml': template }, 'a.yaml');
    return spans.filter(({ start, end }) => !/^[\s\w:=-]*$/.test(text.slice(start, end)) || end - start > 7).map((span) => span.isGenerated === true);
  };

  it('is marked wherever it goes', () => {
    const random = '(randAlphaNum 40)';
    const ways = `b64enc ${random}|b64enc ${random} \\| b64dec|printf "%s" ${random}|printf "%-60q" ${random}|print ${random}|quote ${random}|squote ${random}|upper ${random}|sha256sum ${random}
      |trunc 20 ${random}|substr 2 30 ${random}|replace "a" "b" ${random}|regexReplaceAll "[a-c]" ${random} "x"|toYaml (dict "a" ${random})|toJson (dict "a" ${random})|toPrettyJson (list ${random})
      |toToml (dict "a" ${random})|(fromYaml (toYaml (dict "a" ${random}))).a|indent 4 ${random}|nindent 4 ${random}|cat ${random}|join "," (list ${random})
      |tpl ${random} .|default ${random} ""|coalesce "" ${random}|ternary ${random} "" true|first (list ${random})|(list ${random}) \\| last|splitList "q" ${random} \\| join "q"|repeat 2 ${random}|trim ${random}|shuffle "abcdefghijklmnop"
      |htpasswd "a" "b"|bcrypt "a"|uuidv4|randBytes 20|randInt 10000000000 90000000000|toYaml (randInt 10000000000 90000000000)|toString (randInt 10000000000 90000000000)|quote (randInt 10000000000 90000000000)
      |encryptAES "k" "some text"|genPrivateKey "ecdsa"|(genCA "x" 1).Cert|genCA "x" 1 \\| toYaml|(genCA "x" 1).Key \\| b64enc|derivePassword 1 "long" ${random} "u" "s"|adler32sum ${random} \\| repeat 3|now \\| date "2006-01-02"|now|toYaml now
      |urlquery ${random}|html ${random}|js ${random}|b32enc ${random}|title ${random}|camelcase ${random}|abbrev 20 ${random}|wrap 10 ${random}|trimSuffix "a" ${random}|regexFind "[A-Z].*" ${random}|regexSplit "q" ${random} -1 \\| join "q"
      |sortAlpha (list ${random}) \\| first|uniq (list ${random}) \\| first|dict "a" ${random} \\| values \\| first|merge (dict) (dict "a" ${random}) \\| toJson|set (dict) "a" ${random} \\| toYaml|get (dict "a" ${random}) "a"|dig "a" "" (dict "a" ${random})
      |toRawJson ${random}|println ${random}|snakecase ${random}|kebabcase ${random}|swapcase ${random}|untitle ${random}|nospace ${random}|sha1sum ${random}|sha512sum ${random}|urlJoin (dict "host" ${random})|urlParse (print "http://" ${random}) \\| toJson`;
    for (const way of ways.split(/(?<!\\)\|\s*/).map((each) => each.replaceAll('\\|', '|').trim())) {
      const found = generated(`{{ ${way} }}`);
      assert(found.length > 0 && found.includes(true), way);
    }
  });

  it('is told from what was not', () => {
    assert.deepEqual(generated('a: {{ .password }}-----{{ .image.repository | sha256sum }}'), [false]);
  });
});
