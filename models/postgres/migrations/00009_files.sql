-- Files: bytes that were uploaded, and which records hold them. A file is evidence from the moment that a record names it.
-- +goose Up

-- The same bytes are one row, whoever uploads them and as what: media_type is what they came as first. They stand uncompressed, so that a piece in the middle is read by itself.
CREATE TABLE files (
    org_id     uuid NOT NULL,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    size       bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    bytes      bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    PRIMARY KEY (org_id, sha256)
);
ALTER TABLE files ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Who uploaded what lately: only one's own upload can be attached. Whoever knows no more of a file than its hash has no way to it.
CREATE TABLE uploads (
    org_id     uuid NOT NULL,
    user_id    uuid NOT NULL,
    sha256     bytea NOT NULL,
    media_type text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id, sha256),
    CONSTRAINT uploads_file FOREIGN KEY (org_id, sha256) REFERENCES files
);
CREATE INDEX uploads_at ON uploads (org_id, at);
CREATE INDEX uploads_file ON uploads (org_id, sha256);

-- Every file that any version of a record names. The foreign key keeps its bytes from being removed.
CREATE TABLE record_files (
    org_id    uuid NOT NULL,
    record_id uuid NOT NULL,
    sha256    bytea NOT NULL,
    PRIMARY KEY (org_id, record_id, sha256),
    CONSTRAINT record_files_file FOREIGN KEY (org_id, sha256) REFERENCES files
);
CREATE INDEX record_files_file ON record_files (org_id, sha256);

-- Those that are attached now: name, sha256, size, media_type, added_at, added_by, in the order in which they were attached.
ALTER TABLE records ADD COLUMN files jsonb NOT NULL DEFAULT '[]';

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['files', 'uploads', 'record_files'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = NULLIF(current_setting(''app.org'', true), '''')::uuid)', t);
    END LOOP;
END $$;
-- +goose StatementEnd

CREATE TRIGGER immutable_rows BEFORE UPDATE ON files FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON record_files FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable_table BEFORE TRUNCATE ON record_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- purge_files removes uploads that were left since p_before, and the bytes that no record names and nobody else has uploaded. It
-- runs as the owner, because the application may not remove files: this way it removes no others.
-- +goose StatementBegin
CREATE FUNCTION purge_files(p_org uuid, p_before timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_left  bytea[];
    v_count bigint;
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    WITH gone AS (DELETE FROM uploads u WHERE u.org_id = p_org AND u.at < p_before RETURNING u.sha256)
    SELECT array_agg(DISTINCT gone.sha256) INTO v_left FROM gone;
    DELETE FROM files f WHERE f.org_id = p_org AND f.sha256 = ANY (v_left)
        AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.org_id = p_org AND u.sha256 = f.sha256)
        AND NOT EXISTS (SELECT 1 FROM record_files r WHERE r.org_id = p_org AND r.sha256 = f.sha256);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
