/** What keeps a part of a side from being as it should be. */

/** What the API server answered to the last write of an object. */
export interface Said {
	readonly reason:
		| "Refused"
		| "AlreadyExists"
		| "BeingDeleted"
		| "TargetMissing"
		| "WriteUnknown";
	readonly message: string;
}

/** Something that keeps a part from being applied. */
export interface Problem {
	readonly reason:
		| Said["reason"]
		| "KindNotServed"
		| "Unreadable"
		| "EpochAhead"
		| "GateImpossible"
		| "GateTooSlow"
		| "GraceTooLong"
		| "WrongRegion";
	readonly message: string;
}
