/** Every course of events that a rule stands against, by its name in test/mutation. */
import * as sides from "./exclusive/course.ts";
import * as pair from "./grant/story.ts";
import * as hub from "./hub-course.ts";
import type { Course } from "./told.ts";

export const COURSES: Readonly<Record<string, Course>> = {
	"a region cut off, at the edge of the clocks": pair.cutOffAtTheEdge,
	"renewals acknowledged late": pair.lateAnswers,
	"machines suspended": pair.suspended,
	"machines saved and restored": pair.saved,
	"a region lost, then the hub": pair.lostThenHub,
	"the hub wiped after a takeover": pair.wipedAfterTakeover,
	"both restart, one comes back": pair.oneComesBack,
	"the link cut, the hub wiped, an agent restarted": pair.wipedAndRestarted,
	"a region cut off from the hub": pair.southCutFromHub,
	"a region cut off from its twin": pair.southCutFromNorth,
	"the hub wiped without a link": pair.wipedWithoutLink,
	"a grant given back late": pair.lateReturn,
	"more offers than a renewal has room for": pair.manyOffers,
	"a region lost": sides.regionLost,
	"a side accepted late": sides.acceptedLate,
	"a move, with pods that run on unseen": sides.movedUnseen,
	"an offer of a side that is created anew": sides.offeredAndEmptied,
	"an offer read and not yet taken": sides.offeredInBoth,
	"a region emptied": sides.regionEmptied,
	"a process that hears nothing of its sides": sides.movedUnheard,
	"a move past a process that cannot read its sides": sides.movedBlind,
	"a region isolated": sides.isolated,
	"agents dead for a while": sides.agentsDead,
	"a seed without grants": hub.anySeed,
	"a deletion while a region is lost, without grants": hub.deletedWhileLost,
	"a region lost, without grants": hub.exclusiveLost,
};
