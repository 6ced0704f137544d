package authz_record_test

import data.authz
import data.world

rule := authz.decision.rule

allowed := authz.decision.allow

closed(action, actor) := object.union(world.ask(action, actor), {"record": {"closed": true}})

# Who may ask for what. Everyone else of the world may not.
may := {
	"deviation.create": {"reporter", "owner", "head", "qa", "quality_head", "manager", "machine"},
	"record.read": {"reporter", "owner", "head", "qa", "quality_head", "manager", "inspector"},
	"record.export": {"reporter", "owner", "head", "qa", "quality_head", "manager", "inspector"},
	"record.print": {"reporter", "owner", "head", "qa", "quality_head", "manager", "inspector"},
	"record.correct": {"owner", "qa", "quality_head"},
	"record.reclassify": {"owner", "qa", "quality_head"},
	"record.extend": {"owner"},
	"record.hold": {"qa", "quality_head"},
	"record.resume": {"qa", "quality_head"},
	"record.cancel": {"owner", "reporter", "qa", "quality_head"},
	"record.comment": {"reporter", "owner", "head", "qa", "quality_head", "manager"},
	"record.link": {"reporter", "owner", "head", "qa", "quality_head"},
	"record.attach": {"reporter", "owner", "head", "qa", "quality_head", "manager"},
	"record.detach": {"owner"},
	"files.upload": {"reporter", "owner", "head", "qa", "quality_head", "manager", "machine"},
	"export.create": {"reporter", "owner", "head", "qa", "quality_head", "manager", "inspector", "machine"},
	"sla.read": {"head", "qa", "quality_head", "manager", "inspector"},
	"audit.read": {"qa", "quality_head", "manager", "inspector"},
	"policies.read": {"qa", "quality_head", "manager", "inspector", "admin"},
	"decisions.read": {"qa", "quality_head", "manager", "inspector"},
	"administration.read": {"admin"},
	"workflow.read": {"reporter", "owner", "head", "qa", "quality_head", "manager", "inspector", "machine"},
	"workflow.signal": {"machine"},
	"admin.grant": {"admin"},
	"admin.settings": {"admin"},
	"admin.identity_verify": {"admin", "manager", "quality_head"},
	"admin.group": {"admin"},
	"users.read": {"admin", "manager", "qa", "quality_head", "inspector"},
	"sessions.read": {"admin"},
	"api_keys.read": {"admin", "inspector"},
	"settings.read": {"admin", "manager", "qa", "quality_head", "inspector"},
	"absences.read": {"admin", "manager", "head", "qa", "quality_head", "inspector"},
	"audit.verify": {"admin", "qa", "quality_head", "inspector"},
}

everybody := [
	world.reporter, world.owner, world.head, world.qa, world.quality_head, world.manager, world.inspector, world.admin,
	world.machine,
]

test_who_may_what if {
	every action, persons in may {
		persons == {person.id | some person in everybody; allowed with input as world.ask(action, person)}
	}
}

test_a_role_elsewhere_is_none_here if {
	elsewhere := object.union(world.qa, {"grants": [{"role": "qa_approver", "site": "lyon"}]})
	every action in ["record.read", "record.hold", "record.correct", "deviation.create"] {
		rule == "authority" with input as world.ask(action, elsewhere)
	}
}

test_the_investigator_asks_for_an_extension if {
	allowed with input as world.ask("record.extend", world.person("ina", "investigator"))
}

test_a_closed_record_stays_as_it_is if {
	every action in ["record.correct", "record.extend", "record.cancel", "record.reclassify", "record.hold", "record.attach", "record.detach"] {
		"state" in {reason.rule | some reason in authz.decision.reasons} with input as closed(action, world.qa)
	}
}

test_reopening if {
	allowed with input as closed("record.reopen", world.qa)
	allowed with input as closed("record.reopen", world.quality_head)
	rule == "authority" with input as closed("record.reopen", world.owner)
	rule == "state" with input as world.ask("record.reopen", world.qa)
}

