{{/* The Deployment of a service. */}}
{{- define "service.deployment" -}}
{{- $service := .Values.service -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "service.name" . }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  {{- if not $service.autoscaling.enabled }}
  replicas: {{ $service.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "service.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "service.selectorLabels" . | nindent 8 }}
      annotations:
        checksum/settings: {{ $service.settings | toYaml | sha256sum | trunc 16 | quote }}
        {{- with $service.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
      containers:
        - name: {{ include "service.name" . }}
          image: {{ include "service.image" . }}
          imagePullPolicy: {{ $service.image.pullPolicy }}
          ports:
            - name: http
              containerPort: {{ $service.port }}
          {{- if $service.settings }}
          envFrom:
            - configMapRef:
                name: {{ include "service.name" . }}-settings
          {{- end }}
          livenessProbe:
            httpGet:
              path: {{ $service.probes.live }}
              port: http
          readinessProbe:
            httpGet:
              path: {{ $service.probes.ready }}
              port: http
          resources:
            {{- toYaml $service.resources | nindent 12 }}
{{- end -}}
