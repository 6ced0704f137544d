package segregation

import data.base

denials contains denial if {
	input.admin
	some denial in admin_denials
}

# Whose rights the change touches: the person it names, and everybody in a group that changes.
changes contains input.admin

changes contains member if some member in input.admin.members

# Misuse of access rights takes two people.
admin_denials contains {"rule": "two_persons", "text": text} if {
	text := base.two_persons[input.action]
	some change in changes
	change.person == input.actor.id
}

# 21 CFR 11.200(a)(3): whoever made or reset the credentials could log in with them.
admin_denials contains {"rule": "two_persons", "text": text} if {
	input.action == "admin.identity_verify"
	input.admin.reset_by == input.actor.id
	text := "You made or reset the credentials of this person: somebody else confirms who he is."
}

# The choice of a substitute steers who decides: nobody steers another's tasks to himself.
admin_denials contains {"rule": "two_persons", "text": text} if {
	input.admin.substitute == input.actor.id
	input.admin.person != input.actor.id
	text := "Whoever enters the absence of another does not name himself as the substitute: somebody else enters it."
}

# S6: whoever does GMP work administers nothing, whichever of the two roles comes first, his own or his group's.
admin_denials contains {"rule": "S6", "text": text} if {
	text := "A person who does GMP work holds no administration role, and an administrator does no GMP work."
	some change in changes
	some added in change.adds
	after := {grant.role | some grant in array.concat(held(change), change.adds)}
	"admin" in after
	some role in after
	role in base.roles.gmp
	added.role in {"admin", role}
}

# "holds" is left out of the input where the person holds nothing yet.
held(change) := object.get(change, "holds", [])

admin_denials contains {"rule": "service", "text": concat("", ["A service account cannot hold the role ", grant.role, "."])} if {
	of_service
	some grant in input.admin.adds
	not grant.role in base.roles.service
}

admin_denials contains {"rule": "service", "text": concat("", ["A service account cannot hold the role ", grant.role, "."])} if {
	some member in input.admin.members
	member.kind == "service"
	some grant in member.adds
	not grant.role in base.roles.service
}

of_service if input.target.kind == "service"

of_service if input.action == "admin.api_key_create"
