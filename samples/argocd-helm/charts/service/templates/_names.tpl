{{/* The name of all objects of a service: that of its wrapper chart. */}}
{{- define "service.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What pods are selected by: never changes once it is deployed. */}}
{{- define "service.selectorLabels" -}}
app.kubernetes.io/name: {{ include "service.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of all objects of a service. */}}
{{- define "service.labels" -}}
{{ include "service.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.service.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The image with its tag; a chart without a tag is refused. */}}
{{- define "service.image" -}}
{{- $image := .Values.service.image -}}
{{ required "service.image.repository is missing" $image.repository }}:{{ required (printf "service.image.tag is missing: say which version of %s runs" .Chart.Name) $image.tag }}
{{- end -}}
