// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/countersign/countersign/models"
)

//go:embed rego/*.rego rego/base/*.json
var files embed.FS

// bundle is the compiled rules and the data that they read.
type bundle struct {
	compiler *ast.Compiler
	store    storage.Store
	overview models.PolicyOverview
	source   models.PolicySource
}

func loadBundle(types []typeData) (*bundle, error) {
	modules, err := parseModules(isPolicy)
	if err != nil {
		return nil, err
	}
	written := make(map[string]*ast.Module, len(modules)) // compiling rewrites them
	for name, module := range modules {
		written[name] = module.Copy()
	}
	compiler, err := compileModules(modules)
	if err != nil {
		return nil, err
	}
	base, err := baseData()
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		if err := t.addTo(base); err != nil {
			return nil, err
		}
	}
	if err := checkMatrix(base); err != nil {
		return nil, err
	}
	contents, err := contentsOf(files, types)
	if err != nil {
		return nil, err
	}
	rev := revisionOf(contents)
	overview, err := overviewOf(base, written, rev)
	if err != nil {
		return nil, err
	}
	// Values are kept as Rego reads them: converting the matrix at every question would cost more than the question.
	store := inmem.NewFromObjectWithOpts(map[string]any{"base": base}, inmem.OptReturnASTValuesOnRead(true))
	source := models.PolicySource{Digest: rev.String(), Revision: rev.number(), Files: contents}
	return &bundle{compiler: compiler, store: store, overview: overview, source: source}, nil
}

// prepare leaves partial evaluation out: with it, some denials were lost, and the tests said so.
func (b *bundle) prepare(ctx context.Context, path string, timeout time.Duration) (query, error) {
	prepared, err := rego.New(
		rego.Query(path), rego.Compiler(b.compiler), rego.Store(b.store), rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return query{}, fmt.Errorf("prepare %s: %w", path, err)
	}
	return query{prepared: prepared, timeout: timeout}, nil
}

func isPolicy(name string) bool { return !strings.HasSuffix(name, "_test.rego") }

func parseModules(want func(name string) bool) (map[string]*ast.Module, error) {
	names, err := fs.Glob(files, "rego/*.rego")
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	modules := make(map[string]*ast.Module, len(names))
	for _, name := range slices.DeleteFunc(names, func(n string) bool { return !want(n) }) {
		source, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read policy: %w", err)
		}
		options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: capabilities()}
		if modules[name], err = ast.ParseModuleWithOpts(name, string(source), options); err != nil {
			return nil, fmt.Errorf("parse policy: %w", err)
		}
	}
	return modules, nil
}

func compileModules(modules map[string]*ast.Module) (*ast.Compiler, error) {
	compiler := ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities())
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("compile policies: %w", compiler.Errors)
	}
	return compiler, nil
}

// capabilities leaves out every built-in function whose answer depends on anything but its arguments: the network, the clock,
// chance, the host. A decision can then be replayed, and policy cannot call out.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return b.Nondeterministic || strings.HasPrefix(b.Name, "http.") || strings.HasPrefix(b.Name, "net.") ||
			strings.HasPrefix(b.Name, "rand.") || b.Name == "opa.runtime" || b.Name == "time.now_ns"
	})
	c.AllowNet = []string{}
	return c
}

// baseData reads rego/base: each file is a part, named after it.
func baseData() (map[string]any, error) {
	names, err := fs.Glob(files, "rego/base/*.json")
	if err != nil {
		return nil, fmt.Errorf("list policy data: %w", err)
	}
	base := make(map[string]any, len(names))
	for _, name := range names {
		source, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read policy data: %w", err)
		}
		if base[strings.TrimSuffix(path.Base(name), ".json")], err = decodeObject(source); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return base, nil
}

// decodeObject keeps numbers as written, as Rego wants them.
func decodeObject(source []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("decode policy data: %w", err)
	}
	return object, nil
}
