-- The tables of Countersign. Every table but the slug directory carries org_id and is under FORCE ROW LEVEL SECURITY.
-- Text is used for states and kinds: enum equality is not leakproof, so under row security it cannot use an index.
-- +goose Up

-- Directory read before an organization is known (login names it by slug). It holds nothing else.
CREATE TABLE organization_slugs (
    slug   text PRIMARY KEY,
    org_id uuid NOT NULL UNIQUE
);

CREATE TABLE organizations (
    org_id     uuid PRIMARY KEY,
    slug       text NOT NULL,
    name       text NOT NULL,
    settings   jsonb NOT NULL DEFAULT '{}',
    revision   integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);

CREATE TABLE calendars (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    version    integer NOT NULL,
    name       text NOT NULL,
    spec       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id, version)
);

CREATE TABLE sites (
    org_id      uuid NOT NULL,
    id          text NOT NULL,
    name        text NOT NULL,
    zone        text NOT NULL,
    calendar_id uuid NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- People and service accounts. Never deleted, and a username is never issued again (11.100(a)).
CREATE TABLE users (
    org_id               uuid NOT NULL,
    id                   uuid NOT NULL,
    kind                 text NOT NULL CHECK (kind IN ('person', 'service')),
    username             text NOT NULL,
    name                 text NOT NULL,
    email                text NOT NULL DEFAULT '',
    active               boolean NOT NULL DEFAULT true,
    locked_at            timestamptz,
    failures             integer NOT NULL DEFAULT 0,
    statement_signed_at  timestamptz,
    identity_verified_at timestamptz,
    identity_verified_by uuid,
    identity_method      text NOT NULL DEFAULT '',
    credential_reset_at  timestamptz,
    created_at           timestamptz NOT NULL,
    created_by           uuid NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, username)
);

CREATE TABLE groups (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);

