# METADATA
# description: The people and things that the tests of the other packages speak of.
package world

person(id, role) := {
	"id": id, "kind": "person", "username": id, "name": id, "active": true, "locked": false, "statement_signed": true,
	"identity_verified": true, "credential_reset": false, "absent": false, "grants": [{"role": role, "site": "basel"}],
}

qa := person("qa", "qa_approver")

head := person("head", "area_head")

quality_head := person("quality_head", "quality_head")

owner := person("owner", "area_owner")

reporter := person("reporter", "reporter")

manager := person("manager", "manager")

admin := person("admin", "admin")

inspector := person("inspector", "inspector")

machine := object.union(person("machine", "integration"), {"kind": "service"})

system := object.union(person("00000000-0000-0000-0000-000000000000", "reporter"), {"kind": "system", "grants": null})

everywhere(someone) := object.union(someone, {"grants": [{"role": grant.role, "site": "*"} | some grant in someone.grants]})

record := {
	"id": "r1", "type": "deviation", "class": "major", "state": "assessed", "site": "basel", "owner": "owner", "reporter": "reporter",
	"involved": ["operator"], "flags": {}, "extensions": 0, "migrated": false, "closed": false,
}

org := {"signature_rule": "strict", "letter_reference": "", "letter_required": false, "escalation_off": false, "totp_required": false}

task(step, role) := {
	"id": "t1", "step": step, "round": 1, "kind": "approval", "state": "open", "assignee": null, "owner": null,
	"candidates": [concat(":", ["r", role, "basel"]), concat(":", ["r", role, "*"])],
	"barred": [], "meaning": "", "requester": null,
}

ask(action, actor) := {"action": action, "actor": actor, "record": record, "done": [], "signing": false, "org": org}

on_task(action, actor, task_facts) := object.union(ask(action, actor), {"task": task_facts})

# A task that the actor holds.
held(action, actor, task_facts) := on_task(action, actor, object.union(task_facts, {"assignee": actor.id}))

did(step, who) := {"step": step, "round": 1, "kind": "task", "person": who, "signed": false}
