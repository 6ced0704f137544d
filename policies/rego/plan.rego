# METADATA
# description: |
#  Who does a step, by when and how; by when a record is done. Everything is a line of the matrix:
#  the defaults of the type, the step for every class ("*"), then what its class changes.
package plan

import data.base
import data.facts
import data.segregation
import data.signature

type := base.matrix[input.record.type]

step := object.union(cell, {
	"step": facts.step,
	"rule": concat("/", [input.record.type, facts.step, line]),
	"barred": sort(segregation.barred),
	"components": components,
})

# Later lines win.
cell := object.union_n([object.get(type, "defaults", {}), facts.row, class, repeated, quiet])

default class := {}

class := facts.lines[input.record.class]

line := input.record.class if facts.lines[input.record.class]

else := "*"

# A request that is made again and again climbs a level.
default repeated := {}

repeated := facts.row.repeated.change if input.record.extensions >= facts.row.repeated.extensions

components := signature.full if cell.meaning

else := []

record := object.union({"due": due, "rule": rule, "warn": type.record.warn, "ladder": type.record.ladder}, quiet)

due := type.record.due[flag]

rule := concat("/", [input.record.type, "record", flag])

# A flag of the record for which the matrix has a due date.
flag := min(flags) if count(flags) > 0

else := "*"

flags contains name if {
	some name, _ in type.record.due
	input.record.flags[name]
}

# Migrated data warns and escalates to nobody.
quiet := {"warn": [], "ladder": []} if input.org.escalation_off

else := {"warn": [], "ladder": []} if input.record.migrated

else := {}
