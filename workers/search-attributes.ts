// Makes sure that the namespace knows Baton's search attributes: an unknown one would fail every workflow task.
import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../domain/search-attributes';

const TYPES = temporal.api.enums.v1.IndexedValueType;
const INDEXED: Readonly<Record<(typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES], number>> = {
  KEYWORD: TYPES.INDEXED_VALUE_TYPE_KEYWORD,
  INT: TYPES.INDEXED_VALUE_TYPE_INT,
  BOOL: TYPES.INDEXED_VALUE_TYPE_BOOL,
};

type Operator = Connection['operatorService'];

/** Registers those that are missing. Needs operator rights only if some are. */
export async function registerSearchAttributes(
  operator: Operator,
  namespace: string,
): Promise<readonly string[]> {
  const missing = await missingIn(operator, namespace);
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(
    missing.map((name) => [name, INDEXED[SEARCH_ATTRIBUTES[name]]]),
  );
  try {
    await operator.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker that starts at the same time may have been first.
    if ((await missingIn(operator, namespace)).length > 0) throw error;
    return [];
  }
  return missing;
}

async function missingIn(operator: Operator, namespace: string): Promise<readonly SearchAttributeName[]> {
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const names = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];
  return names.filter((name) => !(name in (customAttributes ?? {})));
}
