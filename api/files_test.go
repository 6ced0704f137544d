// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

const chart = "%PDF-1.7 sealing temperature, line 4"

func (w *world) upload(t *testing.T, who, media, content string) reply {
	t.Helper()
	return w.do(t, call{who: who, method: "POST", path: "/v1/files", body: content, header: map[string]string{"Content-Type": media}})
}

func (w *world) attach(t *testing.T, who string, record api.Record, ifMatch, sha256, name string) reply {
	t.Helper()
	return w.do(t, call{
		who: who, method: "POST", path: "/v1/records/" + record.ID.String() + "/files", ifMatch: ifMatch, body: map[string]any{"sha256": sha256, "name": name, "reason": "The recorder's chart."},
	})
}

func hexHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestAFileIsUploadedAttachedFetchedAndRemoved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	path := "/v1/records/" + record.ID.String() + "/files"
	up := into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated)
	require.Equal(t, api.Upload{SHA256: hexHash(chart), Size: int64(len(chart)), MediaType: models.MediaPDF}, up)
	require.Equal(t, up, into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated), "the same bytes twice")
	require.Empty(t, into[items[api.RecordFile]](t, w.do(t, call{who: "quinn", method: "GET", path: path}), http.StatusOK).Items, "no evidence before it is attached")

	problem(t, w.attach(t, "quinn", record, "", up.SHA256, "chart.pdf"), http.StatusPreconditionRequired, models.CodeNoIfMatch)
	problem(t, w.attach(t, "quinn", record, `"7"`, up.SHA256, "chart.pdf"), http.StatusPreconditionFailed, models.CodeStale)
	made := into[api.Receipt](t, w.attach(t, "quinn", record, `"1"`, up.SHA256, "Siegeltemperatur Linie 4 – Größe.pdf"), http.StatusCreated)
	require.Equal(t, 2, made.Version)
	require.Equal(t, record.State, made.State, "the process stays where it is")

	list := into[items[api.RecordFile]](t, w.do(t, call{who: "rita", method: "GET", path: path}), http.StatusOK).Items
	require.Len(t, list, 1)
	require.Equal(t, "Quinn Quist", list[0].AddedBy.Name)
	require.Equal(t, 2, list[0].Version)
	require.Equal(t, "The recorder's chart.", list[0].Reason)
	require.Nil(t, list[0].Removed)

	got := w.do(t, call{who: "ivy", method: "GET", path: path + "/" + up.SHA256})
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, chart, string(got.raw))
	require.Equal(t, models.MediaPDF, got.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.Contains(t, got.Header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, `"`+up.SHA256+`"`, got.Header.Get("ETag"))
	kind, params, err := mime.ParseMediaType(got.Header.Get("Content-Disposition"))
	require.NoError(t, err)
	require.Equal(t, "attachment", kind)
	require.Equal(t, "Siegeltemperatur Linie 4 – Größe.pdf", params["filename"])

	remove := call{who: "hana", method: "POST", path: path + "/" + up.SHA256 + "/remove", ifMatch: `"2"`, body: map[string]any{"reason": "It is of another line."}}
	problem(t, w.do(t, remove), http.StatusForbidden, models.CodeForbidden)
	remove.who, remove.path = "quinn", path+"/"+hexHash("another")+"/remove"
	problem(t, w.do(t, remove), http.StatusForbidden, models.CodeForbidden)
	remove.path = path + "/" + up.SHA256 + "/remove"
	gone := into[api.Receipt](t, w.do(t, remove), http.StatusOK)
	require.Equal(t, 3, gone.Version)
	require.Equal(t, record.ContentHash, gone.ContentHash, "the content is what it was before")

	list = into[items[api.RecordFile]](t, w.do(t, call{who: "rita", method: "GET", path: path}), http.StatusOK).Items
	require.Len(t, list, 1)
	require.Equal(t, "It is of another line.", list[0].Removed.Reason)
	require.Equal(t, 3, list[0].Removed.Version)
	require.Equal(t, chart, string(w.do(t, call{who: "ivy", method: "GET", path: path + "/" + up.SHA256}).raw), "earlier versions keep it")

	versions := into[items[api.Version]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/records/" + record.ID.String() + "/versions"}), http.StatusOK).Items
	require.Equal(t, up.SHA256, versions[1].Changes[0].New.(map[string]any)["Siegeltemperatur Linie 4 – Größe.pdf"])
	history := w.do(t, call{who: "rita", method: "GET", path: "/v1/records/" + record.ID.String() + "/history"})
	require.Contains(t, string(history.raw), "record.attach")
	require.Contains(t, string(history.raw), "record.detach")
	require.Contains(t, string(history.raw), up.SHA256)
}

func TestOnlyWhoSeesTheRecordFetchesItsFiles(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.otherOrganization(t)
	record := w.fileRequest(t)
	into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated)
	into[api.Receipt](t, w.attach(t, "quinn", record, `"1"`, hexHash(chart), "chart.pdf"), http.StatusCreated)
	path := "/v1/records/" + record.ID.String() + "/files/"
	for _, who := range []string{"olga", "ada", "eve"} { // another site, no GMP work, another organization
		problem(t, w.do(t, call{who: who, method: "GET", path: path + hexHash(chart)}), http.StatusNotFound, models.CodeNotFound)
		problem(t, w.do(t, call{who: who, method: "GET", path: strings.TrimSuffix(path, "/")}), http.StatusNotFound, models.CodeNotFound)
	}
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: path + hexHash("another")}), http.StatusNotFound, models.CodeNotFound)
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: path + "..%2f..%2fme"}), http.StatusUnprocessableEntity, models.CodeInvalid)

	// Whoever knows no more than the hash does not get at the bytes by attaching them somewhere else.
	mine := w.fileRequest(t)
	p := problem(t, w.attach(t, "rita", mine, `"1"`, hexHash(chart), "chart.pdf"), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "sha256", p.Errors[0].Path)
}

