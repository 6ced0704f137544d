# METADATA
# description: |
#  Segregation of duties: whom it keeps from a step, and why. No organization's policy overrides it.
#  Lists hide a task from exactly these persons, and decisions refuse exactly them.
package segregation

import data.base
import data.facts

# S1 holds for every approval on the main line of every type of record.
barred contains {"person": input.record.reporter, "rule": "S1", "text": "The reporter of a record does not approve it."} if {
	facts.approval == "main"
}

barred contains {"person": input.record.owner, "rule": "S1", "text": "The owner of a record does not approve it."} if {
	input.record.owner != nobody
	facts.approval == "main"
}

barred contains {"person": person, "rule": "S1", "text": text} if {
	some person in input.record.involved
	facts.approval == "main"
	text := "A person named as involved in what happened does not approve the record."
}

# S4 holds for every request that somebody else decides.
barred contains {"person": input.task.requester, "rule": "S4", "text": text} if {
	facts.approval == "side"
	input.task.requester != null
	text := "Whoever asks for an extension, a cancellation or another exception does not approve it."
}

# S7 holds for every step that reviews the audit trail.
barred contains {"person": person, "rule": "S7", "text": text} if {
	facts.row.meaning == "audit_trail_reviewed"
	some act in input.done
	act.step != facts.step
	some hat in hats
	person := act[hat]
	text := "The audit trail is reviewed by a person who did no step of the record."
}

# Two hats are one person: an approval given for somebody else uses up his own, too.
barred contains {"person": person, "rule": "quorum", "text": text} if {
	some act in input.done
	act.step == facts.step
	act.round == facts.round
	facts.approval
	some hat in hats
	person := act[hat]
	text := "One person gives one approval in a round, also when acting for another."
}

# What the data of the type adds, by relation to the record...
barred contains {"person": person, "rule": entry.rule, "text": entry.text} if {
	some relation, entry in extra.who
	some person in related[relation]
}

# ...and by what was done on it, in any round. Who did a step for somebody else did it for both (S9).
barred contains {"person": act.person, "rule": entry.rule, "text": entry.text} if {
	some act in input.done
	entry := extra.did[act.step]
}

barred contains {"person": act.behalf, "rule": entry.rule, "text": entry.text} if {
	some act in input.done
	act.behalf
	entry := extra.did[act.step]
}

# A flag of the record may add more.
barred contains {"person": person, "rule": entry.rule, "text": entry.text} if {
	some flag, more in extra.flags
	input.record.flags[flag]
	some relation, entry in more.who
	some person in related[relation]
}

barred contains {"person": act[hat], "rule": entry.rule, "text": entry.text} if {
	some flag, more in extra.flags
	input.record.flags[flag]
	some act in input.done
	entry := more.did[act.step]
	some hat in hats
}

extra := base.segregation[input.record.type][facts.step]

related.reporter contains input.record.reporter

related.owner contains input.record.owner if input.record.owner != nobody

related.involved contains person if some person in input.record.involved

related.requester contains input.task.requester if input.task.requester != null

nobody := "00000000-0000-0000-0000-000000000000"

# Who acts for somebody else acts under two hats.
hats := ["person", "behalf"]
