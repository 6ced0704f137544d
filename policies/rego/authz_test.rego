package authz_test

import data.authz
import data.world

test_unknown_action_is_denied if {
	authz.decision.allow == false with input as world.ask("record.shred", world.qa)
	authz.decision.rule == "unknown_action" with input as world.ask("record.shred", world.qa)
}

test_unknown_type_is_denied if {
	authz.decision.rule == "unknown_action" with input as world.ask("spaceship.create", world.reporter)
}

test_no_input_is_denied if authz.decision.allow == false with input as {}

test_reasons_are_sorted_and_the_first_rules if {
	asked := object.union(world.ask("record.correct", world.inspector), {"record": {"closed": true}})
	decision := authz.decision with input as asked
	[reason.rule | some reason in decision.reasons] == ["authority", "state"]
	decision.rule == "authority"
}

test_an_allowed_act_names_its_ground_and_no_reason if {
	authz.decision == {"allow": true, "rule": "owner", "reasons": []} with input as world.ask("record.correct", world.owner)
}
