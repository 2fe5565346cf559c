{{- define "twin-operator.labels" -}}
app.kubernetes.io/name: twin-operator
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "twin-operator.selector" -}}
app.kubernetes.io/name: twin-operator
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Rules with the comments that say what needs them. */}}
{{- define "twin-operator.carryingOut" -}}
{{ .Files.Get "files/rules/carrying-out.yaml" }}
{{- with .Values.extraRules }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A Deployment that passes the restricted Pod Security Standard. */}}
{{- define "twin-operator.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: twin-operator-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
spec:
  # One process. Two at once do no harm, but there is no use in them yet.
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      {{- include "twin-operator.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "twin-operator.labels" . | nindent 8 }}
    spec:
      serviceAccountName: twin-operator-{{ .component }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: twin-operator
          image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args:
            - {{ .component }}
            {{- range .args }}
            - {{ . | quote }}
            {{- end }}
            - --installation={{ .root.Values.installation }}
            - --namespace={{ .root.Release.Namespace }}
            - --http-port={{ .root.Values.httpPort }}
            - --log-level={{ .root.Values.logLevel }}
          ports:
            - name: http
              containerPort: {{ .root.Values.httpPort }}
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
            periodSeconds: 5
            timeoutSeconds: 5
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          resources:
            {{- toYaml .resources | nindent 12 }}
      {{- with .root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}

{{- define "twin-operator.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: twin-operator-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
{{- end }}

{{/* Binds the (Cluster)Role twin-operator-COMPONENT to the account of that name. */}}
{{- define "twin-operator.binding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}Binding
metadata:
  name: twin-operator-{{ .component }}
  {{- if eq .kind "Role" }}
  namespace: {{ .root.Release.Namespace }}
  {{- end }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: twin-operator-{{ .component }}
subjects:
  - kind: ServiceAccount
    name: twin-operator-{{ .component }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}

{{/* Head of the (Cluster)Role twin-operator-COMPONENT; the rules follow. */}}
{{- define "twin-operator.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}
metadata:
  name: twin-operator-{{ .component }}
  {{- if eq .kind "Role" }}
  namespace: {{ .root.Release.Namespace }}
  {{- end }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
rules:
{{- end }}
