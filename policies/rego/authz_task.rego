package authz

import data.facts
import data.keys

# Grounds to act on a task: the action's data says which count.
grounds contains ground if {
	some ground in facts.action.task.grounds
	holds[ground]
}

holds contains "assignee" if input.task.assignee == input.actor.id

holds contains "candidate" if {
	keys.offered(input.actor)
	facts.works(input.actor)
}

# An absent person's task, done by whoever acts for him, in his own name.
holds contains "behalf" if {
	input.behalf.absent
	input.behalf.id == input.task.assignee
}

# Whoever delegated a task takes it back.
holds contains "task_owner" if input.task.owner == input.actor.id

refusals contains refusal if {
	facts.action.task
	some refusal in task_refusals
}

task_refusals contains {"rule": "state", "text": "There is no such task."} if not input.task

task_refusals contains {"rule": "state", "text": "This task is no longer open."} if {
	input.task.state != "open"
	facts.action.task.open
}

task_refusals contains {"rule": "state", "text": "Somebody has taken this task already."} if {
	input.action == "task.claim"
	input.task.assignee != null
}

# Looked up again at the act itself: a role revoked since the task was taken tells (11.10(g)).
task_refusals contains {"rule": "eligible", "text": "You no longer hold a role that this task is offered to."} if {
	facts.action.decides
	not keys.eligible(input.actor)
}

task_refusals contains {"rule": "behalf", "text": text} if {
	input.behalf
	not stands_behind
	text := "You can act only for the absent person whose task it is, or for the one who delegated it to you."
}

# An absent person's task is done by his substitute, who may have been given it already.
stands_behind if {
	input.behalf.absent
	input.task.assignee in {input.behalf.id, input.actor.id}
}

stands_behind if input.behalf.id == input.task.owner
