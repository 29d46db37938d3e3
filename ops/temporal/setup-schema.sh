#!/bin/sh
# Creates Temporal's two databases and brings their schema to the version of the tool. Safe to run again: what is
# there stays. Needs POSTGRES_SEEDS, POSTGRES_USER and SQL_PASSWORD; the schemas are inside the tool.
set -eu
: "${POSTGRES_SEEDS:?}" "${POSTGRES_USER:?}" "${SQL_PASSWORD:?}"

set_up() {
  database=$1
  schema=$2
  for step in create "setup-schema -v 0.0" "update-schema --schema-name postgresql/v12/$schema"; do
    # Unquoted on purpose: a step is a command and its options.
    # shellcheck disable=SC2086
    temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port "${DB_PORT:-5432}" \
      --user "$POSTGRES_USER" --database "$database" $step
  done
}

set_up temporal temporal
set_up temporal_visibility visibility
