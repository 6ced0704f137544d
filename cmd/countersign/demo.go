// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// maxFindings is how many findings about a forged pack are printed.
const maxFindings = 4

// errNoDemo is for a demo against something that is no server of the demo.
var errNoDemo = errors.New("start the demo server first, with make run")

// demo plays one major deviation against the running demo server, from its report to its verified evidence pack, by several
// people over the REST API, and prints each step. Two attempts are refused on the way, and a forged copy at the end.
func demo(ctx context.Context, args []string, cfg config, out io.Writer) error {
	flags := flag.NewFlagSet("countersign demo", flag.ContinueOnError)
	flags.SetOutput(out)
	server := flags.String("server", "http://"+cfg.Listen, "`address` of the demo server")
	file := flags.String("out", "pack.zip", "`file` of the evidence pack")
	rest, err := parseAnywhere(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("demo: nobody knows what to do with %q", rest[0])
	}
	s, err := readStory("stories/demo/major.json")
	if err != nil {
		return err
	}
	p := &player{server: newRESTClient(*server, ""), crew: map[string]*seat{}}
	d := &demonstration{scene: scene{player: p, story: s, acted: map[int]bool{}}, out: out}
	if err := d.play(ctx); err != nil {
		return explained(err)
	}
	return d.prove(ctx, cfg, *file)
}

// demonstration is a story that is told while it is played.
type demonstration struct {
	scene
	out  io.Writer
	line int
}

func (d *demonstration) play(ctx context.Context) error {
	if err := d.begin(ctx); err != nil {
		return err
	}
	for {
		r, err := d.settled(ctx)
		if err != nil {
			return err
		}
		if r.ClosedAt != nil {
			return nil
		}
		task := r.Tasks[0]
		if task.Step == models.StepFinalApproval {
			if err := d.refusals(ctx, r, task.ID); err != nil {
				return err
			}
			if r, err = d.settled(ctx); err != nil {
				return err
			}
			task = r.Tasks[0]
		}
		t, err := d.decide(ctx, r, task)
		if err != nil {
			return err
		}
		d.tell(t.who.username, doings[task.Step], t.task.Rule, t.receipt)
	}
}

// doings says what is done at each step, for the line that is printed.
var doings = map[string]string{
	models.StepTriage: "contains it, judges the first impact", models.StepAssessment: "proposes class major",
	models.StepAssessmentApproval: "approves the class", models.StepInvestigation: "finds the root cause",
	models.StepTechnicalApproval: "approves for the area", models.StepDisposition: "rejects one lot, releases one",
	models.StepCAPADecision: "asks for a CAPA", models.StepAuditTrailReview: "has read the audit trail", models.StepFinalApproval: "closes it for quality",
}

// begin logs the first people in and files the report.
func (d *demonstration) begin(ctx context.Context) error {
	reader, err := d.as(ctx, managers[d.story.Site])
	if err != nil {
		return fmt.Errorf("%w: %w", errNoDemo, err)
	}
	d.reader = reader
	var me api.Me
	if err := reader.get(ctx, "/v1/me", &me); err != nil {
		return err
	}
	d.org = me.Organization.ID
	fmt.Fprintf(d.out, "One major deviation at %s, %s, over the REST API of %s\n\n", me.Organization.Name, nordlys.sites[0].name, d.server.base)
	filed, err := d.report(ctx, d.story, "demo-"+models.NewID().String())
	if err != nil {
		return err
	}
	d.record = filed.ID
	rule, err := d.ruleOfCreation(ctx)
	if err != nil {
		return err
	}
	d.tell(d.story.Reporter, "reports "+filed.Number, rule, api.Receipt{Version: filed.Version, ContentHash: filed.ContentHash})
	fmt.Fprintf(d.out, "     %q\n", filed.Title)
	return nil
}

// ruleOfCreation looks up why the report was allowed.
func (d *demonstration) ruleOfCreation(ctx context.Context) (string, error) {
	var decisions struct{ Items []api.PolicyDecision }
	if err := d.reader.get(ctx, "/v1/decisions?sort=at&limit=1&record="+d.record.String(), &decisions); err != nil {
		return "", err
	}
	if len(decisions.Items) == 0 {
		return "", errors.New("no policy decision is on the record")
	}
	return decisions.Items[0].Action + " " + decisions.Items[0].Rule, nil
}

// tell prints one step: who, what, by which line of the policy, with which signature, and what the record's content hashes to.
func (d *demonstration) tell(who, what, rule string, receipt api.Receipt) {
	d.line++
	signature := "-"
	if receipt.Signature != nil {
		signature = tail(*receipt.Signature)
	}
	fmt.Fprintf(d.out, "%3d  %-8s %-37s %-38s sig %-12s v%-2d %.12s\n", d.line, who, what, rule, signature, receipt.Version, receipt.ContentHash)
}

// tail is the end of an id: ids of the same minute begin alike.
func tail(id uuid.UUID) string {
	text := id.String()
	return text[strings.LastIndex(text, "-")+1:]
}

