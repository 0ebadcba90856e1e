{{/* The settings of a service as environment variables. */}}
{{- define "service.settings" -}}
{{- with .Values.service.settings -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "service.name" $ }}-settings
  labels:
    {{- include "service.labels" $ | nindent 4 }}
data:
  {{- range $name, $value := . }}
  {{ $name }}: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end -}}