CREATE TABLE group_members (
    org_id   uuid NOT NULL,
    group_id uuid NOT NULL,
    user_id  uuid NOT NULL,
    PRIMARY KEY (org_id, group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (org_id, user_id);

-- Grants are ended, never deleted: the register of who held what, when, stays (12.3).
CREATE TABLE grants (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    user_id    uuid,
    group_id   uuid,
    role       text NOT NULL,
    site       text NOT NULL,
    granted_at timestamptz NOT NULL,
    granted_by uuid NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid,
    PRIMARY KEY (org_id, id),
    CHECK ((user_id IS NULL) <> (group_id IS NULL))
);
CREATE INDEX grants_user ON grants (org_id, user_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_group ON grants (org_id, group_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_role ON grants (org_id, role, site) WHERE revoked_at IS NULL;

CREATE TABLE credentials (
    org_id         uuid NOT NULL,
    user_id        uuid NOT NULL,
    password_hash  text NOT NULL DEFAULT '',
    password_set   timestamptz,
    password_old   jsonb NOT NULL DEFAULT '[]',
    must_change    boolean NOT NULL DEFAULT false,
    totp_secret    bytea,
    totp_confirmed boolean NOT NULL DEFAULT false,
    totp_last      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, user_id)
);

CREATE TABLE sessions (
    org_id       uuid NOT NULL,
    token_hash   bytea NOT NULL,
    id           uuid NOT NULL,
    user_id      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('cookie', 'bearer', 'api_key')),
    name         text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    device       text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    idle_seconds integer NOT NULL,
    expires_at   timestamptz NOT NULL,
    signed_at    timestamptz,
    ended_at     timestamptz,
    PRIMARY KEY (org_id, token_hash),
    UNIQUE (org_id, id)
);
CREATE INDEX sessions_user ON sessions (org_id, user_id) WHERE ended_at IS NULL;

CREATE TABLE absences (
    org_id        uuid NOT NULL,
    id            uuid NOT NULL,
    user_id       uuid NOT NULL,
    substitute_id uuid NOT NULL,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX absences_user ON absences (org_id, user_id, ends_at);

CREATE TABLE counters (
    org_id uuid NOT NULL,
    prefix text NOT NULL,
    last   bigint NOT NULL,
    PRIMARY KEY (org_id, prefix)
);

CREATE TABLE records (
    org_id          uuid NOT NULL,
    id              uuid NOT NULL,
    type            text NOT NULL,
    number          text NOT NULL,
    title           text NOT NULL,
    state           text NOT NULL,
    class           text NOT NULL DEFAULT '',
    site            text NOT NULL,
    owner_id        uuid NOT NULL,
    reporter_id     uuid NOT NULL,
    involved        uuid[] NOT NULL DEFAULT '{}',
    flags           jsonb NOT NULL DEFAULT '{}',
    data            jsonb NOT NULL,
    version         integer NOT NULL,
    content_hash    bytea NOT NULL,
    aware_at        timestamptz NOT NULL,
    late_seconds    bigint NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    original_due_at timestamptz NOT NULL,
    extensions      integer NOT NULL DEFAULT 0,
    held_at         timestamptz,
    migrated        boolean NOT NULL DEFAULT false,
    last_seq        bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, number)
) WITH (fillfactor = 80);
-- One index a scope key and sort: a list is the merge of one scan a key.
CREATE INDEX records_due ON records (org_id, due_at, id);
CREATE INDEX records_created ON records (org_id, created_at, id);
CREATE INDEX records_site_due ON records (org_id, site, due_at, id);
CREATE INDEX records_site_created ON records (org_id, site, created_at, id);
CREATE INDEX records_owner_due ON records (org_id, owner_id, due_at, id);
CREATE INDEX records_owner_created ON records (org_id, owner_id, created_at, id);
CREATE INDEX records_reporter_due ON records (org_id, reporter_id, due_at, id);
CREATE INDEX records_reporter_created ON records (org_id, reporter_id, created_at, id);

-- The exact canonical bytes that were hashed; jsonb elsewhere is derived from them.
CREATE TABLE record_versions (
    org_id       uuid NOT NULL,
    record_id    uuid NOT NULL,
    version      integer NOT NULL,
    bytes        bytea NOT NULL,
    content_hash bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   uuid NOT NULL,
    command_id   uuid NOT NULL,
    reason       text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, record_id, version),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);

CREATE TABLE links (
    org_id     uuid NOT NULL,
    from_id    uuid NOT NULL,
    to_id      uuid NOT NULL,
    kind       text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    PRIMARY KEY (org_id, from_id, kind, to_id),
    FOREIGN KEY (org_id, from_id) REFERENCES records (org_id, id),
    FOREIGN KEY (org_id, to_id) REFERENCES records (org_id, id)
);
CREATE INDEX links_to ON links (org_id, to_id);

-- A named point of one record's process, with its round. The plan is frozen here when the step opens.
CREATE TABLE steps (
    org_id       uuid NOT NULL,
    record_id    uuid NOT NULL,
    step         text NOT NULL,
    round        integer NOT NULL,
    kind         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'done', 'superseded', 'withdrawn')),
    outcome      text NOT NULL DEFAULT '',
    requester_id uuid,
    request      jsonb,
    plan         jsonb NOT NULL,
    version      integer NOT NULL DEFAULT 0,
    opened_at    timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    done_at      timestamptz,
    PRIMARY KEY (org_id, record_id, step, round),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);

CREATE TABLE clocks (
    org_id    uuid NOT NULL,
    id        uuid NOT NULL,
    record_id uuid NOT NULL,
    step      text NOT NULL DEFAULT '',
    round     integer NOT NULL DEFAULT 0,
    statutory boolean NOT NULL DEFAULT false,
    due_at    timestamptz NOT NULL,
    rungs     jsonb NOT NULL,
    stopped   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, record_id, id),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);

