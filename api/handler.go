// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/countersign/countersign/api/web"
	"github.com/countersign/countersign/models"
)

// Handler is the API with its docs, health and metrics. It can be made once for each API.
func (a *API) Handler() http.Handler {
	handler, _ := a.build()
	return handler
}

// OpenAPI is the description of the API in YAML, as committed in openapi.yaml.
func (a *API) OpenAPI() ([]byte, error) {
	_, r := a.build()
	return r.OpenAPI().YAML()
}

func (a *API) build() (http.Handler, huma.API) {
	m := newMetrics(a.Metrics)
	router := chi.NewMux()
	router.Use(withRequestID(a.Log), m.measure, logRequests, recoverPanics, secure, sameOrigin(), checkURL)
	router.NotFound(notFound)
	router.MethodNotAllowed(methodNotAllowed)
	router.Get("/healthz", healthy)
	router.Get("/readyz", a.ready)
	router.Method(http.MethodGet, "/metrics", m.handler())
	docs(router)
	web.Routes(router, notFound)
	a.pageRoutes(router)
	r := humachi.New(router, config())
	r.UseMiddleware(a.authenticate, checkBody)
	a.routes(r)
	return router, r
}

func notFound(w http.ResponseWriter, r *http.Request) {
	fail(w, r, models.Refuse(models.CodeNotFound, "There is nothing at this address."))
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	fail(w, r, models.Refuse(codeMethod, "This address does not take "+methodName(r.Method)+"."))
}

// methodName keeps what is no method out of answers, logs and metrics.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "this method"
}

// fail answers with a problem outside of huma.
func fail(w http.ResponseWriter, r *http.Request, e *models.Error) {
	newProblem(e, requestID(r.Context()), false).write(w)
}

// sortedTypes are the record types in the order of their names, so that the description of the API is always the same.
func (a *API) sortedTypes() []models.RecordType {
	types := make([]models.RecordType, 0, len(a.Types))
	for _, t := range a.Types {
		types = append(types, t)
	}
	slices.SortFunc(types, func(x, y models.RecordType) int { return strings.Compare(x.Name, y.Name) })
	return types
}
