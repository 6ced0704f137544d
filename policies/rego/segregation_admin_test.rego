package segregation_admin_test

import data.segregation
import data.world

denied contains denial.rule if some denial in segregation.denials

changing(action, change) := object.union(world.ask(action, world.admin), {"admin": change})

granting(holds, adds) := changing("admin.grant", {
	"what": "grant", "person": "anna",
	"holds": [{"role": role, "site": "basel"} | some role in holds],
	"adds": [{"role": role, "site": "basel"} | some role in adds],
})

test_s6_refuses_quality_to_an_administrator if denied == {"S6"} with input as granting(["admin"], ["qa_approver"])

test_s6_refuses_administration_to_quality if denied == {"S6"} with input as granting(["quality_head"], ["admin"])

test_s6_refuses_both_at_once if denied == {"S6"} with input as granting([], ["admin", "qa_approver"])

test_s6_refuses_other_gmp_work_as_well if denied == {"S6"} with input as granting(["area_owner"], ["admin"])

test_s6_holds_where_nothing_is_held_yet if {
	change := {"what": "create", "person": "anna", "adds": [{"role": "admin", "site": "*"}, {"role": "reporter", "site": "basel"}]}
	denied == {"S6"} with input as changing("admin.user_create", change)
}

test_s6_lets_either_be_granted_alone if {
	denied == set() with input as granting([], ["admin"])
	denied == set() with input as granting(["reporter"], ["qa_approver"])
}

test_nobody_grants_to_himself if {
	denied == {"two_persons"} with input as changing("admin.grant", {"what": "grant", "person": "admin", "adds": []})
}

test_nobody_verifies_his_own_identity if {
	denied == {"two_persons"} with input as changing("admin.identity_verify", {"what": "identity", "person": "admin"})
	denied == set() with input as changing("admin.identity_verify", {"what": "identity", "person": "anna"})
}

test_nobody_resets_his_own_credentials if {
	denied == {"two_persons"} with input as changing("admin.credential_reset", {"what": "credential", "person": "admin"})
}

to_service(role) := object.union(granting([], [role]), {"target": world.machine})

test_a_service_account_holds_no_role_of_persons if {
	denied == {"service"} with input as to_service("qa_approver")
	denied == {"service"} with input as to_service("admin")
}

test_a_service_account_integrates if denied == set() with input as to_service("integration")

test_an_api_key_holds_no_role_of_persons if {
	change := {"what": "key", "adds": [{"role": "manager", "site": "*"}]}
	denied == {"service"} with input as changing("admin.api_key_create", change)
}
