#!/bin/sh
# Creates Baton's namespace and registers its search attributes. Safe to run again: what is there stays.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are read by the CLI itself.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"

# The list of domain/search-attributes.ts; a test compares the two.
attributes='
  BatonTenant Keyword
  BatonPlatform Keyword
  BatonPhase Keyword
  BatonOutcome Keyword
  BatonSkill Keyword
  BatonAttempt Int
  BatonConversationId Keyword
  BatonNoticeUndelivered Bool
'

# Runs a command until it succeeds, for a minute at most.
insist() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || { echo "gave up: $*" >&2; exit 1; }
    sleep 2
  done
}

known_attributes() {
  temporal operator search-attribute list
}

namespace_exists() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1
}

create_namespace() {
  namespace_exists ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${TEMPORAL_RETENTION:-168h}" \
      --description 'Baton: one workflow per escalation'
}

insist temporal operator cluster health
insist create_namespace
# A new namespace is known to every part of the server only after a few seconds.
insist known_attributes >/dev/null
known=$(known_attributes)

echo "$attributes" | while read -r name type; do
  [ -n "$name" ] || continue
  if echo "$known" | grep -qw "$name"; then continue; fi
  insist temporal operator search-attribute create --name "$name" --type "$type"
done

echo "Namespace $TEMPORAL_NAMESPACE is ready."
