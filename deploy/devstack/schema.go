// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"go.temporal.io/server/common/log"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers postgres12_pgx
	"go.temporal.io/server/tools/common/schema"
	toolsql "go.temporal.io/server/tools/sql"
)

// updateSchemas brings Temporal's two databases to the schema of the server in this program.
func updateSchemas(sql sqlTarget, logger log.Logger) error {
	for database, name := range map[string]string{
		temporalDatabase:   "postgresql/v12/temporal",
		visibilityDatabase: "postgresql/v12/visibility",
	} {
		if err := updateSchema(sql, database, name, logger); err != nil {
			return fmt.Errorf("bring the schema of database %s up to date: %w", database, err)
		}
	}
	return nil
}

func updateSchema(sql sqlTarget, database, name string, logger log.Logger) error {
	conn, err := toolsql.NewConnection(sql.store(database), logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil {
		if err := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: name}, logger).Run()
}
