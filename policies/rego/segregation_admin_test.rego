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

second(action, change) := object.union(world.ask(action, world.person("alan", "admin")), {"admin": change})

reset := {"what": "identity_verify", "person": "anna", "reset_by": "admin"}

test_whoever_reset_does_not_confirm if {
	denied == {"two_persons"} with input as changing("admin.identity_verify", reset)
	denied == set() with input as second("admin.identity_verify", reset)
	denied == set() with input as changing("admin.credential_reset", reset)
}

roles_at_basel(roles) := [{"role": role, "site": "basel"} | some role in roles]

member(person, holds, adds) := {"person": person, "kind": "person", "holds": roles_at_basel(holds), "adds": roles_at_basel(adds)}

grouped(members) := changing("admin.group", {"what": "group_grant", "members": members})

test_s6_holds_for_everybody_in_a_group if {
	denied == {"S6"} with input as grouped([member("anna", ["reporter"], ["admin"]), member("bert", [], ["admin"])])
	denied == {"S6"} with input as grouped([member("bert", [], ["qa_approver"]), member("anna", ["admin"], ["qa_approver"])])
	denied == {"S6"} with input as grouped([member("anna", [], ["admin", "reporter"])])
	denied == set() with input as grouped([member("anna", ["reporter"], ["qa_approver"]), member("bert", [], ["qa_approver"])])
}

test_s6_counts_each_person_alone if {
	denied == set() with input as grouped([member("anna", ["admin"], []), member("bert", [], ["qa_approver"])])
}

test_nobody_changes_a_group_that_he_is_in if {
	denied == {"two_persons"} with input as grouped([member("anna", [], ["manager"]), member("admin", ["admin"], ["manager"])])
	denied == {"two_persons"} with input as grouped([member("admin", ["admin"], [])])
}

machine(role) := [object.union(member("machine", [], [role]), {"kind": "service"})]

test_a_service_account_gets_no_role_of_persons_through_a_group if {
	denied == {"service"} with input as grouped(machine("manager"))
	denied == set() with input as grouped(machine("integration"))
}

test_a_group_without_anybody_in_it_gets_any_role if denied == set() with input as changing("admin.group", {"what": "group_grant"})

absence(substitute) := changing("admin.absence", {"what": "absence", "person": "anna", "substitute": substitute})

test_nobody_makes_himself_the_substitute_of_another if {
	denied == {"two_persons"} with input as absence("admin")
	denied == set() with input as absence("bert")
	denied == set() with input as object.union(absence("admin"), {"admin": {"person": "admin"}})
}
