// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/stretchr/testify/require"
)

func everything(string) bool { return true }

// TestRego runs the tests beside the policies, and asks that they reach every line of them.
func TestRego(t *testing.T) { //nolint:tparallel // the results come one after the other
	t.Parallel()
	modules, err := parseModules(everything)
	require.NoError(t, err)
	base, err := baseData()
	require.NoError(t, err)
	store := inmem.NewFromObject(map[string]any{"base": base})
	txn, err := store.NewTransaction(t.Context(), storage.TransactionParams{})
	require.NoError(t, err)
	defer store.Abort(t.Context(), txn)

	coverage := cover.New()
	results, err := tester.NewRunner().SetParallel(1).SetStore(store).SetModules(modules).CapturePrintOutput(true).
		SetCoverageQueryTracer(coverage).RunTests(t.Context(), txn)
	require.NoError(t, err)
	ran := 0
	for result := range results {
		ran++
		t.Run(result.Package+"."+result.Name, func(t *testing.T) {
			require.NoError(t, result.Error)
			require.False(t, result.Fail, "%s\n%s", result.Location, result.Output)
		})
	}
	require.Greater(t, ran, 80)
	missed := map[string][]cover.Range{}
	for name, file := range coverage.Report(modules).Files {
		for _, r := range file.NotCovered {
			if isPolicy(name) && len(r.Kinds) == 0 { // with a kind, another rule answered first
				missed[name] = append(missed[name], r)
			}
		}
	}
	require.Empty(t, missed, "lines that no test reaches")
}

// TestFormat holds every policy to "opa fmt".
func TestFormat(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "rego/*.rego")
	require.NoError(t, err)
	for _, name := range names {
		source, err := files.ReadFile(name)
		require.NoError(t, err)
		formatted, err := format.SourceWithOpts(name, source, format.Opts{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		require.Equal(t, string(formatted), string(source), "%s is not formatted", name)
	}
}

// TestStrict compiles the tests as strictly as the policies: New does it for these.
func TestStrict(t *testing.T) {
	t.Parallel()
	modules, err := parseModules(everything)
	require.NoError(t, err)
	_, err = compileModules(modules)
	require.NoError(t, err)
}

// TestEveryPolicyHasTests asks for a test file beside every policy that decides something by itself.
func TestEveryPolicyHasTests(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"authz", "authz_task", "authz_record", "plan", "segregation", "segregation_actor", "segregation_admin",
		"segregation_signing", "segregation_target", "signature", "visible",
	} {
		_, err := fs.Stat(files, "rego/"+name+"_test.rego")
		require.NoError(t, err)
	}
}

// TestSandbox proves that policy cannot reach the network, the clock, chance or the host.
func TestSandbox(t *testing.T) {
	t.Parallel()
	for _, call := range []string{
		`http.send({"method": "get", "url": "http://localhost"})`, `net.lookup_ip_addr("localhost")`, `opa.runtime()`,
		`time.now_ns()`, `rand.intn("x", 2)`, `uuid.rfc4122("x")`,
	} {
		module, err := ast.ParseModuleWithOpts("x.rego", "package x\n\ny := "+call, ast.ParserOptions{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		_, err = compileModules(map[string]*ast.Module{"x.rego": module})
		require.ErrorContains(t, err, "undefined function", call)
	}
	require.False(t, slices.ContainsFunc(capabilities().Builtins, func(b *ast.Builtin) bool { return b.Nondeterministic }))
}
