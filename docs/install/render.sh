#!/bin/sh
# Writes the manifests for kubectl in this directory anew from the chart.
# Needs helm on the path, or its path in HELM.
set -eu
cd "$(dirname "$0")"

render() { # FILE HEAD VALUES
	{
		printf '# %s\n# Written by docs/install/render.sh from charts/twin-operator.\n' "$2"
		cat <<-END
			apiVersion: v1
			kind: Namespace
			metadata:
			  name: twin-operator-system
			  labels:
			    pod-security.kubernetes.io/enforce: restricted
		END
		"${HELM:-helm}" template twin-operator ../../charts/twin-operator \
			--namespace twin-operator-system --set crds.install=false --set "$3" |
			sed -e '/^# Source: /d' -e '/managed-by: Helm$/d' \
				-e '/app.kubernetes.io\/instance: /d' -e '/^ *$/d'
	} >"$1.new"
	mv "$1.new" "$1"
}

render hub.yaml \
	'The hub operator. Apply crds/ before it.' \
	hub.enabled=true
render region.yaml \
	'A region with `agent: None`: the rights by which the hub does all of the work in it.' \
	hub.enabled=false,access.enabled=true
render region-external.yaml \
	'A region with `agent: External`: the agent, and the rights by which the hub reaches it. REGION is to be replaced, and crds/twin-operator.dev_twinsides.yaml to be applied before it.' \
	hub.enabled=false,access.enabled=true,agent.enabled=true,agent.region=region-name
sed -i 's/--region=region-name/--region=REGION/' region-external.yaml
