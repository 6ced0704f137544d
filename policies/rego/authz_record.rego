package authz

import data.facts

refusals contains {"rule": "state", "text": "There is no such record."} if {
	facts.action.record
	not input.record
}

refusals contains {"rule": "state", "text": "The record is closed: it has to be reopened first."} if {
	facts.action.record == "open"
	input.record.closed
}

refusals contains {"rule": "state", "text": "The record is not closed."} if {
	facts.action.record == "closed"
	not input.record.closed
}