test_a_record_is_needed if {
	not allowed with input as object.remove(world.ask("record.correct", world.qa), ["record"])
}

test_sessions_of_ones_own if {
	own := object.union(world.ask("admin.session_revoke", world.qa), {"admin": {"what": "session", "person": "qa"}})
	rule == "self" with input as own
	not allowed with input as object.union(own, {"admin": {"person": "owner"}})
}

test_absences_of_ones_own if {
	own := object.union(world.ask("admin.absence", world.reporter), {"admin": {"what": "absence", "person": "reporter"}})
	rule == "self" with input as own
	rule == "authority" with input as object.union(own, {"admin": {"person": "owner"}})
}

# Without a record, as the command comes.
away(actor, person, sites) := object.union(object.remove(world.ask("admin.absence", actor), ["record"]), {"admin": {
	"what": "absence", "person": person,
	"holds": [{"role": "expert", "site": site} | some site in sites],
}})

test_absences_of_others_are_entered_by_who_is_over_all_their_sites if {
	sites := {["basel"], ["basel", "basel"], ["basel", "lyon"], ["lyon"], ["*"], []}
	reach := {person.id: covered |
		some person in everybody
		covered := {at | some at in sites; allowed with input as away(person, "ernst", at)}
		covered != set()
	}
	local := {["basel"], ["basel", "basel"]}
	reach == {"admin": sites, "manager": local, "head": local, "quality_head": local}
	rule == "authority" with input as away(world.manager, "ernst", ["basel", "lyon"])
}

test_a_role_over_a_person_is_one_role_at_each_of_his_sites if {
	both := object.union(world.manager, {"grants": [{"role": "manager", "site": "basel"}, {"role": "manager", "site": "lyon"}]})
	allowed with input as away(both, "ernst", ["basel", "lyon"])
	rule == "authority" with input as away(both, "ernst", ["basel", "lyon", "milan"])
	mixed := object.union(world.manager, {"grants": [{"role": "manager", "site": "basel"}, {"role": "expert", "site": "lyon"}]})
	rule == "authority" with input as away(mixed, "ernst", ["basel", "lyon"])
}

test_an_administrator_is_one_at_every_site if {
	elsewhere := object.union(world.admin, {"grants": [{"role": "admin", "site": "milan"}]})
	every action in ["admin.user_create", "admin.grant", "admin.unlock", "admin.settings", "policies.read", "administration.read"] {
		every record in [{}, {"record": world.record}] {
			asked := object.union(object.remove(world.ask(action, elsewhere), ["record"]), record)
			allowed with input as asked
		}
	}
	allowed with input as away(elsewhere, "ernst", ["basel", "lyon"])
}

test_who_holds_the_role_everywhere_enters_absences_of_everybody if {
	every sites in [["basel"], ["lyon"], ["*"], []] {
		allowed with input as away(world.everywhere(world.manager), "ernst", sites)
	}
}

test_ones_own_absence_needs_no_role if rule == "self" with input as away(world.reporter, "reporter", ["basel"])

test_who_attached_a_file_removes_it if {
	own := object.union(world.ask("record.detach", world.qa), {"file": {"name": "chart.pdf", "sha256": "00", "added_by": "qa"}})
	rule == "added_by" with input as own
	rule == "authority" with input as object.union(own, {"file": {"added_by": "head"}})
	rule == "owner" with input as object.union(own, {"actor": world.owner})
}

test_an_integration_attaches_to_what_it_reported if {
	reported := object.union(world.ask("record.attach", world.machine), {"record": {"reporter": "machine"}})
	allowed with input as reported
	rule == "authority" with input as world.ask("record.attach", world.machine)
}

test_migrated_records_are_like_others if {
	allowed with input as object.union(world.ask("record.correct", world.qa), {"record": {"migrated": true}})
}
