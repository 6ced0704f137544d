# METADATA
# description: Scope keys. A list is the union of one index scan a key, so the same keys decide the single case.
package keys

import data.facts

of_person(person) := concat(":", ["u", person.id])

of_grant(grant) := concat(":", ["r", grant.role, grant.site])

# The task is offered to the person: what the group inbox shows.
offered(person) if of_person(person) in input.task.candidates

offered(person) if by_role(person)

# The person may do the task now. His role is looked up again at every act, so a role revoked in between tells (11.10(g)):
# being named is enough only where the plan names somebody, or where no role was asked.
eligible(person) if by_role(person)

eligible(person) if {
	of_person(person) in input.task.candidates
	by_name
}

by_role(person) if {
	some grant in person.grants
	of_grant(grant) in input.task.candidates
}

by_name if facts.row.assign

by_name if not asks_role

asks_role if {
	some key in input.task.candidates
	startswith(key, "r:")
}
