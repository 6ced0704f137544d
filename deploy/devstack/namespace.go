// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// namespace is where Countersign's processes run.
const namespace = "countersign"

// searchAttributes are what processes can be found by. They are stored in clear text: nothing personal.
var searchAttributes = map[string]enumspb.IndexedValueType{
	"OrgID":       enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	"RecordType":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	"RecordState": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	"DueAt":       enumspb.INDEXED_VALUE_TYPE_DATETIME,
}

func (t *temporalServer) clientOptions() client.Options {
	return client.Options{
		HostPort:  hostPort(t.spec.FrontendPort),
		Namespace: t.spec.Namespace,
		Logger:    sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}
}

// serves is the health check of the frontend, and of the UI where there is one.
func (t *temporalServer) serves(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := client.NewLazyClient(t.clientOptions())
	if err != nil {
		return fmt.Errorf("make a Temporal client: %w", err)
	}
	defer c.Close()
	if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("check Temporal's health: %w", err)
	}
	if t.spec.UIPort == 0 {
		return nil
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", hostPort(t.spec.UIPort))
	if err != nil {
		return fmt.Errorf("reach the Temporal UI: %w", err)
	}
	return conn.Close()
}

// ensureNamespace makes the namespace with its retention and search attributes, and returns when workflows can
// be started in it.
func (t *temporalServer) ensureNamespace(ctx context.Context, retention time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := t.registerNamespace(ctx, retention); err != nil {
		return err
	}
	c, err := client.NewLazyClient(t.clientOptions())
	if err != nil {
		return fmt.Errorf("make a Temporal client: %w", err)
	}
	defer c.Close()
	if err := eventually(ctx, func() error { return t.addSearchAttributes(ctx, c) }); err != nil {
		return fmt.Errorf("add search attributes: %w", err)
	}
	if err := eventually(ctx, func() error { return probe(ctx, c) }); err != nil {
		return fmt.Errorf("probe namespace %s: %w", t.spec.Namespace, err)
	}
	return nil
}

func (t *temporalServer) registerNamespace(ctx context.Context, retention time.Duration) error {
	c, err := client.NewNamespaceClient(t.clientOptions())
	if err != nil {
		return fmt.Errorf("make a Temporal client: %w", err)
	}
	defer c.Close()
	err = c.Register(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        t.spec.Namespace,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &exists) {
		err = c.Update(ctx, &workflowservice.UpdateNamespaceRequest{
			Namespace: t.spec.Namespace,
			Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
		})
	}
	if err != nil {
		return fmt.Errorf("register namespace %s: %w", t.spec.Namespace, err)
	}
	return nil
}

func (t *temporalServer) addSearchAttributes(ctx context.Context, c client.Client) error {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: t.spec.Namespace})
	if err != nil {
		return err
	}
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range searchAttributes {
		if _, ok := have.GetCustomAttributes()[name]; !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: t.spec.Namespace, SearchAttributes: missing,
	})
	return err
}

// probe asks for workflows that do not exist, one or more in every history shard, and for a search: an answer
// means that the namespace, its shards and its search attributes are there for the first real start.
func probe(ctx context.Context, c client.Client) error {
	for i := range 4 * historyShards {
		_, err := c.DescribeWorkflowExecution(ctx, fmt.Sprintf("devstack-probe-%d", i), "")
		var missing *serviceerror.NotFound
		if err != nil && !errors.As(err, &missing) {
			return err
		}
	}
	_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: "OrgID = 'devstack-probe'"})
	return err
}

// eventually tries until f succeeds or ctx ends, and returns the last error.
func eventually(ctx context.Context, f func() error) error {
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
