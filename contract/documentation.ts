// The generated references: docs/configuration.md from the schema of baton.yaml, docs/errors.md from the registry,
// docs/openapi.json from the table of routes, the schemas of notices and of baton.yaml.
import { ERRORS } from '../domain/errors';
import { openApiDocument } from './http/openapi';
import { configurationJsonSchema, type JsonSchema } from './json-schema';
import { noticeJsonSchema, noticeSignalJsonSchema } from './notice-envelope';

/** A file of the repository that is made from code. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file, as it must be committed. `scripts/generate-docs.mjs` writes them. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    {
      path: 'contract/baton.schema.json',
      text: `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`,
    },
    {
      path: 'contract/notice.schema.json',
      text: `${JSON.stringify(noticeJsonSchema(), undefined, 2)}\n`,
    },
    {
      path: 'contract/notice-signal.schema.json',
      text: `${JSON.stringify(noticeSignalJsonSchema(), undefined, 2)}\n`,
    },
    { path: 'docs/configuration.md', text: configurationPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/openapi.json', text: `${JSON.stringify(openApiDocument(), undefined, 2)}\n` },
  ];
}

const INTRODUCTION = `# Configuration

Made from the schema by \`node scripts/generate-docs.mjs\`; do not edit.

One YAML 1.2 file configures a gateway and its workers. \`baton.example.yaml\` shows every field;
\`baton config check FILE\` reports every fault with line and remedy; \`contract/baton.schema.json\` is the JSON Schema
for editors.

- **Secrets** are never written in the file. \`\${env:NAME}\` reads an environment variable, \`\${file:PATH}\` a file, its
  path relative to the configuration's. The reference must be the whole value. An account, a URL and options may be
  references too.
- **Durations** are a whole number and a unit: \`ms\`, \`s\`, \`m\`, \`h\`, \`d\`.
- **Templates** such as \`{$botContext.skillId}\` read the variables that the bot sends with its request. A variable that
  is not there is empty.
- **Ids** may be written with or without quotes; a leading zero and a 19-digit id are kept.
- **Unknown keys** are refused.
`;

function configurationPage(): string {
  return `${[INTRODUCTION, ...sections(configurationJsonSchema(), 'The file')].join('\n')}`;
}

/** A section with a table for an object, followed by the sections of the objects inside. */
function sections(schema: JsonSchema, title: string): readonly string[] {
  const properties = Object.entries(schema.properties ?? {});
  const rows = properties.map(([name, field]) => row(name, field, schema.required?.includes(name) ?? false));
  const table = ['| Field | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const inner = properties.flatMap(([name, field]) =>
    nested(field, title === 'The file' ? name : `${title}.${name}`),
  );
  return [`## ${title}\n\n${table}\n`, ...inner];
}

function nested(field: JsonSchema, title: string): readonly string[] {
  if (field.anyOf) return nested(merged(field.anyOf), title);
  if (field.items) return nested(field.items, `${title}[]`);
  if (field.properties) return isExplained(field) ? sections(field, title) : [];
  const member = field.additionalProperties;
  return typeof member === 'object' && member.properties ? sections(member, `${title}.NAME`) : [];
}

/** One table for the maps among alternatives; a key that only some of them have is not required. */
function merged(branches: readonly JsonSchema[]): JsonSchema {
  const maps = branches.filter((branch) => branch.properties);
  if (maps.length === 0) return {};
  const properties = Object.fromEntries(maps.flatMap((map) => Object.entries(map.properties ?? {})));
  return { properties, required: maps.length === 1 ? (maps[0]?.required ?? []) : [] };
}

/** A map whose keys say nothing of their own is explained where it stands. */
function isExplained(field: JsonSchema): boolean {
  return Object.values(field.properties ?? {}).some(({ description }) => description !== undefined);
}

function row(name: string, field: JsonSchema, required: boolean): string {
  const standard = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
  const cells = [`\`${name}\``, typeOf(field), required ? '**required**' : standard, field.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf(field: JsonSchema): string {
  if (field.anyOf) {
    const types = [...new Set(field.anyOf.map(typeOf))].join(' or ');
    return types === 'text or integer' ? 'id' : types;
  }
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.items) return `list of ${typeOf(field.items)}`;
  if (field.type === 'string') return textType(field.pattern ?? '');
  if (field.type !== 'object') return field.type ?? 'any';
  return field.properties ? 'map' : 'map of names';
}

function textType(pattern: string): string {
  if (pattern.includes('ms|s|m|h|d')) return 'duration';
  return pattern.includes('env|file') ? 'secret' : 'text';
}

const RETRY_WORDS = {
  terminal: 'no',
  retryable: 'yes',
  auth: 'once, with a fresh credential',
} as const;

function errorsPage(): string {
  const rows = Object.entries(ERRORS)
    .map(([code, { title, retry, status, remedy }]) => [
      `\`${code}\``,
      title,
      RETRY_WORDS[retry],
      String(status),
      remedy,
    ])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return `# Errors

Made from domain/errors.ts by \`node scripts/generate-docs.mjs\`; do not edit. Codes are stable: branch on them, not on
texts. "Status" is that of the problem document where the error reaches HTTP.

| Code | What happened | Tried again | Status | What to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
