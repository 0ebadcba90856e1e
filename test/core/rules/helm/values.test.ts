import { undefinedValue } from '../../../../src/core/rules/helm/undefinedValue.js';
import { unusedValue } from '../../../../src/core/rules/helm/unusedValue.js';
import { checkRule } from '../../../support/rules/checkRule.js';

const chart = '#- chart/Chart.yaml\napiVersion: v2\nname: web\nversion: 0.1.0\n';

describe('helm/unused-value', () => {
  it('finds keys that no template reads, in values.yaml and beside it', () =>
    void checkRule(
      unusedValue,
      `${chart}#- chart/values.yaml
replicas: 1
image:
  tag: "1"
  pullPolicy: Always
# ^^^^^^^^^^ No template of the chart reads image.pullPolicy.
#- chart/values-prod.yaml
more:
  count: 1
  replica: 3
# ^^^^^^^ No template of the chart reads more.replica.
#- chart/templates/web.yaml
replicas: {{ .Values.replicas }}
more: {{ .Values.more.count }}
{{ with .Values.image }}tag: {{ .tag }}{{ end }}
`,
    ));

  it('says nothing of what is used as a whole, looped over, computed, global, or run as text', () =>
    void checkRule(
      unusedValue,
      `${chart}#- chart/values.yaml
resources:
  limits:
    cpu: 1
env:
  A: b
byName:
  web: 1
global:
  team: x
text: "{{ .Values.named }}"
named: 1
nested:
  port: 80
#- chart/templates/web.yaml
a: {{ toYaml .Values.resources }}
b: {{ range $key, $value := .Values.env }}{{ $key }}{{ end }}
c: {{ index .Values.byName .Release.Name }}
d: {{ tpl .Values.text . }}
e: {{ include "port" (dict "of" .Values.nested) }}
#- chart/templates/_port.tpl
{{ define "port" }}{{ .of.port }}{{ end }}
`,
    ));

  it('says nothing of a chart with a template that can’t be read, nor of a library', () => {
    checkRule(unusedValue, `${chart}#- chart/values.yaml\na: 1\n#- chart/templates/web.yaml\na: {{ .Values.\n`);
    checkRule(unusedValue, `${chart}type: library\n#- chart/values.yaml\na: 1\n`);
  });

  it('takes what conditions, tags and charts that are not there read for used', () =>
    void checkRule(
      unusedValue,
      `${chart}dependencies:
- name: redis
  version: 1.x.x
  repository: https://charts.example.com
  condition: cache.enabled
  tags: [data]
#- chart/values.yaml
cache:
  enabled: true
tags:
  data: true
redis:
  port: 1
#- chart/templates/web.yaml
a: 1
`,
    ));
});

describe('helm/undefined-value', () => {
  it('finds what nothing sets, at the name', () =>
    void checkRule(
      undefinedValue,
      `${chart}#- chart/values.yaml
image:
  tag: "1"
#- chart/templates/web.yaml
image: {{ .Values.image.version }}
#                       ^^^^^^^ Nothing sets image.version
`,
    ));

  it('says nothing where a template asks first, or an environment sets it', () =>
    void checkRule(
      undefinedValue,
      `${chart}#- chart/values.yaml
image:
  tag: "1"
#- chart/values-prod.yaml
image:
  digest: abc
#- chart/templates/web.yaml
a: {{ .Values.image.version | default "1" }}
b: {{ if .Values.image.name }}{{ .Values.image.name }}{{ end }}
c: {{ with .Values.port }}{{ . }}{{ end }}
d: {{ .Values.image.digest }}
e: {{ required "say it" .Values.image.registry }}
f: {{ dig "a" "b" "" .Values.image }}
`,
    ));
});
