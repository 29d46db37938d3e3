// Makes sure that the namespace knows Baton's search attributes: an unknown one would fail every workflow task.
import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes';

const TYPES = temporal.api.enums.v1.IndexedValueType;
const INDEXED: Readonly<Record<(typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES], number>> = {
  KEYWORD: TYPES.INDEXED_VALUE_TYPE_KEYWORD,
  INT: TYPES.INDEXED_VALUE_TYPE_INT,
  BOOL: TYPES.INDEXED_VALUE_TYPE_BOOL,
};

/** Registers those that are missing. Needs operator rights only if some are. */
export async function registerSearchAttributes(
  operator: Connection['operatorService'],
  namespace: string,
): Promise<readonly string[]> {
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED[type]]));
  await operator.addSearchAttributes({ namespace, searchAttributes });
  return missing.map(([name]) => name);
}
