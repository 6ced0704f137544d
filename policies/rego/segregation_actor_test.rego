package segregation_actor_test

import data.segregation
import data.world

final := world.task("final_approval", "qa_approver")

denied contains denial.rule if some denial in segregation.denials

test_no_denial_without_reason if denied == set() with input as world.held("task.complete", world.qa, final)

test_s1_denies_with_the_same_words_as_the_list if {
	input_facts := world.on_task("task.claim", world.reporter, final)
	segregation.denials == {{"rule": "S1", "text": "The reporter of a record does not approve it."}} with input as input_facts
}

test_every_act_on_a_task_is_tested if {
	every action in ["task.claim", "task.sign", "task.delegate"] {
		"S1" in denied with input as world.held(action, world.reporter, final)
	}
	{"S1", "S8"} == denied with input as world.held("task.complete", world.reporter, final)
}

test_a_stored_bar_denies_what_the_list_hides if {
	denied == {"segregation"} with input as world.on_task("task.claim", world.qa, object.union(final, {"barred": ["qa"]}))
}

test_s9_tests_the_absent_person_as_well if {
	behalf := object.union(world.reporter, {"absent": true})
	acting := object.union(world.held("task.complete", world.qa, final), {"behalf": behalf})
	denied == {"S9"} with input as acting
}

test_s9_tests_the_delegating_person_as_well if {
	delegated := object.union(world.held("task.complete", world.qa, final), {"task": {"owner": "reporter"}})
	denied == {"S9"} with input as delegated
}

test_s9_lets_two_unsegregated_act if {
	behalf := object.union(world.person("qa2", "qa_approver"), {"absent": true})
	acting := object.union(world.held("task.complete", world.qa, final), {"behalf": behalf})
	denied == set() with input as acting
}

test_s6_denies_gmp_work_to_administrators if {
	both := object.union(world.qa, {"grants": [{"role": "qa_approver", "site": "basel"}, {"role": "admin", "site": "*"}]})
	every action in ["task.claim", "task.complete", "task.sign", "record.correct", "deviation.create"] {
		"S6" in denied with input as world.held(action, both, final)
	}
}

test_s6_lets_administrators_administer if denied == set() with input as world.ask("admin.unlock", world.admin)

test_s8_keeps_quality_steps_to_quality_roles if {
	every step in ["disposition", "assessment_approval", "final_approval"] {
		"S8" in denied with input as world.held("task.complete", world.head, world.task(step, "area_head"))
	}
}

test_s8_lets_quality_decide if {
	denied == set() with input as world.held("task.complete", world.quality_head, final)
}

test_s8_a_quality_role_elsewhere_is_none_here if {
	elsewhere := object.union(world.qa, {"grants": [{"role": "qa_approver", "site": "lyon"}]})
	denied == {"S8"} with input as world.held("task.complete", elsewhere, final)
}

test_s8_is_no_matter_of_other_steps if {
	denied == set() with input as world.held("task.complete", world.head, world.task("technical_approval", "area_head"))
}

test_service_accounts_take_and_decide_nothing if {
	every action in ["task.claim", "task.complete", "record.correct", "admin.grant"] {
		"service" in denied with input as world.held(action, world.machine, final)
	}
}

test_service_accounts_file_and_signal if {
	every action in ["deviation.create", "workflow.signal", "record.read"] {
		denied == set() with input as world.ask(action, world.machine)
	}
}

test_deactivated_and_locked_accounts_do_nothing if {
	denied == {"inactive"} with input as world.ask("record.read", object.union(world.qa, {"active": false}))
	denied == {"locked"} with input as world.ask("record.read", object.union(world.qa, {"locked": true}))
}

test_an_unknown_step_is_done_by_nobody if {
	denied == {"unknown_step"} with input as world.held("task.complete", world.qa, world.task("lunch", "qa_approver"))
	denied == {"unknown_step"} with input as object.remove(world.held("task.claim", world.qa, final), ["record"])
}
