// The example shows every field and can be used; what is generated from code is what is committed.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { checkConfiguration } from '../../contract/check';
import { generatedFiles } from '../../contract/documentation';
import { configurationJsonSchema, knownKeys, type JsonSchema } from '../../contract/json-schema';
import { PLATFORMS } from '../../platforms';
import { configurationChecks } from '../../platforms/configuration-checks';

const EXAMPLE = 'baton.example.yaml';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SEALING_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const text = readFileSync(EXAMPLE, 'utf8');

function valueOf(name: string): string {
  if (name.endsWith('SEALING_KEYS')) return SEALING_KEYS;
  if (name.endsWith('_HASH')) return `sha256:${createHash('sha256').update(name).digest('hex')}`;
  return name.includes('PREVIOUS') ? `whsec_${Buffer.alloc(32, 8).toString('base64')}` : WEBHOOK_SECRET;
}

/** A value for every variable that the example names. */
const env = Object.fromEntries(
  [...text.matchAll(/\$\{env:([A-Z]+_[A-Z_]+)\}/g)].map(([, name = '']) => [name, valueOf(name)]),
);

describe('baton.example.yaml', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-example-'));
    cpSync(EXAMPLE, join(folder, EXAMPLE));
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/night-desk'), `${WEBHOOK_SECRET}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is fine, also for the platforms that it names', () => {
    const { exitCode, lines } = checkConfiguration(join(folder, EXAMPLE), {
      env,
      platforms: configurationChecks(PLATFORMS),
    });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/: fine \(tenants: 1, integrations: 4, hash [0-9a-f]{12}\)$/);
    expect(exitCode).toBe(0);
  });

  it('tells which variable is missing', () => {
    const { exitCode, lines } = checkConfiguration(join(folder, EXAMPLE), { env: {} });

    expect(exitCode).toBe(1);
    for (const name of Object.keys(env)) expect(lines.join('\n')).toContain(`${name} is not set`);
  });

  it('shows every field that there is', () => {
    const shown = new Set(
      [...text.matchAll(/^[ #{]*([A-Za-z]+):|[{,] *([A-Za-z]+):/gm)].map(([, a, b]) => a ?? b),
    );

    expect(
      fieldNames(configurationJsonSchema()).filter((name) => !shown.has(name) && name !== 'sun'),
    ).toEqual([]);
  });

  it('is accepted by the JSON Schema, which refuses what is not in it', () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(configurationJsonSchema());

    expect(validate(parse(text)) || validate.errors).toBe(true);
    expect(validate({ ...parse(text), tenant: {} })).toBe(false);
    expect(validate(parse(text.replace('retryWindow: 10m', 'retryWindow: 10')))).toBe(false);
    expect(validate(parse(text.replace('${env:BATON_ACME_NOTICE_SECRET}', 'literal')))).toBe(false);
    expect(validate(parse(text.replace('${env:BATON_ACME_API_KEY_HASH}', 'the key itself')))).toBe(false);
  });
});

describe('the generated references', () => {
  it.each(generatedFiles().filter(({ path }) => path !== 'docs/errors.md'))(
    'are current: $path',
    ({ path, text: made }) => {
      expect(readFileSync(path, 'utf8')).toBe(made);
    },
  );

  it('list every code of the registry with what to do', () => {
    const page = generatedFiles().find(({ path }) => path === 'docs/errors.md')?.text ?? '';

    expect(page).toContain(
      '`ESC_PLAN_UNKNOWN_INTEGRATION` | The tenant has no such integration | no | 422 |',
    );
  });

  it('know which keys belong where', () => {
    expect(knownKeys([])).toEqual(['version', 'tenants', 'encryption', 'gateway']);
    expect(knownKeys(['tenants', 'x', 'bots', 'y', 'notices'])).toEqual(['webhook', 'signal']);
    expect(knownKeys(['tenants', 'x', 'integrations', 'y', 'furtherRungs', 0, 'target'])).toContain(
      'agentId',
    );
    expect(knownKeys(['nowhere'])).toEqual([]);
  });
});

function fieldNames(schema: JsonSchema): readonly string[] {
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  return [...new Set([...Object.keys(schema.properties ?? {}), ...children.flatMap(fieldNames)])];
}
