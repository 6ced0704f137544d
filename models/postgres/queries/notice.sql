-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- A mark never goes back: another page may have marked more already.

-- name: MarkNotices :exec
INSERT INTO notice_marks (org_id, user_id, through) VALUES (@org, @person, @through)
ON CONFLICT (org_id, user_id) DO UPDATE SET through = GREATEST(notice_marks.through, EXCLUDED.through);

-- Who was told something a moment ago: each live stream finds its own keys among them.

-- name: ToldSince :many
SELECT DISTINCT user_key FROM notifications WHERE org_id = @org AND created_at > @since;
