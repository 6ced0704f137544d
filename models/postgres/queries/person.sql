-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: MyCredential :one
SELECT must_change, totp_confirmed, password_set FROM credentials WHERE org_id = @org AND user_id = @person;

-- name: People :many
SELECT id, kind, username, name, active FROM users
WHERE org_id = @org AND active AND (@q::text = '' OR strpos(lower(name), lower(@q)) > 0 OR strpos(username, lower(@q)) > 0)
ORDER BY name, id LIMIT @max;

