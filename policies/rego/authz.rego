# METADATA
# description: |
#  May this actor do this, now? Allowed is what has a ground and no refusal. What nothing grants is refused.
package authz

import data.facts
import data.segregation

# Sorted, so that the same question has the same answer.
decision := {"allow": true, "rule": min(grounds), "reasons": []} if count(refusals) == 0

else := {"allow": false, "rule": reasons[0].rule, "reasons": reasons} if reasons := sort(refusals)

refusals contains denial if some denial in segregation.denials

refusals contains {"rule": "unknown_action", "text": concat("", ["No policy speaks of ", input.action, "."])} if {
	not facts.action
}

refusals contains {"rule": "authority", "text": facts.action.refusal} if count(grounds) == 0
