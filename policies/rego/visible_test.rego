package visible_test

import data.visible
import data.world

scope(person) := answer if answer := visible.scope with input as world.ask("scope", person)

test_a_site_role_reads_its_site if {
	scope(world.owner) == {"tasks": ["r:area_owner:basel", "u:owner"], "records": ["site:basel", "u:owner"]}
}

test_a_role_everywhere_reads_all if {
	scope(world.everywhere(world.qa)) == {"tasks": ["r:qa_approver:*", "u:qa"], "records": ["all"]}
	scope(world.everywhere(world.inspector)).records == ["all"]
}

test_a_reporter_reads_his_own if scope(world.reporter).records == ["u:reporter"]

test_an_administrator_reads_his_own_and_takes_nothing if {
	scope(world.admin) == {"tasks": [], "records": ["u:admin"]}
	both := object.union(world.admin, {"grants": array.concat(world.admin.grants, world.everywhere(world.manager).grants)})
	scope(both).records == ["u:admin"]
}

test_a_service_account_reads_its_own_and_takes_nothing if {
	scope(world.machine) == {"tasks": [], "records": ["u:machine"]}
}

test_a_locked_or_deactivated_account_sees_nothing if {
	scope(object.union(world.qa, {"locked": true})) == {"tasks": [], "records": []}
	scope(object.union(world.qa, {"active": false})) == {"tasks": [], "records": []}
}

test_readable_by_key if {
	visible.readable with input as world.ask("record.read", world.owner)
	visible.readable with input as world.ask("record.read", world.reporter)
	not visible.readable with input as world.ask("record.read", world.person("rita", "reporter"))
}
