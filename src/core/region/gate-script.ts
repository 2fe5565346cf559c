/**
 * What runs in the container `twin-gate`, first in every gated pod: a POSIX
 * shell script for an image that has sh, wget, timeout, head, mv, rm and sleep
 * (busybox). It is text in the pod template, so that whoever looks at a pod
 * reads what holds it.
 *
 * - A yes counts from before the question was sent: the agent's proof may end
 *   right after its answer.
 * - All agents are asked at once, each for a second at most, and nobody waits
 *   for them: one yes is enough, and what is slow, or hangs, delays nothing:
 *   a loop that waited for its questions would end a second later.
 * - Time is /proc/uptime: it counts suspend, and nobody sets it.
 * - The moment of the last yes is kept in a volume of the pod. The startup
 *   probe looks for that file instead of asking by itself: a probe with a yes
 *   of its own would let the application start behind a gate that has not had
 *   one, and that therefore counts nothing. A gate that was restarted alone
 *   goes on counting from it.
 *   A yes that was under way when the gate ended may bring the file back: it is
 *   as good, and the next gate counts from it.
 * - A gate that kills does not leave: it goes on until the kubelet ends it. The
 *   kubelet looks at the gate before it starts an application, not while:
 *   frozen, or pulling an image, it carries that start out whenever it can, and
 *   behind a gate that had left the application ran for 3 s beside its twin.
 *   Now it is killed within 50 ms, and its end, by the rule it carries, puts the
 *   pod back behind the gate. Leaving once nothing was found to kill for a while
 *   was rejected: that is just how a frozen kubelet looks from inside.
 * - The file stays meanwhile, marked as too old: a kubelet that looks for it
 *   only now would wait for it for ever, and the gate for the kubelet. The kills
 *   reach its probe too: one that takes longer than the pause between two fails,
 *   and is asked again a second later. On a very busy node that may last.
 * - A gate that finds a yes too old when it starts leaves after two kills: the
 *   kubelet has just started it, so that it carries out no other start.
 * - It kills before it says so and before it starts any program: neither a full
 *   log nor a pod that can start none may hold that up. Later kills are silent,
 *   since a log that nobody reads would stop them. Where sleep takes whole
 *   seconds only it needs usleep; with neither it kills without a pause.
 * - In the form Exit nobody kills a start that was under way: it lives until the
 *   kubelet has seen the gate's end, about 3 s, and a frozen kubelet stops
 *   nothing at all. To stay would not help there: all that the kubelet sees is
 *   the gate's end.
 * - On SIGTERM it ends with 0: the pod of a Job is complete then, and must not
 *   be started again by the rule for this container. It kills first, once: the
 *   kubelet ends the gate when the applications have ended or their grace is
 *   over, and one that only its runtime was still to kill ran on behind a gate
 *   that had left, for as long as the runtime was frozen. While it kills it ends with
 *   1 and takes the file along: the rule shall apply, since a gate that came
 *   back alone would not know what it has to stop.
 */
export const GATE_FILE = "/run/twin-gate/open";

/** Reads TWIN_GATE_URLS, TWIN_GATE_SECONDS and TWIN_GATE_FORM. */
export const GATE_SCRIPT = `set -fu
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
file=${GATE_FILE} limit=$((TWIN_GATE_SECONDS * 100))
last= now= passed=

clock() { # in hundredths of a second
  read -r up rest </proc/uptime && now=$((\${up%.*} * 100 + 1\${up#*.} - 100))
}
ask() { # one agent; notes when a question was sent that was answered yes
  [ "$(timeout 1 wget -q -O - "$1" | head -c 8)" = yes ] || return
  echo "$now" >"$file.$2" && mv "$file.$2" "$file"
}
ask_all() { # nobody waits for them: what is slow delays nothing
  at=0
  for url in $TWIN_GATE_URLS; do
    at=$((at + 1))
    ask "$url" $at &
  done
}
stop() {
  trap 'rm -f "$file"; exit 1' TERM
  trap '' PIPE
  [ "$TWIN_GATE_FORM" = Kill ] && kill -9 -1 2>/dev/null
  echo "no yes from an agent for $TWIN_GATE_SECONDS s: this pod is stopped until there is one"
  [ "$TWIN_GATE_FORM" = Kill ] && [ -n "$passed" ] && kill_on
  rm -f "$file"
  [ "$TWIN_GATE_FORM" = Kill ] && sleep 1 && kill -9 -1
  exit 1
}
kill_on() {
  echo 0 >"$file"
  while :; do
    kill -9 -1
    sleep 0.05 || usleep 50000
  done 2>/dev/null
}
check() {
  clock || stop
  [ -e "$file" ] || { [ -z "$last" ] && return; stop; }
  read -r last <"$file" || stop
  case $last in '' | *[!0-9]*) stop ;; esac
  [ $((now - last)) -ge 0 ] && [ $((now - last)) -lt $limit ] || stop
  passed=yes
}

leave() {
  [ "$TWIN_GATE_FORM" = Kill ] && kill -9 -1 2>/dev/null
  exit 0
}

trap leave TERM
while :; do
  check
  (ask_all 2>/dev/null)
  sleep 1
done
`;

/** The startup probe: the application may start when the gate has had a yes. */
export const GATE_PROBE: readonly string[] = [
	"/bin/sh",
	"-c",
	`[ -s ${GATE_FILE} ]`,
];
