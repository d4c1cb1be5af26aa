{{- define "churn.labels" -}}
app.kubernetes.io/name: churn
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: churn
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}
{{- define "churn.selector" -}}
app.kubernetes.io/name: churn
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}
{{- define "churn.lakeClaim" -}}
{{ .Values.lake.existingClaim | default (printf "%s-lake" .Release.Name) }}
{{- end }}