CREATE TABLE tasks (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL,
    record_id    uuid NOT NULL,
    record_type  text NOT NULL,
    step         text NOT NULL,
    round        integer NOT NULL,
    slot         integer NOT NULL,
    kind         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'done', 'withdrawn')),
    title        text NOT NULL,
    site         text NOT NULL,
    record_owner uuid NOT NULL,
    requester_id uuid,
    assignee_id  uuid,
    owner_id     uuid,
    candidates   text[] NOT NULL DEFAULT '{}',
    barred       uuid[] NOT NULL DEFAULT '{}',
    priority     integer NOT NULL,
    meaning      text NOT NULL DEFAULT '',
    opened_at    timestamptz NOT NULL,
    claimed_at   timestamptz,
    due_at       timestamptz NOT NULL,
    breached_at  timestamptz,
    follow_up_at timestamptz,
    completed_at timestamptz,
    completed_by uuid,
    outcome      text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
) WITH (fillfactor = 80);
CREATE INDEX tasks_record ON tasks (org_id, record_id);
CREATE INDEX tasks_mine_due ON tasks (org_id, assignee_id, due_at, id) WHERE state = 'open';
CREATE INDEX tasks_mine_opened ON tasks (org_id, assignee_id, opened_at, id) WHERE state = 'open';
CREATE INDEX tasks_waiting_due ON tasks (org_id, record_owner, due_at, id) WHERE state = 'open';
CREATE INDEX tasks_waiting_opened ON tasks (org_id, record_owner, opened_at, id) WHERE state = 'open';
CREATE INDEX tasks_site_due ON tasks (org_id, site, due_at, id) WHERE state = 'open';
CREATE INDEX tasks_site_opened ON tasks (org_id, site, opened_at, id) WHERE state = 'open';
CREATE INDEX tasks_done ON tasks (org_id, completed_by, completed_at, id) WHERE state = 'done';

-- The group inbox: one row a task and scope key, present while the task is open and nobody holds it.
CREATE TABLE task_candidates (
    org_id    uuid NOT NULL,
    key       text NOT NULL,
    task_id   uuid NOT NULL,
    due_at    timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, task_id, key),
    FOREIGN KEY (org_id, task_id) REFERENCES tasks (org_id, id)
);
CREATE INDEX task_candidates_due ON task_candidates (org_id, key, due_at, task_id);
CREATE INDEX task_candidates_opened ON task_candidates (org_id, key, opened_at, task_id);

CREATE TABLE drafts (
    org_id   uuid NOT NULL,
    task_id  uuid NOT NULL,
    user_id  uuid NOT NULL,
    data     jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, task_id, user_id)
);

CREATE TABLE comments (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    record_id  uuid NOT NULL,
    task_id    uuid,
    author_id  uuid NOT NULL,
    text       text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, record_id, id),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);

CREATE TABLE decisions (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL,
    record_id    uuid NOT NULL,
    task_id      uuid NOT NULL,
    step         text NOT NULL,
    round        integer NOT NULL,
    kind         text NOT NULL,
    person_id    uuid NOT NULL,
    behalf_id    uuid,
    outcome      text NOT NULL,
    return_to    text NOT NULL DEFAULT '',
    comment      text NOT NULL DEFAULT '',
    version      integer NOT NULL,
    signature_id uuid,
    policy_id    uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, task_id),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);
CREATE INDEX decisions_record ON decisions (org_id, record_id);

CREATE TABLE intents (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    record_id  uuid NOT NULL,
    task_id    uuid NOT NULL,
    signer_id  uuid NOT NULL,
    bytes      bytea NOT NULL,
    view       bytea NOT NULL,
    request    jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX intents_record ON intents (org_id, record_id);

CREATE TABLE signatures (
    org_id        uuid NOT NULL,
    id            uuid NOT NULL,
    record_id     uuid NOT NULL,
    version       integer NOT NULL,
    task_id       uuid,
    step          text NOT NULL,
    round         integer NOT NULL,
    signer_id     uuid NOT NULL,
    meaning       text NOT NULL,
    intent_id     uuid NOT NULL,
    content_hash  bytea NOT NULL,
    manifest      bytea NOT NULL,
    manifest_hash bytea NOT NULL,
    signature     bytea NOT NULL,
    key_id        text NOT NULL,
    signed_at     timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, intent_id),
    FOREIGN KEY (org_id, record_id) REFERENCES records (org_id, id)
);
CREATE INDEX signatures_record ON signatures (org_id, record_id);

