// The search attributes that a workflow has from its start, where they cost nothing.
import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  type SearchAttributePair,
} from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeValues,
} from '../../domain/search-attributes';

/** Values as typed attributes. */
export function attributesOf(values: SearchAttributeValues): TypedSearchAttributes {
  const names = Object.keys(values) as SearchAttributeName[];
  return new TypedSearchAttributes(
    names.flatMap((name) => {
      const value = values[name];
      if (value === undefined) return [];
      return [{ key: defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name]), value } as SearchAttributePair];
    }),
  );
}
