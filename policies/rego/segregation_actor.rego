package segregation

import data.base
import data.facts

# What a segregated person may not do: take the task, decide it, sign it, or pass it on as his.
denials contains denial if {
	facts.action.duties
	some denial in duties
}

duties contains {"rule": entry.rule, "text": entry.text} if {
	some entry in barred
	entry.person == input.actor.id
}

# The list hides what the task says, so the decision refuses it, even where the facts have moved on since.
duties contains {"rule": "segregation", "text": "Segregation of duties keeps you from this task."} if {
	input.actor.id in input.task.barred
	not input.actor.id in {entry.person | some entry in barred}
}

# S9: a delegate signs as himself, and both are tested.
duties contains {"rule": "S9", "text": concat(" ", [text, entry.text])} if {
	some person in represented
	some entry in barred
	entry.person == person
	text := "You act for another person, and segregation of duties holds for both."
}

represented contains input.behalf.id

# While a task is delegated, its owner stands behind it.
represented contains input.task.owner if {
	input.task.owner != null
	input.task.assignee != null
}

# Where policy does not know the step, it does not know whom to keep from it.
denials contains {"rule": "unknown_step", "text": "No policy speaks of this step."} if {
	facts.action.duties
	not facts.row
}

# S8: the last word is the quality unit's.
denials contains {"rule": "S8", "text": text} if {
	facts.action.decides
	facts.step in base.quality.steps
	not facts.quality(input.actor)
	text := "This step belongs to the quality unit, and you hold no quality role here."
}

denials contains {"rule": "S6", "text": "A system administrator does no GMP work: another person does it."} if {
	facts.action.gmp
	facts.admin(input.actor)
}

denials contains {"rule": "service", "text": text} if {
	input.actor.kind == "service"
	not facts.action.service
	text := "A service account files and signals: it takes, decides and signs nothing."
}

denials contains {"rule": "inactive", "text": "This account is deactivated: an administrator can activate it again."} if {
	not input.actor.active
}

denials contains {"rule": "locked", "text": "This account is locked: an administrator unlocks it."} if {
	input.actor.locked == true
}