CREATE TABLE signing_keys (
    org_id     uuid NOT NULL,
    id         text NOT NULL,
    public     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE policy_decisions (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    action     text NOT NULL,
    record_id  uuid,
    actor_id   uuid NOT NULL,
    revision   integer NOT NULL,
    allow      boolean NOT NULL,
    rule       text NOT NULL,
    reasons    jsonb NOT NULL,
    bytes      bytea NOT NULL,
    micros     integer NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX policy_decisions_record ON policy_decisions (org_id, record_id);
CREATE INDEX policy_decisions_at ON policy_decisions (org_id, at, id);

-- The SHA-256 of a file a line, as sha256sum writes them.
-- +goose StatementBegin
CREATE FUNCTION policy_digest(files jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(convert_to(string_agg(encode(sha256(convert_to(value, 'UTF8')), 'hex') || '  ' || key || E'\n', '' ORDER BY key COLLATE "C"), 'UTF8'))
    FROM jsonb_each_text(files)
$$;
-- +goose StatementEnd

-- What decided, once for all organizations: policy decisions name its digest, and nothing else can be kept under that.
CREATE TABLE policy_revisions (
    digest     bytea PRIMARY KEY,
    revision   integer NOT NULL,
    files      jsonb NOT NULL,
    first_seen timestamptz NOT NULL,
    CHECK (digest = policy_digest(files))
);

-- The leaf bytes are what is hashed into the tree. The other columns are for finding.
CREATE TABLE audit_events (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    record_id  uuid,
    seq        bigint NOT NULL,
    actor_id   uuid NOT NULL,
    action     text NOT NULL,
    outcome    text NOT NULL,
    command_id uuid NOT NULL,
    leaf       bytea NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX audit_events_record ON audit_events (org_id, record_id, seq) WHERE record_id IS NOT NULL;
CREATE INDEX audit_events_at ON audit_events (org_id, at, id);

-- Events that have no leaf index yet. position follows the order of commits of one record, because the record is locked.
CREATE TABLE unsealed (
    org_id   uuid NOT NULL,
    event_id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (org_id, position)
);

CREATE TABLE leaves (
    org_id   uuid NOT NULL,
    index    bigint NOT NULL,
    event_id uuid NOT NULL,
    hash     bytea NOT NULL,
    PRIMARY KEY (org_id, index),
    UNIQUE (org_id, event_id)
);

CREATE TABLE tree_nodes (
    org_id uuid NOT NULL,
    index  bigint NOT NULL,
    hash   bytea NOT NULL,
    PRIMARY KEY (org_id, index)
);

CREATE TABLE checkpoints (
    org_id     uuid NOT NULL,
    size       bigint NOT NULL,
    root       bytea NOT NULL,
    note       text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, size)
);

-- Values whose salted commitments are in the leaves. They may be erased after retention; the proofs stay whole.
CREATE TABLE personal_values (
    org_id   uuid NOT NULL,
    event_id uuid NOT NULL,
    name     text NOT NULL,
    value    text NOT NULL,
    salt     bytea NOT NULL,
    PRIMARY KEY (org_id, event_id, name)
);

CREATE TABLE receipts (
    org_id      uuid NOT NULL,
    command_id  uuid NOT NULL,
    fingerprint bytea NOT NULL,
    receipt     jsonb NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (org_id, command_id)
);

-- Decisions that the engine has not yet confirmed to have stored.
CREATE TABLE awaiting (
    org_id      uuid NOT NULL,
    record_id   uuid NOT NULL,
    record_type text NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (org_id, record_id)
);

CREATE TABLE notifications (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    user_key   text NOT NULL,
    record_id  uuid NOT NULL,
    task_id    uuid,
    kind       text NOT NULL,
    text       text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at    timestamptz,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX notifications_key ON notifications (org_id, user_key, created_at);

CREATE TABLE outbox (
    org_id     uuid NOT NULL,
    position   bigint GENERATED ALWAYS AS IDENTITY,
    topic      text NOT NULL,
    record_id  uuid,
    task_id    uuid,
    at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, position)
);

-- +goose Down
SELECT 'migrations only go forward';
