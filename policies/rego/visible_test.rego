package visible_test

import data.visible
import data.world

scope(person) := answer if answer := visible.scope with input as world.ask("scope", person)

test_a_site_role_reads_its_site if {
	scope(world.owner) == {"tasks": ["r:area_owner:basel", "u:owner"], "records": ["site:basel", "u:owner"], "levels": []}
}

test_a_role_everywhere_reads_all if {
	scope(world.everywhere(world.qa)) == {"tasks": ["r:qa_approver:*", "u:qa"], "records": ["all"], "levels": ["all"]}
	scope(world.everywhere(world.inspector)).records == ["all"]
}

test_a_reporter_reads_his_own if scope(world.reporter).records == ["u:reporter"]

test_an_administrator_reads_his_own_and_takes_nothing if {
	scope(world.admin) == {"tasks": [], "records": ["u:admin"], "levels": []}
}

test_an_administrator_with_another_role_reads_what_both_read_and_takes_nothing if {
	everywhere := object.union(world.admin, {"grants": array.concat(world.admin.grants, world.everywhere(world.manager).grants)})
	scope(everywhere) == {"tasks": [], "records": ["all"], "levels": ["all"]}
	local := object.union(world.admin, {"grants": array.concat(world.admin.grants, world.manager.grants)})
	scope(local) == {"tasks": [], "records": ["site:basel", "u:admin"], "levels": ["site:basel"]}
}

test_a_service_account_reads_its_own_and_takes_nothing if {
	scope(world.machine) == {"tasks": [], "records": ["u:machine"], "levels": []}
}

test_a_locked_or_deactivated_account_sees_nothing if {
	scope(object.union(world.qa, {"locked": true})) == {"tasks": [], "records": [], "levels": []}
	scope(object.union(world.qa, {"active": false})) == {"tasks": [], "records": [], "levels": []}
}

test_levels_are_of_the_sites_of_the_role if {
	grants := [{"role": "manager", "site": "aarhus"}, {"role": "expert", "site": "copenhagen"}]
	mads := object.union(world.manager, {"grants": grants})
	scope(mads).records == ["site:aarhus", "site:copenhagen", "u:manager"]
	scope(mads).levels == ["site:aarhus"]
	everywhere := array.concat(grants, [{"role": "inspector", "site": "*"}])
	scope(object.union(world.manager, {"grants": everywhere})).levels == ["all"]
}

test_readable_by_key if {
	visible.readable with input as world.ask("record.read", world.owner)
	visible.readable with input as world.ask("record.read", world.reporter)
	not visible.readable with input as world.ask("record.read", world.person("rita", "reporter"))
}
