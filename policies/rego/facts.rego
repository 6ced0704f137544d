# METADATA
# description: What every other package asks of the input, said once.
package facts

import data.base

# Roles that the actor holds where the record is. Without a record a grant at any site counts, but for an action over a person.
roles contains grant.role if {
	some grant in input.actor.grants
	here(grant.site)
}

roles contains "admin" if admin(input.actor)

# What is said of a person reaches all his tasks, so authority over him is a role at every site where he works. Over one who works
# nowhere only a role at all sites has it.
roles contains grant.role if {
	action.over == "person"
	count(input.admin.holds) > 0
	some grant in input.actor.grants
	every held in input.admin.holds {
		{"role": grant.role, "site": held.site} in input.actor.grants
	}
}

here("*")

here(site) if site == input.record.site

here(_) if {
	not input.record
	not action.over
}

# An administrator is one at every site, wherever the role was granted.
admin(person) if {
	some grant in person.grants
	grant.role == "admin"
}

# Whether a person could work at all. Lists ask this of their reader, and decisions of their actor.
works(person) if {
	person.kind == "person"
	person.active
	not person.locked
	not admin(person)
}

# The person holds a quality role where the record is.
quality(person) if {
	some grant in person.grants
	here(grant.site)
	grant.role in base.roles.quality
}

# What the base data says of the action. Filing a record is said by its type.
action := base.actions[input.action] if base.actions[input.action]

else := {"roles": roles_of_create, "gmp": true, "service": true, "refusal": refusal} if {
	endswith(input.action, ".create")
	roles_of_create := base.matrix[trim_suffix(input.action, ".create")].create
	refusal := "Your roles do not let you file this kind of record here."
}

# The step at hand: that of the task, else the one about to open.
step := input.task.step if input.task.step != ""

else := input.step

round := input.task.round if input.task.step != ""

else := input.round

# The lines of the matrix for the step: "*" holds for every class.
lines := base.matrix[input.record.type].steps[step]

row := lines["*"]

# "main" and "side" are approvals on the main line and beside it: an extension, a cancellation.
approval := "side" if {
	row.kind == "approval"
	row.side
}

approval := "main" if {
	row.kind == "approval"
	not row.side
}
