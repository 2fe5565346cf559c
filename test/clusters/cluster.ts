/**
 * A Kubernetes API that a test can start, lose and get back. Implemented by
 * real control planes (./real) and by the embedded one (./embedded), so that
 * one suite can run against both.
 */
export interface TestCluster {
	readonly name: string;
	/** https://host:port; the same for the whole life of the cluster. */
	readonly url: string;
	/** YAML or JSON text with embedded credentials of a cluster administrator. */
	readonly kubeconfig: string;
	/** As if the site burnt: silent at once, nothing is written any more. */
	die(): Promise<void>;
	/** Back with the same data at the same address; resolves when it answers. */
	revive(): Promise<void>;
	/** Ends it and removes everything it left. May be called twice, and when dead. */
	stop(): Promise<void>;
}
