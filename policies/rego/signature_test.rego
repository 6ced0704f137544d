package signature_test

import data.signature
import data.world

asked(rule, totp, later) := {
	"org": object.union(world.org, {"signature_rule": rule, "totp_required": totp}),
	"signed_in_session": later,
}

test_strict_asks_for_everything_every_time if {
	signature.required == ["username", "password"] with input as asked("strict", false, true)
	signature.required == ["username", "password", "totp"] with input as asked("strict", true, false)
	signature.required == ["username", "password", "totp"] with input as asked("strict", true, true)
}

test_session_asks_for_everything_first if {
	signature.required == ["username", "password", "totp"] with input as asked("session", true, false)
	signature.required == ["password"] with input as asked("session", true, true)
}

test_an_unknown_rule_is_strict if signature.required == ["username", "password", "totp"] with input as asked("", true, true)
