// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"strings"

	"github.com/countersign/countersign/models"
)

var calendarSample = map[string]any{
	"name": "Third shift", "zone": "Europe/Berlin", "week": []string{"", "06:00-22:00", "06:00-22:00", "06:00-22:00", "06:00-22:00", "06:00-14:00", ""},
	"holidays": []any{map[string]any{"date": "2027-05-01", "name": "Labour Day"}}, "extra": []any{},
}

var settingsSample = map[string]any{
	"signature_rule": "strict", "letter_required": false, "escalation_off": false, "idle_minutes": 20, "absolute_minutes": 600, "lock_after": 5,
	"totp_required": false, "subordinate_rule": "warn", "reason": "because",
}

// adminSample is a body that an operation of administration accepts; nil for any other.
func adminSample(r route) map[string]any {
	why := map[string]any{"reason": "because"}
	switch r.method + " " + r.pattern {
	case "POST /v1/users":
		return map[string]any{"kind": "person", "username": "n" + models.NewID().String(), "name": "Nobody New", "reason": "because"}
	case "POST /v1/users/{id}/verify_identity":
		return map[string]any{"method": "passport seen"}
	case "POST /v1/users/{id}/grants", "POST /v1/groups/{id}/grants":
		return map[string]any{"role": "reporter", "site": "*", "reason": "because"}
	case "POST /v1/groups", "POST /v1/groups/{id}/rename":
		return map[string]any{"name": "Group " + models.NewID().String(), "reason": "because"}
	case "POST /v1/groups/{id}/members":
		return map[string]any{"user": models.NewID(), "reason": "because"}
	case "POST /v1/api-keys":
		return map[string]any{"account": models.NewID(), "name": "line", "expires_at": "2026-12-31T00:00:00Z"}
	case "POST /v1/absences":
		return map[string]any{"substitute": models.NewID(), "starts_at": "2026-12-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
	case "POST /v1/calendars", "PUT /v1/calendars/{id}":
		return map[string]any{"calendar": calendarSample, "reason": "because"}
	case "POST /v1/sites":
		return map[string]any{"name": "Lyon", "zone": "Europe/Paris", "calendar": models.NewID(), "reason": "because"}
	case "PUT /v1/settings":
		return settingsSample
	case "POST /v1/settings/letter":
		return map[string]any{"reference": "L-1", "sent_on": "2026-01-31"}
	case "POST /v1/me/totp":
		return map[string]any{"password": "not this one"}
	case "POST /v1/me/totp/confirm":
		return map[string]any{"code": "000000"}
	case "POST /v1/audit/verify":
		return map[string]any{"checkpoint": "not a head"}
	}
	administers := strings.HasPrefix(r.pattern, "/v1/users/") || strings.HasPrefix(r.pattern, "/v1/groups/") ||
		strings.HasPrefix(r.pattern, "/v1/api-keys/") || strings.HasPrefix(r.pattern, "/v1/absences/")
	if r.method == "POST" && administers {
		return why
	}
	return nil
}
