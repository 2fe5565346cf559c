/** The commands of `kubectl twin`, which `twin-operator` has too. */
export const COMMANDS: readonly string[] = [
	"status",
	"explain",
	"history",
	"clusters",
	"check",
	"switchover",
	"failover",
	"failback",
	"suspend",
	"resume",
	"register",
	"force",
	"restore-region",
	"restore-hub",
	"completion",
];
