// Search attributes as the SDK has them: in workflows, and where one is started with what it has from its start, which
// costs nothing.
import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  type SearchAttributePair,
} from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeValues,
} from '../domain/search-attributes';

/** Values as the attributes of a workflow that is about to begin. */
export function asAttributes(values: SearchAttributeValues): TypedSearchAttributes {
  return new TypedSearchAttributes(attributePairs(values));
}

/** Values as pairs; those that are undefined are left out. */
export function attributePairs(values: SearchAttributeValues): SearchAttributePair[] {
  return (Object.keys(values) as SearchAttributeName[]).flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return [{ key: defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name]), value } as SearchAttributePair];
  });
}
