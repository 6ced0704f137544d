-- Run it with the servers stopped: it reads the titles of all records, and nobody can write one meanwhile.
-- The words of titles, so that a search among a million records reads only those that have them. They are rows of their own
-- because no operator of text search may use an index under row security: a word is compared as text, which may.
-- +goose Up
CREATE TABLE record_words (
    org_id    uuid NOT NULL,
    word      text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (org_id, word, record_id)
);
-- Whether one record has a word, and all the words of a record, when its title changes.
CREATE INDEX record_words_record ON record_words (org_id, record_id, word);
ALTER TABLE record_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_words FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON record_words USING (org_id = NULLIF(current_setting('app.org', true), '')::uuid);

-- A text as it is searched: lower case, and one blank before each word. Only blanks and ASCII punctuation part words, whatever the
-- locale of the database takes for a letter.
-- +goose StatementBegin
CREATE FUNCTION searchable(p_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN rtrim(' ' || ltrim(regexp_replace(lower(p_text), '[\s!-/:-@[-`{-~]+', ' ', 'g')));
END $$;
-- +goose StatementEnd

-- The words of a text, each once. They are cut, because an index takes no long ones.
-- +goose StatementBegin
CREATE FUNCTION words_of(p_text text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT left(w, 100) FROM unnest(string_to_array(searchable(p_text), ' ')) w WHERE w <> '');
END $$;
-- +goose StatementEnd

-- What of its words stays is left alone; a word that was left behind by other means is no obstacle.
-- +goose StatementBegin
CREATE FUNCTION keep_record_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_words text[] := words_of(NEW.title);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM record_words w WHERE w.org_id = OLD.org_id AND w.record_id = OLD.id AND w.word <> ALL (v_words);
    END IF;
    INSERT INTO record_words (org_id, word, record_id) SELECT NEW.org_id, w, NEW.id FROM unnest(v_words) w ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER new_words AFTER INSERT ON records FOR EACH ROW WHEN (NEW.title <> '') EXECUTE FUNCTION keep_record_words();
CREATE TRIGGER changed_words AFTER UPDATE OF title ON records FOR EACH ROW WHEN (OLD.title <> NEW.title) EXECUTE FUNCTION keep_record_words();

-- Records that were there before. Row security binds the owner too, so it goes organization by organization.
-- +goose StatementBegin
DO $$
DECLARE o uuid;
BEGIN
    FOR o IN SELECT org_id FROM organization_slugs LOOP
        PERFORM set_config('app.org', o::text, true);
        INSERT INTO record_words SELECT o, w, r.id FROM records r CROSS JOIN LATERAL unnest(words_of(r.title)) w WHERE r.org_id = o;
    END LOOP;
    PERFORM set_config('app.org', '', true);
END $$;
-- +goose StatementEnd

-- search_records finds the records whose titles have words that begin with each of the query's: of those that have its rarest word,
-- those that have the others too. NULL where too many have them to be named: more than p_most of them, or more than p_far that have
-- the rarest word. Each step is planned for its words, because to look a few records up and to pass over all that have a word are
-- as far apart in cost as the words are in number.
-- +goose StatementBegin
CREATE FUNCTION search_records(p_org uuid, p_query text, p_most integer, p_far integer) RETURNS uuid[] LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO force_custom_plan SET jit TO off AS $$
DECLARE
    v_words text[] := words_of(p_query);
    v_word  text COLLATE "C";
    v_best  text COLLATE "C";
    v_least integer;
    v_count integer;
    v_found uuid[] := '{}';
BEGIN
    IF cardinality(v_words) = 0 THEN
        RETURN v_found;
    END IF;
    v_least := 1 + CASE WHEN cardinality(v_words) = 1 THEN p_most ELSE p_far END;
    FOREACH v_word IN ARRAY v_words LOOP
        SELECT count(*) INTO v_count FROM (SELECT 1 FROM record_words w
            WHERE w.org_id = p_org AND w.word >= v_word AND w.word < v_word || chr(1114111) LIMIT v_least) x;
        IF v_count < v_least THEN
            v_best := v_word;
            v_least := v_count;
        END IF;
    END LOOP;
    IF v_best IS NULL THEN
        RETURN NULL;
    END IF;
    v_found := ARRAY(SELECT DISTINCT w.record_id FROM record_words w
        WHERE w.org_id = p_org AND w.word >= v_best AND w.word < v_best || chr(1114111));
    FOREACH v_word IN ARRAY v_words LOOP
        CONTINUE WHEN v_word = v_best;
        v_found := ARRAY(SELECT DISTINCT w.record_id FROM unnest(v_found) f (id) JOIN record_words w ON w.record_id = f.id
            WHERE w.org_id = p_org AND w.word >= v_word AND w.word < v_word || chr(1114111));
    END LOOP;
    RETURN CASE WHEN cardinality(v_found) <= p_most THEN v_found END;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
