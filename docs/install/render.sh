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
		"${HELM:-helm}" template twin-operator ../../charts/twin-operator --kube-version 1.36.0 \
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
render hub-managed.yaml \
	'The hub operator, which installs the agents of its regions too (`agent: Managed`), in the place of hub.yaml. ONE and OTHER, the names of the TwinClusters, SERVER (HOST:PORT of this API server, as the regions reach it) and GATE-IMAGE are to be replaced, and crds/ to be applied before it.' \
	"hub.enabled=true,hub.managed.regions={one-name,other-name},hub.managed.server=https://server-name,hub.managed.gateImage=gate@sha256:$(printf '%064d' 0)"
render region-managed.yaml \
	'A region with `agent: Managed`: the rights by which the hub installs the agent in it.' \
	hub.enabled=false,access.enabled=true,access.managed=true
render region-external.yaml \
	'A region with `agent: External`, without grants: the agent, and the rights by which the hub reaches it. REGION is to be replaced, and crds/twin-operator.dev_twinsides.yaml to be applied before it.' \
	hub.enabled=false,access.enabled=true,agent.enabled=true,agent.region=region-name
render region-exclusive.yaml \
	'A region for Exclusive services: as region-external.yaml, with the grant, the gate, and the rights of the twin. The hub takes this file too, for `agent: Managed`. REGION, TWIN, GATE-IMAGE, ADDRESS-1 and ADDRESS-2 are to be replaced, and crds/twin-operator.dev_twinsides.yaml to be applied before it.' \
	"hub.enabled=false,access.enabled=true,agent.enabled=true,agent.region=region-name,agent.twin=twin-name,agent.gate.image=gate@sha256:$(printf '%064d' 0),agent.gate.addresses={192.0.2.1,192.0.2.2}"
render witness.yaml \
	'On the hub, for Exclusive services: by what the agents of the regions ONE and OTHER, which are to be replaced, keep their grants there, and by what a hub elsewhere reads them.' \
	'hub.enabled=false,witness.regions={one-name,other-name}'
sed -i -e 's/region-name/REGION/g' -e 's/twin-name/TWIN/g' -e 's/one-name/ONE/g' -e 's/other-name/OTHER/g' \
	-e 's/gate@sha256:0*/GATE-IMAGE/' -e 's/192\.0\.2\.\([12]\)/ADDRESS-\1/g' \
	-e 's/server-name/SERVER/g' \
	hub-managed.yaml region-external.yaml region-exclusive.yaml witness.yaml
