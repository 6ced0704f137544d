package authz

import data.base
import data.facts
import data.visible

# Grounds that the data of an action names: a role held where the record is...
grounds contains concat(":", ["role", role]) if {
	some role in facts.action.roles
	role in facts.roles
}

# ...being the owner or the reporter of the record...
grounds contains relation if {
	some relation in facts.action.relations
	input.record[relation] == input.actor.id
}

# ...having attached the file at hand...
grounds contains relation if {
	some relation in facts.action.file
	input.file[relation] == input.actor.id
}

# ...reading it ("contributors": but who only watches adds nothing)...
grounds contains "reader" if {
	facts.action.readers
	visible.readable
	contributes
}

contributes if facts.action.readers == "all"

contributes if {
	some role in facts.roles
	role in base.roles.contributors
}

# ...acting on oneself...
grounds contains "self" if {
	input.admin.person == input.actor.id
	facts.action.self
}

# ...or being a timer or the process itself.
grounds contains "system" if {
	input.actor.kind == "system"
	facts.action.system
}
