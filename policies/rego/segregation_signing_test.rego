package segregation_signing_test

import data.segregation
import data.world

denied contains denial.rule if some denial in segregation.denials

signed := object.union(world.task("final_approval", "qa_approver"), {"meaning": "final_approval"})

unsigned := world.task("triage", "area_owner")

signing(changes) := world.held("task.complete", object.union(world.qa, changes), signed)

test_a_fit_person_signs if denied == set() with input as signing({})

test_statement if denied == {"statement"} with input as signing({"statement_signed": false})

test_identity if denied == {"identity"} with input as signing({"identity_verified": false})

test_credential if denied == {"credential"} with input as signing({"credential_reset": true})

test_locked if denied == {"locked"} with input as signing({"locked": true})

test_inactive if denied == {"inactive"} with input as signing({"active": false})

test_a_service_account_never_signs if "service" in denied with input as signing({"kind": "service"})

test_every_reason_is_told if {
	{"statement", "identity"} == denied with input as signing({"statement_signed": false, "identity_verified": false})
}

letter(reference) := object.union(signing({}), {"org": {"letter_required": true, "letter_reference": reference}})

test_letter_missing if denied == {"letter"} with input as letter("")

test_letter_on_file if denied == set() with input as letter("FDA-2026-1")

test_unsigned_work_needs_none_of_it if {
	unfit := object.union(world.owner, {"statement_signed": false, "identity_verified": false, "credential_reset": true})
	denied == set() with input as world.held("task.complete", unfit, unsigned)
}

test_a_signed_request_needs_all_of_it if {
	unfit := object.union(world.owner, {"statement_signed": false})
	denied == {"statement"} with input as object.union(world.ask("record.extend", unfit), {"signing": true})
}

test_an_intent_needs_all_of_it if {
	unfit := object.union(world.qa, {"identity_verified": false})
	denied == {"identity"} with input as world.held("task.sign", unfit, signed)
}

test_s6_administrators_sign_nothing if {
	denied == {"S6"} with input as object.union(world.ask("admin.settings", world.admin), {"signing": true})
}

test_the_server_passes_on_what_a_person_signs if {
	released := object.union(world.on_task("task.release", world.system, world.task("final_approval", "qa_approver")), {"signing": true})
	denied == set() with input as released
	denied != set() with input as object.union(released, {"action": "task.sign"})
}
