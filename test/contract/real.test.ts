import { afterAll } from "vitest";
import { closeRun, startCluster } from "../clusters/real/cluster.ts";
import { over } from "./over.ts";
import { contract } from "./suite.ts";

contract("real", async () => over(await startCluster({ name: "contract" })));

afterAll(closeRun);
