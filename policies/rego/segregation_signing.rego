package segregation

import data.facts

# A person signs only when the law's conditions for it are met. Each reason says who can mend it, and is told to the person and
# to whoever looks at his account: it speaks to neither.
denials contains denial if {
	signs
	some denial in unfit
}

signs if {
	input.signing == true
	not passes_on
}

# The server gives a task back or to somebody else, and signs nothing by that.
passes_on if {
	input.actor.kind == "system"
	facts.action.system
}

signs if input.action == "task.sign"

signs if {
	input.action == "task.complete"
	input.task.meaning != ""
}

# S6, also for what is no GMP work in itself
unfit contains {"rule": "S6", "text": "A system administrator signs nothing: another person does it."} if {
	facts.admin(input.actor)
	not facts.action.gmp
}

unfit contains {"rule": "service", "text": "A service account never signs: a person does."} if input.actor.kind != "person"

# 21 CFR 11.10(j)
unfit contains {"rule": "statement", "text": text} if {
	not input.actor.statement_signed
	text := "The accountability statement is not signed yet: its signer finds it in the profile."
}

# 21 CFR 11.100(b)
unfit contains {"rule": "identity", "text": text} if {
	not input.actor.identity_verified
	text := "The identity is not verified: a manager or an administrator verifies it."
}

# 21 CFR 11.200(a)(3)
unfit contains {"rule": "credential", "text": text} if {
	input.actor.credential_reset == true
	text := "An administrator reset the credentials: they are to be enrolled again, and a second person confirms it."
}

# 21 CFR 11.100(c)
unfit contains {"rule": "letter", "text": text} if {
	input.org.letter_required == true
	input.org.letter_reference == ""
	text := "The organization's letter on electronic signatures is not on file: an administrator enters its reference in the settings."
}
