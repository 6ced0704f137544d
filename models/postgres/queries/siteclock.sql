-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- The calendar that each site works by now.

-- name: WorkingCalendars :many
SELECT s.id AS site, c.name, c.spec
FROM sites s
JOIN calendars c ON c.org_id = s.org_id AND c.id = s.calendar_id
WHERE s.org_id = @org
    AND c.version = (SELECT max(v.version) FROM calendars v WHERE v.org_id = s.org_id AND v.id = s.calendar_id);
