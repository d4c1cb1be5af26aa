{{/* Each of these takes (dict "root" $ "name" <service>). */}}
{{- define "churn.selector" -}}
app.kubernetes.io/name: churn
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "churn.labels" -}}
{{ include "churn.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: churn
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with (index .root.Values.services .name).labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of what belongs to no service. */}}
{{- define "churn.commonLabels" -}}
app.kubernetes.io/name: churn
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: churn
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* (dict "root" $ "name" <service> "kind" "deployment"): the name that the values give it, else release-service. */}}
{{- define "churn.objectName" -}}
{{- $names := (index .root.Values.services .name).names | default dict }}
{{- index $names .kind | default (printf "%s-%s" .root.Release.Name .name) }}
{{- end }}

{{/* The number of pods that the Deployment gives; none where a scaler decides. But what a release once gave, a later one must not take away:
Kubernetes reads a missing number as 1, until the scaler looks again. So a scaler that takes over begins with the pods that there are. */}}
{{- define "churn.replicas" -}}
{{- $service := index .root.Values.services .name }}
{{- $live := lookup "apps/v1" "Deployment" .root.Release.Namespace (include "churn.objectName" (merge (dict "kind" "deployment") .)) }}
{{- if eq $service.autoscaling.type "none" }}
{{- $service.replicas }}
{{- else if dig "metadata" "annotations" "churn/replicas" "" ($live | default dict) }}
{{- max (int $service.autoscaling.min) (int $live.spec.replicas) }}
{{- end }}
{{- end }}

{{- define "churn.servicePort" -}}
{{- $service := index .root.Values.services .name }}
{{- ($service.service | default dict).port | default $service.port }}
{{- end }}

{{/* Where a browser, or else a pod of the cluster, finds each service: what the page of control links. */}}
{{- define "churn.addresses" -}}
{{- range $name := list "inference" "ingestion" "batch" "training" "monitoring" }}
{{- $scope := dict "root" $ "name" $name }}
{{- $host := "" }}
{{- $scheme := "http" }}
{{- if $.Values.gateway.enabled }}{{ $host = get $.Values.gateway.hosts $name }}{{ end }}
{{- if $.Values.ingress.enabled }}
{{- with get $.Values.ingress.hosts $name }}{{ $host = . }}{{ $scheme = ternary "https" "http" (ne $.Values.ingress.tlsSecret "") }}{{ end }}
{{- end }}
{{- if or (not $host) (hasPrefix "*" $host) }}
{{- $host = printf "%s:%s" (include "churn.objectName" (merge (dict "kind" "service") $scope)) (include "churn.servicePort" $scope) }}
{{- $scheme = "http" }}
{{- end }}
CHURN_{{ upper $name }}_URL: {{ $scheme }}://{{ $host }}
{{- end }}
{{- end }}

{{- define "churn.image" -}}
{{ .root.Values.image.registry }}/{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "churn.lakeClaim" -}}
{{ .Values.lake.existingClaim | default (printf "%s-lake" .Release.Name) }}
{{- end }}

{{/* What the restricted Pod Security Standard asks of a pod. No service links: they would come as CHURN_..., which no service knows. */}}
{{- define "churn.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "churn.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
