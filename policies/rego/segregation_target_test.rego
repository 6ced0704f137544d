package segregation_target_test

import data.segregation
import data.world

denied contains denial.rule if some denial in segregation.denials

final := world.task("final_approval", "qa_approver")

other := world.person("qa2", "qa_approver")

handing(action, target) := object.union(world.held(action, world.qa, final), {"target": target})

test_a_peer_receives_a_task if {
	denied == set() with input as handing("task.delegate", other)
	denied == set() with input as handing("task.reassign", other)
}

test_somebody_is_named if denied == {"target"} with input as world.held("task.delegate", world.qa, final)

test_not_the_holder_himself if denied == {"target"} with input as handing("task.delegate", world.qa)

test_not_an_absent_person if {
	denied == {"target"} with input as handing("task.delegate", object.union(other, {"absent": true}))
}

test_not_a_deactivated_or_locked_one if {
	denied == {"target"} with input as handing("task.delegate", object.union(other, {"active": false}))
	denied == {"target"} with input as handing("task.delegate", object.union(other, {"locked": true}))
}

test_not_a_service_account if {
	denied == {"target"} with input as handing("task.delegate", object.union(other, {"kind": "service"}))
}

test_not_without_the_role if {
	denied == {"S8", "target"} with input as handing("task.reassign", world.head)
}

test_not_an_administrator if {
	both := object.union(other, {"grants": array.concat(other.grants, world.admin.grants)})
	denied == {"S6"} with input as handing("task.reassign", both)
}

test_not_a_segregated_person if {
	reporter := object.union(other, {"id": "reporter"})
	denied == {"S1"} with input as handing("task.delegate", reporter)
	denied == {"S1"} with input as handing("task.reassign", reporter)
}

test_not_a_person_whom_the_list_hides_it_from if {
	hidden := object.union(handing("task.reassign", other), {"task": {"barred": ["qa2"]}})
	denied == {"segregation"} with input as hidden
}

# An absent person's task, on its way to the substitute.
rerouting(target) := object.union(
	world.on_task("task.reroute", world.system, object.union(final, {"assignee": "qa"})),
	{"behalf": object.union(world.qa, {"absent": true}), "target": target},
)

test_a_substitute_is_held_to_what_everybody_is if {
	denied == set() with input as rerouting(other)
	denied == {"S8", "target"} with input as rerouting(world.head)
	denied == {"S1"} with input as rerouting(object.union(other, {"id": "reporter"}))
	denied == {"S1"} with input as rerouting(object.union(other, {"id": "operator"}))
	denied == {"target"} with input as rerouting(object.union(other, {"absent": true}))
	denied == {"S2"} with input as object.union(rerouting(other), {"done": [world.did("technical_approval", "qa2")]})
	denied == {"quorum"} with input as object.union(rerouting(other), {"done": [world.did("final_approval", "qa2")]})
}

test_a_substitute_is_held_to_what_the_absent_one_was if {
	denied == {"S9"} with input as object.union(rerouting(other), {"behalf": {"id": "reporter", "absent": true}})
}
