{{/*
One service in one environment.
Takes a dict: service (its name), environment (an entry of .Values.environments), root (the chart's own scope).
*/}}
{{- define "apps.application" -}}
{{- $name := printf "%s-%s" .service .environment.name -}}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {{ $name }}
  namespace: argocd
  labels:
    environment: {{ .environment.name }}
  finalizers:
    - resources-finalizer.argocd.argoproj.io
spec:
  project: quayside
  source:
    repoURL: {{ .root.Values.repoURL }}
    targetRevision: main
    path: charts/{{ .service }}
    helm:
      releaseName: {{ .service }}
      valueFiles:
        - values.yaml
        - values-{{ .environment.name }}.yaml
  destination:
    server: https://kubernetes.default.svc
    namespace: {{ $name }}
  syncPolicy:
    automated:
      prune: true
      selfHeal: {{ .environment.selfHeal }}
    syncOptions:
      - CreateNamespace=true
{{- end -}}
