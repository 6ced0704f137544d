# METADATA
# description: |
#  The keys by which a person's lists are read, from what he holds at this instant.
#  record.read is decided by the same keys, so a list is the set of its single decisions.
package visible

import data.base
import data.facts
import data.keys

scope := {"tasks": sort(tasks), "records": sort(records), "levels": sort(levels)}

# Who may do no task sees none to take.
tasks contains keys.of_person(input.actor) if facts.works(input.actor)

tasks contains key if {
	facts.works(input.actor)
	some grant in input.actor.grants
	key := keys.of_grant(grant)
}

# What each of the person's roles reads, together; "all" holds every other key. The role of an administrator adds no record: who
# holds no other reads what he reported himself and nothing else (least privilege).
records := {"all"} if everywhere

else := {keys.of_person(input.actor)} | sites if usable

else := set()

usable if {
	input.actor.kind in {"person", "service"}
	input.actor.active
	not input.actor.locked
}

everywhere if {
	usable
	some grant in input.actor.grants
	grant.site == "*"
	grant.role in base.roles.readers
}

sites := {concat(":", ["site", grant.site]) |
	usable
	some grant in input.actor.grants
	grant.role in base.roles.readers
}

# Whose service levels and figures a person sees: of the sites where he holds a role for it, and not of all that he reads.
levels := {"all"} if "*" in watched

else := {concat(":", ["site", site]) | some site in watched}

watched contains grant.site if {
	usable
	input.actor.kind == "person"
	some grant in input.actor.grants
	grant.role in base.actions["sla.read"].roles
}

readable if {
	some key in record_keys
	key in records
}

# The keys under which a record is listed.
record_keys := {
	"all",
	concat(":", ["site", input.record.site]),
	concat(":", ["u", input.record.owner]),
	concat(":", ["u", input.record.reporter]),
}