// refusals are two attempts that the server refuses and records: the reporter holds the role to approve and may not (S1), and a
// signature with a wrong password is none.
func (d *demonstration) refusals(ctx context.Context, r *api.Record, task uuid.UUID) error {
	reporter, err := d.as(ctx, d.story.Reporter)
	if err != nil {
		return err
	}
	_, err = reporter.claim(ctx, task, "demo-refused")
	if err := d.refused(reporter.username, "tries to approve it", http.StatusForbidden, err); err != nil {
		return err
	}
	closer, err := d.as(ctx, d.story.who(models.StepFinalApproval, 0))
	if err != nil {
		return err
	}
	if _, err := closer.claim(ctx, task, "demo-claim"); err != nil {
		return err
	}
	guess := &actor{restClient: closer.restClient, username: closer.username, password: "not-the-password"}
	_, err = guess.decide(ctx, task, "demo-guess", r.Version, api.Verdict{Outcome: models.OutcomeApproved}, true)
	return d.refused(closer.username, "signs with a wrong password", http.StatusUnauthorized, err)
}

// refused prints a refusal with its rules. It is an error where the server refused for another reason, or not at all.
func (d *demonstration) refused(who, what string, status int, err error) error {
	var p *api.Problem
	if !errors.As(err, &p) || p.Status != status {
		return fmt.Errorf("%s %s and is not refused as it should be: %w", who, what, err)
	}
	for i, r := range p.Reasons {
		if i == 0 {
			fmt.Fprintf(d.out, "  x  %-8s %-37s REFUSED %d %s: %s\n", who, what, p.Status, r.Rule, r.Text)
			continue
		}
		fmt.Fprintf(d.out, "%61s%s: %s\n", "", r.Rule, r.Text)
	}
	return nil
}

// prove has the inspector take the evidence pack home: it is verified without the server, and a forged copy is not.
func (d *demonstration) prove(ctx context.Context, cfg config, file string) error {
	inspector, err := d.as(ctx, "iris")
	if err != nil {
		return err
	}
	pack, err := inspector.download(ctx, "/v1/records/"+d.record.String()+"/evidence")
	if err != nil {
		return explained(err)
	}
	forged, changed, err := forge(pack)
	if err != nil {
		return err
	}
	forgedFile := strings.TrimSuffix(file, filepath.Ext(file)) + "-forged.zip"
	for name, content := range map[string][]byte{file: pack, forgedFile: forged} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return fmt.Errorf("write the evidence pack: %w", err)
		}
	}
	opts := outside(cfg.Data, d.org)
	fmt.Fprintf(d.out, "\niris, an inspector, takes %s (%d KB) and verifies it offline:\n", file, len(pack)/1024)
	if !d.verdict(pack, opts) {
		return errFailed
	}
	fmt.Fprintf(d.out, "\nIn %s one byte is changed (%s):\n", forgedFile, changed)
	if d.verdict(forged, opts) {
		return errors.New("the forged pack was not noticed")
	}
	_, err = fmt.Fprintf(d.out, "\nAgain, at any time and on any machine: countersign verify %s\n", file)
	return err
}

// verdict prints what a verifier says of a pack, in short, and whether nothing is wrong with it.
func (d *demonstration) verdict(pack []byte, opts ledger.Options) bool {
	r := ledger.VerifyPackFile(bytes.NewReader(pack), int64(len(pack)), opts)
	for i, f := range r.Findings {
		if i == maxFindings {
			fmt.Fprintf(d.out, "  ... and %d more\n", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(d.out, "  REFUSED %s at %s: %s\n", f.Code, f.Where, hashes.ReplaceAllString(f.Message, "$1..."))
	}
	if !r.OK {
		return false
	}
	fmt.Fprintf(d.out, "  VERIFIED: %d audit trail entries, %d versions, %d signatures with their signed views, %d policy decisions\n",
		r.Counts.Events, r.Counts.Versions, r.Counts.Signatures, r.Counts.Decisions)
	if r.Head != nil {
		fmt.Fprintf(d.out, "  sealed under %d entries of the log, root %.16s, key %s\n", r.Head.Size, r.Head.Root, strings.Join(r.Head.Keys, ", "))
	}
	for _, u := range r.NotChecked {
		fmt.Fprintf(d.out, "  not checkable: %s\n", u.What)
	}
	return true
}

// hashes are cut short in what is printed for reading.
var hashes = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{52}\b`)

// outside is what a verifier has apart from the pack, where the data folder of the server is at hand: the organization's public
// keys, and the newest head that was kept outside of Postgres.
func outside(data string, org uuid.UUID) ledger.Options {
	opts := ledger.Options{Now: time.Now()}
	if store, err := ledger.OpenKeyStore(filepath.Join(data, "keys", "signing")); err == nil {
		opts.TrustedKeys, _ = store.List(org) // none where the server is elsewhere; the report says so
	}
	head, err := newestHead(filepath.Join(data, "heads"), org.String())
	if err != nil || head == "" {
		return opts
	}
	if raw, err := os.ReadFile(head); err == nil {
		opts.Checkpoint = string(raw)
	}
	return opts
}
