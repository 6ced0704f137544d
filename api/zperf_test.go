package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestZPerf(t *testing.T) {
	w := setup(t)
	rec := w.fileRequest(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.DB.AdminURL)
	require.NoError(t, err)
	defer conn.Close(ctx)
	ex := func(sql string) {
		b := time.Now()
		_, err := conn.Exec(ctx, sql)
		require.NoError(t, err, sql)
		fmt.Println("seed", time.Since(b))
	}
	measure := func(label string) {
		for _, who := range []string{"quinn", "quentin", "rita"} {
			for _, p := range []string{"/v1/tasks?box=group", "/v1/tasks?box=group&sort=-opened", "/v1/tasks?box=all", "/v1/tasks?box=mine", "/v1/tasks?box=waiting", "/v1/records?sort=due", "/v1/records?sort=-created", "/v1/deviations?sort=-due", "/v1/requests?sort=created", "/v1/tasks/counts"} {
				best := time.Hour
				for range 5 {
					b := time.Now()
					r := w.do(t, call{who: who, method: "GET", path: p})
					require.Equal(t, http.StatusOK, r.StatusCode)
					best = min(best, time.Since(b))
				}
				fmt.Println(label, who, p, best)
			}
		}
	}
	measure("small")
	ex("SET session_replication_role = replica")
	ex(fmt.Sprintf(`INSERT INTO records SELECT (jsonb_populate_record(NULL::records, to_jsonb(r) || jsonb_build_object('id', gen_random_uuid(), 'number', 'REQ-2000-' || (10000+i),
		'due_at', r.due_at + i * interval '1 second', 'created_at', r.created_at + i * interval '1 second', 'owner_id', gen_random_uuid(), 'reporter_id', gen_random_uuid()))).*
		FROM records r CROSS JOIN generate_series(1, 200000) i WHERE r.id = '%s'`, rec.ID))
	ex(fmt.Sprintf(`INSERT INTO tasks SELECT (jsonb_populate_record(NULL::tasks, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'record_id', r.id, 'record_owner', r.owner_id, 'due_at', r.due_at, 'opened_at', r.created_at))).*
		FROM tasks t CROSS JOIN records r WHERE t.id = '%s' AND r.id <> t.record_id`, rec.Tasks[0].ID))
	ex(`INSERT INTO task_candidates SELECT t.org_id, k, t.id, t.due_at, t.opened_at FROM tasks t CROSS JOIN LATERAL unnest(t.candidates) k ON CONFLICT DO NOTHING`)
	ex("ANALYZE")
	measure("large")
}