func TestUploadsAreWhatTheySay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for media, content := range map[string]string{
		models.MediaPDF: chart, models.MediaPNG: "\x89PNG\r\n\x1a\n...", models.MediaJPEG: "\xff\xd8\xff\xe0...", models.MediaWebP: "RIFF\x04\x00\x00\x00WEBPVP8 ",
		"text/csv; charset=utf-8": "time;°C\n06:12;172\n", models.MediaText: "Line 4\r\n", models.MediaJSON: `{"lot": "AM5-2603"}`,
		models.MediaDOCX: office(t, "word/document.xml"), models.MediaXLSX: office(t, "xl/workbook.xml"),
	} {
		into[api.Upload](t, w.upload(t, "rita", media, content), http.StatusCreated)
	}
	for name, c := range map[string]struct{ media, content string }{
		"not what it says": {models.MediaPNG, chart}, "a page": {"text/html", "<script>"}, "an image that is a program": {"image/svg+xml", "<svg/>"},
		"no text": {models.MediaText, "a\x00b"}, "no UTF-8": {models.MediaCSV, "\xff\xfe"}, "another charset": {"text/plain; charset=latin1", "a"}, "no JSON": {models.MediaJSON, "{"},
		"a zip": {models.MediaDOCX, office(t, "xl/workbook.xml")}, "with macros": {models.MediaDOCX, office(t, "word/document.xml", "word/vbaProject.bin")}, "anything": {"application/octet-stream", chart},
	} {
		require.Equal(t, http.StatusUnsupportedMediaType, w.upload(t, "rita", c.media, c.content).StatusCode, name)
	}
	problem(t, w.upload(t, "rita", models.MediaPDF, ""), http.StatusBadRequest, models.CodeMalformed)
	problem(t, w.upload(t, "ivy", models.MediaPDF, chart), http.StatusForbidden, models.CodeForbidden)
	into[api.Upload](t, w.upload(t, "mes", models.MediaPDF, chart), http.StatusCreated)

	whole := "%PDF-" + strings.Repeat("x", models.MaxFileBytes-5)
	up := into[api.Upload](t, w.upload(t, "rita", models.MediaPDF, whole), http.StatusCreated)
	require.EqualValues(t, models.MaxFileBytes, up.Size)
	problem(t, w.upload(t, "rita", models.MediaPDF, whole+"x"), http.StatusRequestEntityTooLarge, models.CodeTooLarge)
	record := w.fileRequest(t)
	into[api.Receipt](t, w.attach(t, "rita", record, `"1"`, up.SHA256, "whole.pdf"), http.StatusCreated)
	require.True(t, whole == string(w.do(t, call{who: "rita", method: "GET", path: "/v1/records/" + record.ID.String() + "/files/" + up.SHA256}).raw), "it comes back in pieces, whole")
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated)
	into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart+" again"), http.StatusCreated)
	for _, name := range []string{
		"../chart.pdf", "a/b.pdf", `a\b.pdf`, "C:chart.pdf", ".pdf", " chart.pdf", "chart.pdf ", "chart\n.pdf", "chart.exe", "chart", "chart\u202efdp.pdf", strings.Repeat("x", 252) + ".pdf",
	} {
		p := problem(t, w.attach(t, "quinn", record, `"1"`, hexHash(chart), name), http.StatusUnprocessableEntity, models.CodeInvalid)
		require.Equal(t, "name", p.Errors[0].Path, name)
	}
	into[api.Receipt](t, w.attach(t, "quinn", record, `"1"`, hexHash(chart), "Chart.pdf"), http.StatusCreated)
	p := problem(t, w.attach(t, "quinn", record, `"2"`, hexHash(chart+" again"), "chart.PDF"), http.StatusConflict, models.CodeMoved)
	require.Contains(t, p.Detail, `"Chart.pdf"`)
	problem(t, w.attach(t, "quinn", record, `"2"`, hexHash(chart), "other.pdf"), http.StatusConflict, models.CodeMoved)
	into[api.Receipt](t, w.attach(t, "quinn", record, `"2"`, hexHash(chart+" again"), "again.pdf"), http.StatusCreated)
}

