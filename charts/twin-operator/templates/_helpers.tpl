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

{{/* A ServiceAccount with a token for another place, which lasts until the Secret is deleted. */}}
{{- define "twin-operator.token" -}}
{{ include "twin-operator.account" . }}
---
# A token that lasts until this Secret is deleted. The token controller fills it.
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata:
  name: twin-operator-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
  annotations:
    kubernetes.io/service-account.name: twin-operator-{{ .component }}
{{- end }}

{{/* A Deployment that passes the restricted Pod Security Standard. Replicas of
an agent are Deployments of their own, so that each has an address of its own. */}}
{{- define "twin-operator.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: twin-operator-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "twin-operator.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas | default 1 }}
  {{- if eq .command "hub" }}
  # One replica works, the others stand by: the new one is there before the old one ends.
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
  {{- else if .mounts }}
  # The new process holds the grant before the old one ends. Two at once do no harm.
  minReadySeconds: 10
  strategy:
    rollingUpdate:
      maxUnavailable: 0
  {{- else }}
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      {{- include "twin-operator.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "twin-operator.labels" . | nindent 8 }}
    spec:
      serviceAccountName: twin-operator-{{ .command }}
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
            - {{ .command }}
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
            {{- with .gatePort }}
            - name: gate
              containerPort: {{ . }}
            {{- end }}
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
          {{- with .mounts }}
          volumeMounts:
            {{- range . }}
            - name: {{ .name }}
              mountPath: /etc/twin-operator/{{ .name }}
              readOnly: true
            {{- end }}
      volumes:
        {{- range . }}
        - name: {{ .name }}
          secret:
            secretName: {{ .secret }}
        {{- end }}
      {{- end }}
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
      {{- if .root.Values.topologySpreadConstraints }}
      topologySpreadConstraints:
        {{- toYaml .root.Values.topologySpreadConstraints | nindent 8 }}
      {{- else if eq .command "hub" }}
      # Replicas should not be lost with one node or one zone; a hub with a single
      # node runs them all the same.
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels:
              {{- include "twin-operator.selector" $ | nindent 14 }}
        {{- end }}
      {{- end }}
      {{- if .root.Values.affinity }}
      affinity:
        {{- toYaml .root.Values.affinity | nindent 8 }}
      {{- else if .gatePort }}
      # Replicas that answer gates should not be lost with one node.
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels:
                    app.kubernetes.io/name: twin-operator
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

{{/* Binds the (Cluster)Role twin-operator-COMPONENT to the account of that name, or of another one. */}}
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
    name: twin-operator-{{ .account | default .component }}
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
