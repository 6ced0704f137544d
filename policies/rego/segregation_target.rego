package segregation

import data.base
import data.facts
import data.keys

# Whoever is to receive a task must be able to do it.
denials contains denial if {
	facts.action.hands_over
	some denial in target_denials
}

target_denials contains {"rule": "target", "text": "Name the person who is to receive the task."} if {
	not input.target
}

target_denials contains {"rule": "target", "text": "The person named holds the task already."} if {
	input.target.id == input.task.assignee
}

target_denials contains {"rule": "target", "text": "Only a person can receive a task, not a service account."} if {
	input.target.kind != "person"
}

target_denials contains {"rule": "target", "text": "The account of the person named is deactivated."} if {
	input.target.active == false
}

target_denials contains {"rule": "target", "text": "The account of the person named is locked."} if {
	input.target.locked
}

target_denials contains {"rule": "target", "text": "The person named is absent."} if {
	input.target.absent
}

target_denials contains {"rule": "target", "text": "The person named holds no role that this task is offered to."} if {
	input.target
	not keys.eligible(input.target)
}

target_denials contains {"rule": entry.rule, "text": concat(" ", ["The person named cannot receive this task.", entry.text])} if {
	some entry in barred
	entry.person == input.target.id
}

target_denials contains {"rule": "segregation", "text": "Segregation of duties keeps the person named from this task."} if {
	input.target.id in input.task.barred
	not input.target.id in {entry.person | some entry in barred}
}

target_denials contains {"rule": "S6", "text": "The person named is a system administrator and does no GMP work."} if {
	facts.admin(input.target)
}

target_denials contains {"rule": "S8", "text": text} if {
	facts.step in base.quality.steps
	input.target
	not facts.quality(input.target)
	text := "This step belongs to the quality unit, and the person named holds no quality role here."
}