// An altered file reaches nobody whole: the answer breaks off.
func TestAnAlteredFileIsNotSentWhole(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated)
	into[api.Receipt](t, w.attach(t, "quinn", record, `"1"`, hexHash(chart), "chart.pdf"), http.StatusCreated)
	admin := w.DB.Admin(t)
	_, err := admin.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = admin.Exec(t.Context(), "UPDATE files SET bytes = set_byte(bytes, 20, 0) WHERE org_id = $1", w.Org)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), "GET", w.Server.URL+"/v1/records/"+record.ID.String()+"/files/"+hexHash(chart), nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+w.token(t, "quinn"))
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		_, err = new(bytes.Buffer).ReadFrom(res.Body)
		require.NoError(t, res.Body.Close())
	}
	require.Error(t, err)
	require.Equal(t, modeltest.Berlin, record.Site.ID)
}

// office is the smallest zip with the parts of a document.
func office(t *testing.T, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append(parts, "[Content_Types].xml") {
		f, err := z.Create(name)
		require.NoError(t, err)
		_, err = f.Write([]byte("<x/>"))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// One person does not take the room of all.
func TestOnePersonSendsTwoFilesAtATime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.token(t, "rita")
	var ends []func()
	for range 2 {
		body, sender := io.Pipe()
		reading := make(chan struct{})
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }})
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Server.URL+"/v1/files", body)
		require.NoError(t, err)
		for name, value := range map[string]string{
			"Authorization": "Bearer " + token, "Content-Type": models.MediaPDF, "Idempotency-Key": models.NewID().String(), "Expect": "100-continue",
		} {
			r.Header.Set(name, value)
		}
		arrived := make(chan int, 1)
		go func() {
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				arrived <- 0
				return
			}
			_ = res.Body.Close()
			arrived <- res.StatusCode
		}()
		<-reading // the server has let it in
		ends = append(ends, func() {
			_, err := io.WriteString(sender, chart)
			require.NoError(t, err)
			require.NoError(t, sender.Close())
			require.Equal(t, http.StatusCreated, <-arrived)
		})
	}
	third := w.upload(t, "rita", models.MediaPDF, chart)
	p := problem(t, third, http.StatusTooManyRequests, models.CodeTooMany)
	require.Equal(t, "5", third.Header.Get("Retry-After"))
	require.Len(t, p.Errors, 1)
	require.Equal(t, "too_many", p.Errors[0].Code)
	require.Empty(t, p.Errors[0].Pointer, "the body as a whole")
	into[api.Upload](t, w.upload(t, "quinn", models.MediaPDF, chart), http.StatusCreated)
	ends[0]()
	into[api.Upload](t, w.upload(t, "rita", models.MediaPDF, chart), http.StatusCreated)
	ends[1]()
}
