// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package modeltest

import (
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/policies"
)

// Request is the smallest record type: one signed approval with its SLA clock, and closed.
var Request = models.RecordType{
	Name: "request", Title: "Request", Prefix: "REQ", First: "approval", Last: "approval",
	Steps:  []models.Step{{Name: "approval", Title: "Approval", Kind: models.KindApproval, State: "approval"}},
	States: models.StateTable{"": {"approval"}, "approval": {models.StateClosed}},
	Derive: models.DeriveTitle,
}

// RequestMatrix is its matrix of who does what.
var RequestMatrix = []byte(`{
	"create": ["reporter"],
	"record": {"due": {"*": {"from": "opened", "after": "30d"}}, "warn": [], "ladder": []},
	"defaults": {"quorum": 1, "priority": 3, "warn": ["1d"], "ladder": [{"after": "1d", "do": "notify_assignee"}, {"after": "4d", "do": "notify_manager"}]},
	"steps": {"approval": {"*": {
		"kind": "approval", "title": "Approval", "candidates": [{"role": "qa_approver", "site": "record"}], "quorum": 1,
		"due": {"from": "opened", "after": "3wd"}, "meaning": "final_approval", "priority": 3,
		"outcomes": [{"name": "approved"}]
	}}}
}`)

// RequestPolicy lets the policies know requests.
func RequestPolicy() policies.Option { return policies.WithType(Request.Name, RequestMatrix, nil) }
