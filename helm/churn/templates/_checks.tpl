{{/* What a schema cannot say of values, or only in words that lead nowhere (Helm misplaces a wrong name of a property). Each of these renders nothing, or ends the rendering with what is wrong and what to do. */}}

{{/* A quantity of Kubernetes as a number of cores or bytes. */}}
{{- define "churn.amount" -}}
{{- $number := regexFind "^[0-9.]+" . }}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 }}
{{- mulf (float64 $number) (get $units (trimPrefix $number .)) }}
{{- end }}

{{/* The longest name that this release gives must be one of Kubernetes. */}}
{{- define "churn.checkReleaseName" -}}
{{- $longest := "lake" }}
{{- $names := keys .Values.services | sortAlpha }}
{{- if .Values.migrations.enabled }}{{ $names = append $names "migrate-00000000" }}{{ end }}
{{- range $names }}{{ if gt (len .) (len $longest) }}{{ $longest = . }}{{ end }}{{ end }}
{{- $most := sub 62 (len $longest) | int }}
{{- if gt (len .Release.Name) $most }}
{{- fail (printf "the release name %s has %d characters: its object %s-%s would have more than the 63 that Kubernetes allows. Use a release name of at most %d." .Release.Name (len .Release.Name) .Release.Name $longest $most) }}
{{- end }}
{{- end }}

{{- define "churn.checkServiceName" -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" .name) }}
{{- fail (printf "services.%s: a service's name has lower case letters, digits and -, and begins with a letter. Rename it." .name) }}
{{- end }}
{{- if has .name (list "deny" "lake" "migrate") }}
{{- fail (printf "services.%s: the chart has an object of this name already. Rename it." .name) }}
{{- end }}
{{- end }}

{{/* (dict "at" <place in the values> "labels" <map>) */}}
{{- define "churn.checkLabels" -}}
{{- range $label, $value := .labels }}
{{- if hasPrefix "app.kubernetes.io/" $label }}
{{- fail (printf "%s: %s is given by the chart, which finds its pods by it. Take it out." $.at $label) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "churn.checkHosts" -}}
{{- $services := keys .Values.services | sortAlpha | join ", " }}
{{- range $kind := list "ingress" "gateway" }}
{{- range $name, $host := (get $.Values $kind).hosts }}
{{- if not (hasKey $.Values.services $name) }}
{{- fail (printf "%s.hosts.%s: there is no service %s to publish as %s. There are: %s." $kind $name $name $host $services) }}
{{- end }}
{{- if regexMatch "^[0-9.]+$" $host }}
{{- fail (printf "%s.hosts.%s: %s is an address, and only names are published. Give it a name." $kind $name $host) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "churn.checkDistinct" -}}
{{- range $kind := list "deployment" "service" "autoscaler" }}
{{- $taken := dict }}
{{- range $name := keys $.Values.services | sortAlpha }}
{{- if or (ne $kind "autoscaler") (ne (get $.Values.services $name).autoscaling.type "none") }}
{{- $given := include "churn.objectName" (dict "root" $ "name" $name "kind" $kind) }}
{{- if hasKey $taken $given }}
{{- fail (printf "services.%s and services.%s both give the %s %s. Give one another names.%s." (get $taken $given) $name $kind $given $kind) }}
{{- end }}
{{- $_ := set $taken $given $name }}
{{- end }}
{{- end }}
{{- end }}
{{- range $kind := list "ingress" "gateway" }}
{{- $taken := dict }}
{{- range $name, $host := (get $.Values $kind).hosts }}
{{- if hasKey $taken $host }}
{{- fail (printf "%s.hosts: %s is given to %s and to %s, and each would get every path. Give each a host." $kind $host (get $taken $host) $name) }}
{{- end }}
{{- $_ := set $taken $host $name }}
{{- end }}
{{- end }}
{{- end }}

{{/* Somebody must start the runs of the batch and lead them. */}}
{{- define "churn.checkCoordinator" -}}
{{- $roles := list }}
{{- range $name, $service := .Values.services }}
{{- if eq ($service.image | default $name) "batch" }}
{{- $own := get ($service.settings | default dict) "CHURN_BATCH_ROLE" }}
{{- $roles = append $roles ($own | default (get $.Values.settings "CHURN_BATCH_ROLE") | default "both") }}
{{- end }}
{{- end }}
{{- if and $roles (not (or (has "both" $roles) (has "coordinator" $roles))) }}
{{- fail "CHURN_BATCH_ROLE: every batch service is a worker, so nobody would start a run. Let one be coordinator or both." }}
{{- end }}
{{- end }}

{{- define "churn.checkLake" -}}
{{- $service := get .root.Values.services .name }}
{{- if and (not $service.lake) (has ($service.image | default .name) (list "ingestion" "batch" "training" "monitoring")) }}
{{- fail (printf "services.%s.lake: false, but %s works on the lake and does not start without. Set it to true." .name ($service.image | default .name)) }}
{{- end }}
{{- end }}

{{- define "churn.checkScaler" -}}
{{- with (get .root.Values.services .name).autoscaling }}
{{- if and (ne .type "none") (gt (int .min) (int .max)) }}
{{- fail (printf "services.%s.autoscaling: min %d is above max %d. Lower min or raise max." $.name (int .min) (int .max)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* (dict "at" <place in the values> "resources" <requests and limits>) */}}
{{- define "churn.checkResources" -}}
{{- range $kind, $request := .resources.requests }}
{{- with get $.resources.limits $kind }}
{{- if gt (include "churn.amount" $request | float64) (include "churn.amount" . | float64) }}
{{- fail (printf "%s.resources: the request of %s, %s, is above its limit, %s. Lower the request or raise the limit." $.at $kind $request .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* (dict "at" <place in the values> "settings" <map>). Five fields, or six with seconds; the batch service reads the rest of the grammar. */}}
{{- define "churn.checkSchedule" -}}
{{- with get (.settings | default dict) "CHURN_BATCH_SCHEDULE" }}
{{- $item := `(\*|%[1]s(-%[1]s)?)(/[1-9][0-9]?)?` }}
{{- $fields := list }}
{{- range list "[0-5]?[0-9]" "[0-5]?[0-9]" "([01]?[0-9]|2[0-3])" "(0?[1-9]|[12][0-9]|3[01]|L)" "(0?[1-9]|1[0-2]|[A-Z]{3})" "([0-7]|[A-Z]{3})(#[1-5L])?" }}
{{- $fields = append $fields (printf (printf "%s(,%s)*" $item $item) .) }}
{{- end }}
{{- if not (regexMatch (printf "(?i)^(%s +)?%s$" (first $fields) (rest $fields | join " +")) .) }}
{{- fail (printf "%s.CHURN_BATCH_SCHEDULE: %q is no cron pattern. Give minute, hour, day, month and weekday in UTC, such as \"0 2 * * *\"." $.at .) }}
{{- end }}
{{- end }}
{{- end }}
