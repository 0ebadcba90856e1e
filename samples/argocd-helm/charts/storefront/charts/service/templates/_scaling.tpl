{{/* The autoscaler and the disruption budget, where a service scales by itself. */}}
{{- define "service.scaling" -}}
{{- with .Values.service.autoscaling }}
{{- if .enabled -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "service.name" $ }}
  labels:
    {{- include "service.labels" $ | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "service.name" $ }}
  minReplicas: {{ .minimum }}
  maxReplicas: {{ .maximum }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .cpuPercent }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "service.name" $ }}
  labels:
    {{- include "service.labels" $ | nindent 4 }}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      {{- include "service.selectorLabels" $ | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}
