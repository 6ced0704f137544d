package plan_test

import data.base
import data.plan
import data.world

opening(step, changes) := object.union(
	object.union(world.ask("", world.system), {"step": step, "round": 1}),
	{"record": changes},
)

roles := [candidate.role | some candidate in plan.step.candidates]

test_every_step_of_every_class_has_a_plan if {
	every step, _ in base.matrix.deviation.steps {
		every class in ["", "minor", "major", "critical"] {
			plan.step.step == step with input as opening(step, {"class": class})
		}
	}
}

test_an_unknown_step_has_none if not plan.step with input as opening("lunch", {})

test_an_unknown_type_has_none if not plan.step with input as opening("triage", {"type": "spaceship"})

test_class_changes_the_line if {
	plan.step.quorum == 1 with input as opening("final_approval", {"class": "major"})
	plan.step.quorum == 2 with input as opening("final_approval", {"class": "critical"})
	roles == ["qa_approver", "quality_head"] with input as opening("final_approval", {"class": "critical"})
	plan.step.rule == "deviation/final_approval/critical" with input as opening("final_approval", {"class": "critical"})
	plan.step.rule == "deviation/triage/*" with input as opening("triage", {"class": ""})
}

test_disposition_of_critical_records_goes_to_the_head_of_quality if {
	roles == ["qa_approver"] with input as opening("disposition", {"class": "major"})
	roles == ["quality_head"] with input as opening("disposition", {"class": "critical"})
}

test_the_third_extension_climbs_a_level if {
	roles == ["qa_approver"] with input as opening("extension_approval", {"extensions": 1})
	roles == ["quality_head"] with input as opening("extension_approval", {"extensions": 2})
}

test_signed_steps_name_their_components if {
	plan.step.components == ["username", "password"] with input as opening("final_approval", {})
	plan.step.components == [] with input as opening("triage", {})
	totp := object.union(opening("final_approval", {}), {"org": {"totp_required": true}})
	plan.step.components == ["username", "password", "totp"] with input as totp
}

test_barred_persons_are_in_the_plan if {
	persons := {entry.person | some entry in plan.step.barred} with input as opening("final_approval", {})
	persons == {"owner", "reporter", "operator"}
}

test_the_field_alert_clock_is_statutory if {
	plan.step.statutory with input as opening("reportability", {})
	plan.step.due == {"from": "aware", "after": "3wd"} with input as opening("reportability", {})
}

test_migrated_data_escalates_to_nobody if {
	plan.step.ladder == [] with input as opening("triage", {"migrated": true})
	plan.step.warn == [] with input as opening("triage", {"migrated": true})
	off := object.union(opening("triage", {}), {"org": {"escalation_off": true}})
	plan.step.ladder == [] with input as off
	plan.record.ladder == [] with input as off
	count(plan.step.ladder) > 0 with input as opening("triage", {})
}

test_a_record_is_due_from_awareness if {
	plan.record.due == {"from": "aware", "after": "30d"} with input as opening("", {})
	plan.record.due == {"from": "aware", "after": "45d"} with input as opening("", {"flags": {"external": true}})
	plan.record.due == {"from": "aware", "after": "30d"} with input as opening("", {"flags": {"external": false}})
	plan.record.rule == "deviation/record/external" with input as opening("", {"flags": {"external": true}})
}
