// The JSON Schema of baton.yaml, for editors. Made from the zod schema; contract/baton.schema.json is the
// committed copy, and a test keeps it current.
import { z } from 'zod';
import { configurationSchema } from './configuration';

/** A node of a JSON Schema, as far as the documentation and the fault texts read it. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The schema of what people write, draft 2020-12. */
export function configurationJsonSchema(): JsonSchema {
  const unread = configurationSchema(() => ({ ok: true, value: '' }));
  const schema = z.toJSONSchema(unread, {
    io: 'input',
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly;
    },
  });
  return {
    ...(schema as JsonSchema),
    ...{
      title: 'baton.yaml',
      description: 'Configuration of Baton: tenants with their bots, connectors and integrations.',
    },
  };
}

/** Keys that an object at this path may have; empty where the schema names none. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let nodes: readonly JsonSchema[] = alternatives(configurationJsonSchema());
  for (const part of path) nodes = nodes.flatMap((node) => child(node, part)).flatMap(alternatives);
  return nodes.flatMap((node) => Object.keys(node.properties ?? {}));
}

function alternatives(node: JsonSchema): readonly JsonSchema[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node];
}

function child(node: JsonSchema, part: PropertyKey): readonly JsonSchema[] {
  if (typeof part === 'number') return node.items ? [node.items] : [];
  const named = node.properties?.[String(part)];
  if (named) return [named];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}
