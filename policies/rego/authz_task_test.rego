package authz_task_test

import data.authz
import data.world

final := world.task("final_approval", "qa_approver")

rule := authz.decision.rule

allowed := authz.decision.allow

test_claim_by_role if {
	allowed with input as world.on_task("task.claim", world.qa, final)
	rule == "candidate" with input as world.on_task("task.claim", world.qa, final)
}

test_claim_by_role_at_every_site if allowed with input as world.on_task("task.claim", world.everywhere(world.qa), final)

test_claim_by_name if {
	named := object.union(final, {"candidates": ["u:qa"]})
	allowed with input as world.on_task("task.claim", object.union(world.qa, {"grants": []}), named)
}

test_no_claim_without_the_role if {
	rule == "authority" with input as world.on_task("task.claim", world.head, final)
}

test_no_claim_with_the_role_elsewhere if {
	elsewhere := object.union(world.qa, {"grants": [{"role": "qa_approver", "site": "lyon"}]})
	rule == "authority" with input as world.on_task("task.claim", elsewhere, final)
}

test_no_claim_of_a_taken_or_closed_task if {
	rule == "state" with input as world.on_task("task.claim", world.qa, object.union(final, {"assignee": "qa2"}))
	rule == "state" with input as world.on_task("task.claim", world.qa, object.union(final, {"state": "done"}))
}

test_no_claim_of_no_task if {
	not allowed with input as world.ask("task.claim", world.qa)
}

test_complete_by_assignee if {
	rule == "assignee" with input as world.held("task.complete", world.qa, final)
}

test_no_completion_by_another if {
	rule == "authority" with input as world.on_task("task.complete", world.qa, object.union(final, {"assignee": "qa2"}))
}

test_no_completion_of_an_unclaimed_task if {
	rule == "authority" with input as world.on_task("task.complete", world.qa, final)
}

test_a_role_revoked_in_between_denies if {
	revoked := object.union(world.qa, {"grants": [{"role": "quality_head", "site": "basel"}]})
	rule == "eligible" with input as world.held("task.complete", revoked, final)
	rule == "eligible" with input as world.held("task.sign", revoked, final)
}

test_being_named_beside_a_role_does_not_replace_it if {
	revoked := object.union(world.qa, {"grants": [{"role": "quality_head", "site": "basel"}]})
	named := object.union(final, {"candidates": array.concat(final.candidates, ["u:qa"])})
	rule == "eligible" with input as world.held("task.complete", revoked, named)
}

test_a_step_assigned_by_name_needs_no_role if {
	report := object.union(world.task("report", "reporter"), {"candidates": ["r:reporter:basel", "u:owner"]})
	allowed with input as world.held("task.complete", world.owner, report)
}

test_a_task_offered_to_persons_only_needs_no_role if {
	named := object.union(world.task("triage", "area_owner"), {"candidates": ["u:head"]})
	allowed with input as world.held("task.complete", world.head, named)
	rule == "eligible" with input as world.held("task.complete", world.owner, named)
}

absent := object.union(world.person("qa2", "qa_approver"), {"absent": true})

test_complete_for_an_absent_person if {
	acting := object.union(world.on_task("task.complete", world.qa, object.union(final, {"assignee": "qa2"})), {"behalf": absent})
	rule == "behalf" with input as acting
}

test_not_for_a_present_person if {
	present := object.union(absent, {"absent": false})
	acting := object.union(world.on_task("task.complete", world.qa, object.union(final, {"assignee": "qa2"})), {"behalf": present})
	not allowed with input as acting
}

test_complete_for_the_person_who_delegated if {
	delegated := object.union(final, {"owner": "qa2"})
	acting := object.union(world.held("task.complete", world.qa, delegated), {"behalf": object.union(absent, {"absent": false})})
	allowed with input as acting
}

test_release if {
	rule == "assignee" with input as world.held("task.release", world.qa, final)
	rule == "task_owner" with input as world.on_task("task.release", world.qa, object.union(final, {"assignee": "qa2", "owner": "qa"}))
	rule == "role:manager" with input as world.on_task("task.release", world.manager, object.union(final, {"assignee": "qa2"}))
	rule == "authority" with input as world.on_task("task.release", world.qa, object.union(final, {"assignee": "qa2"}))
}

test_reassign if {
	target := world.person("qa3", "qa_approver")
	asked := object.union(world.on_task("task.reassign", world.manager, object.union(final, {"assignee": "qa2"})), {"target": target})
	rule == "role:manager" with input as asked
	rule == "authority" with input as object.union(asked, {"actor": world.qa})
	rule == "S6" with input as object.union(asked, {"actor": world.admin})
	rule == "system" with input as object.union(asked, {"actor": world.system})
}

# The server passes an absent person's task on to his substitute.
passing_on(task_facts, target) := object.union(
	world.on_task("task.reroute", world.system, object.union(task_facts, {"assignee": "qa2"})),
	{"behalf": absent, "target": target},
)

test_reroute if {
	rule == "system" with input as passing_on(final, world.person("qa3", "qa_approver"))
	rule == "S8" with input as passing_on(final, world.person("owner3", "area_owner"))
	rule == "target" with input as passing_on(final, object.union(world.person("qa3", "qa_approver"), {"absent": true}))
	rule == "authority" with input as object.union(passing_on(final, world.person("qa3", "qa_approver")), {"actor": world.qa})
}

investigated(who) := object.union(passing_on(final, world.person("qa3", "qa_approver")), {"done": [world.did("investigation", who)]})

test_reroute_tests_both_hats if {
	rule == "S1" with input as investigated("qa3")
	rule == "S9" with input as investigated("qa2")
}

test_delegate if {
	target := world.person("qa3", "qa_approver")
	allowed with input as object.union(world.held("task.delegate", world.qa, final), {"target": target})
	others := world.on_task("task.delegate", world.qa, object.union(final, {"assignee": "qa2"}))
	rule == "authority" with input as object.union(others, {"target": target})
}

test_draft_is_the_holders if {
	allowed with input as world.held("task.draft", world.qa, final)
	not allowed with input as world.on_task("task.draft", world.qa, final)
}

test_only_the_holder_puts_a_task_off if {
	rule == "assignee" with input as world.held("task.follow_up", world.qa, final)
	rule == "authority" with input as world.on_task("task.follow_up", world.qa, final)
	rule == "state" with input as world.held("task.follow_up", world.qa, object.union(final, {"state": "done"}))
}

test_comment_and_read if {
	allowed with input as world.on_task("task.comment", world.head, final)
	not allowed with input as world.on_task("task.comment", world.inspector, final)
	allowed with input as world.on_task("task.read", world.inspector, final)
	not allowed with input as world.on_task("task.read", world.machine, final)
}
