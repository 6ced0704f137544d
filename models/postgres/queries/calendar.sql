-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- The newest version of each calendar.
-- name: Calendars :many
SELECT DISTINCT ON (id) * FROM calendars WHERE org_id = @org ORDER BY id, version DESC;

-- name: CalendarVersions :many
SELECT * FROM calendars WHERE org_id = @org AND id = @id ORDER BY version DESC;
