package segregation_test

import data.segregation
import data.world

final := world.task("final_approval", "qa_approver")

# Rules by which segregation keeps a person from a task.
rules(person) := {entry.rule | some entry in segregation.barred; entry.person == person}

claim(task, done) := object.union(world.on_task("task.claim", world.qa, task), {"done": done})

test_s1_bars_reporter_owner_and_involved_from_approvals if {
	rules("reporter") == {"S1"} with input as claim(final, [])
	rules("owner") == {"S1"} with input as claim(final, [])
	rules("operator") == {"S1"} with input as claim(final, [])
}

test_s1_bars_nobody_else if rules("qa") == set() with input as claim(final, [])

test_s1_leaves_work_to_its_owner if {
	segregation.barred == set() with input as claim(world.task("triage", "area_owner"), [])
}

test_s1_bars_investigator if {
	rules("qa") == {"S1"} with input as claim(final, [world.did("investigation", "qa")])
}

test_s1_investigator_of_an_earlier_round_stays_barred if {
	act := object.union(world.did("investigation", "qa"), {"round": 1})
	task := object.union(final, {"round": 2})
	rules("qa") == {"S1"} with input as claim(task, [act])
}

test_s1_holds_for_a_type_without_data if {
	matrix := {"request": {"steps": {"approval": {"*": {"kind": "approval"}}}}}
	asked := object.union(claim(world.task("approval", "qa_approver"), []), {"record": {"type": "request"}})
	rules("reporter") == {"S1"} with input as asked with data.base.matrix as matrix
}

test_s1_an_unset_owner_bars_nobody if {
	asked := object.union(claim(final, []), {"record": {"owner": segregation.nobody}})
	rules(segregation.nobody) == set() with input as asked
}

test_s2_bars_technical_approver_from_quality_approval if {
	rules("qa") == {"S2"} with input as claim(final, [world.did("technical_approval", "qa")])
}

test_s2_bars_quality_approver_from_technical_approval if {
	task := world.task("technical_approval", "area_head")
	rules("qa") == {"S2"} with input as claim(task, [world.did("assessment_approval", "qa")])
}

test_s2_lets_quality_approve_twice if {
	rules("qa") == set() with input as claim(final, [world.did("assessment_approval", "qa")])
}

# S3 is data: a type of record says which of its steps exclude each other.
capa := {"capa": {"verification": {"did": {"implementation": {"rule": "S3", "text": "Whoever implements does not verify."}}}}}

verify(person) := object.union(
	claim(world.task("verification", "qa_approver"), [world.did("implementation", person)]),
	{"record": {"type": "capa"}},
)

test_s3_bars_implementer_from_verification if {
	rules("qa") == {"S3"} with input as verify("qa") with data.base.segregation as capa
}

test_s3_lets_another_verify if rules("qa") == set() with input as verify("owner") with data.base.segregation as capa

side := object.union(world.task("extension_approval", "qa_approver"), {"requester": "qa"})

test_s4_bars_requester if rules("qa") == {"S4"} with input as claim(side, [])

test_s4_lets_another_approve if {
	rules("qa") == set() with input as claim(object.union(side, {"requester": "owner"}), [])
}

test_s4_without_requester if {
	rules("qa") == set() with input as claim(object.union(side, {"requester": null}), [])
}

# S5 is data, too, and hangs on a flag of the record.
audit := {"audit": {"execution": {"flags": {"internal": {"who": {"involved": {"rule": "S5", "text": "Nobody audits his own area."}}}}}}}

audited(flags) := object.union(claim(world.task("execution", "expert"), []), {"record": {"type": "audit", "flags": flags}})

test_s5_bars_the_audited if {
	rules("operator") == {"S5"} with input as audited({"internal": true}) with data.base.segregation as audit
}

test_s5_bars_whoever_did_the_audited_work if {
	own := {"audit": {"execution": {"flags": {"internal": {"did": {"work": {"rule": "S5", "text": "Nobody audits his own work."}}}}}}}
	asked := object.union(audited({"internal": true}), {"done": [world.did("work", "qa")]})
	rules("qa") == {"S5"} with input as asked with data.base.segregation as own
	rules("operator") == set() with input as asked with data.base.segregation as own
}

test_s5_lets_others_audit if {
	rules("qa") == set() with input as audited({"internal": true}) with data.base.segregation as audit
	rules("operator") == set() with input as audited({"internal": false}) with data.base.segregation as audit
}

review := world.task("audit_trail_review", "qa_approver")

test_s7_bars_whoever_did_a_step if {
	rules("qa") == {"S7"} with input as claim(review, [world.did("disposition", "qa")])
}

test_s7_lets_another_review if rules("qa") == set() with input as claim(review, [world.did("disposition", "other")])

test_s7_lets_the_reviewer_review_the_next_round if {
	task := object.union(review, {"round": 2})
	rules("qa") == set() with input as claim(task, [world.did("audit_trail_review", "qa")])
}

test_s9_bars_both_hats_of_a_delegated_step if {
	act := object.union(world.did("investigation", "owner2"), {"behalf": "qa"})
	rules("qa") == {"S1"} with input as claim(final, [act])
	rules("owner2") == {"S1"} with input as claim(final, [act])
}

test_quorum_takes_one_approval_of_a_person if {
	rules("qa") == {"quorum"} with input as claim(final, [world.did("final_approval", "qa")])
}

test_quorum_counts_the_absent_person_as_well if {
	act := object.union(world.did("final_approval", "other"), {"behalf": "qa"})
	rules("qa") == {"quorum"} with input as claim(final, [act])
}

test_quorum_starts_again_with_the_round if {
	task := object.union(final, {"round": 2})
	rules("qa") == set() with input as claim(task, [world.did("final_approval", "qa")])
}

test_barred_before_the_task_is_there if {
	opening := object.union(world.ask("", world.qa), {"step": "final_approval", "round": 1, "done": [world.did("investigation", "qa")]})
	rules("qa") == {"S1"} with input as opening
}

test_quorum_before_the_task_is_there if {
	done := [world.did("final_approval", "qa")]
	opening := object.union(world.ask("", world.qa), {"step": "final_approval", "round": 1, "done": done})
	rules("qa") == {"quorum"} with input as opening
	rules("qa") == set() with input as object.union(opening, {"round": 2})
}

test_data_may_bar_by_every_relation if {
	text := {"rule": "S4", "text": "Not by these."}
	data_rules := {"deviation": {"triage": {"who": {"requester": text, "reporter": text, "owner": text, "involved": text}}}}
	task := object.union(world.task("triage", "area_owner"), {"requester": "qa"})
	persons := {entry.person | some entry in segregation.barred} with input as claim(task, [])
		with data.base.segregation as data_rules
	persons == {"qa", "reporter", "owner", "operator"}
}
