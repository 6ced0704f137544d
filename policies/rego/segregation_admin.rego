package segregation

import data.base

denials contains denial if {
	input.admin
	some denial in admin_denials
}

# Misuse of access rights takes two people.
admin_denials contains {"rule": "two_persons", "text": text} if {
	text := base.two_persons[input.action]
	input.admin.person == input.actor.id
}

# S6: whoever does GMP work administers nothing, whichever of the two roles comes first.
admin_denials contains {"rule": "S6", "text": text} if {
	text := "A person who does GMP work holds no administration role, and an administrator does no GMP work."
	some added in input.admin.adds
	after := {grant.role | some grant in array.concat(held, input.admin.adds)}
	"admin" in after
	some role in after
	role in base.roles.gmp
	added.role in {"admin", role}
}

# "holds" is left out of the input where the person holds nothing yet.
held := object.get(input.admin, "holds", [])

admin_denials contains {"rule": "service", "text": concat("", ["A service account cannot hold the role ", grant.role, "."])} if {
	of_service
	some grant in input.admin.adds
	not grant.role in base.roles.service
}

of_service if input.target.kind == "service"

of_service if input.action == "admin.api_key_create"
