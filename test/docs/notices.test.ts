// docs/notices.md: every example fits the published schemas, every type has one, the recipes verify what Baton sends.
import { spawnSync } from 'node:child_process';
import Ajv2020 from 'ajv/dist/2020';
import * as ts from 'typescript';
import { noticeEnvelopeSchema } from '../../contract/notice-envelope';
import { NOTICE_TYPES, PROGRESS_NOTICES, type Notice } from '../../domain/notice';
import { FAILURE_REASONS } from '../../domain/outcome';
import { NOTICE_RETRY_WAITS_MS, noticeRetryWait } from '../../domain/retry-schedule';
import { noticeEnvelope } from '../../platforms/webhook/notice-envelope';
import { signWebhook } from '../../platforms/webhook/signing';
import { findPython } from '../support/find-python';
import { unlikeTheirSchema } from '../support/notice-schema';
import { describeWithPython } from '../support/python';
import { blocks, read } from './markdown';

const PAGE = read('docs/notices.md');
const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(48, 2).toString('base64')}`;
const STRANGER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const examples = blocks(PAGE, 'json').map((block) => JSON.parse(block) as Record<string, unknown>);
const envelopes = examples.filter((example) => 'version' in example);
const signals = examples.filter((example) => !('version' in example));

function validator(path: string) {
  const formats = { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, uri: /^https:/ };
  return new Ajv2020({ formats, allErrors: true }).compile(JSON.parse(read(path)) as object);
}

describe('the examples', () => {
  const validate = validator('contract/notice.schema.json');

  it('have one of each type', () => {
    expect(envelopes.map(({ type }) => type).sort()).toEqual([...NOTICE_TYPES].sort());
    expect([...PAGE.matchAll(/^### (escalation\.\w+)$/gm)].map(([, type]) => type).sort()).toEqual(
      [...NOTICE_TYPES].sort(),
    );
  });

  it.each(envelopes.map((each) => [each['type'], each] as const))(
    'fit the published schema: %s',
    (_type, example) => {
      expect([validate(example), validate.errors]).toEqual([true, null]);
      // No member is shown that the schema does not know.
      expect(noticeEnvelopeSchema.parse(example)).toEqual(example);
    },
  );

  it('show the signal as its schema says, and as the same notice over HTTP', () => {
    const [signal] = signals as unknown as Notice[];
    const asSignal = validator('contract/notice-signal.schema.json');
    if (!signal) throw new Error('the page shows no signal');

    expect(signals).toHaveLength(1);
    expect([asSignal(signal), asSignal.errors]).toEqual([true, null]);
    expect(unlikeTheirSchema(signal)).toEqual([]);
    const overHttp = envelopes.find(({ type }) => type === signal.type);
    const data = { ...(overHttp?.['data'] as object), sequence: 1 };
    expect(noticeEnvelope(signal)).toEqual({ ...overHttp, data });
  });
});

describe('the published schema', () => {
  const validate = validator('contract/notice.schema.json');
  const [connected] = envelopes.filter(({ type }) => type === 'escalation.connected');
  const data = connected?.['data'] as object;

  it('allows members that came later', () => {
    expect(validate({ ...connected, later: 1, data: { ...data, later: 1 } })).toBe(true);
  });

  it.each([
    ['another type', { type: 'escalation.lost' }],
    ['another version', { version: 2 }],
    ['a time that is none', { timestamp: 'yesterday' }],
    ['no data', { data: {} }],
    ['the data of another type', { type: 'escalation.failed' }],
    ['a target without a kind', { data: { ...data, target: { id: '1' } } }],
  ])('refuses %s', (_what, change) => {
    expect(validate({ ...connected, ...change })).toBe(false);
  });
});

describe('the page', () => {
  it('names every reason and every progress that may be asked for', () => {
    for (const reason of FAILURE_REASONS) expect(PAGE).toContain(`\`${reason}\``);
    expect(PAGE).toContain(`progress: [${PROGRESS_NOTICES.join(', ')}]`);
  });

  it('tells the waits between tries as they are', () => {
    const units: Record<string, number> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000 };
    const [, told = ''] = /tries at once, after (.+?), each wait spread by up to a tenth/.exec(PAGE) ?? [];
    const waits = [...told.matchAll(/(\d+) (\w+)/g)].map(
      ([, n, unit = '']) => Number(n) * (units[unit] ?? NaN),
    );

    expect([0, ...waits]).toEqual(NOTICE_RETRY_WAITS_MS);
    expect(Math.floor(waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000)).toBe(75);
    expect([noticeRetryWait(2, 0), noticeRetryWait(2, 1)]).toEqual([270_000, 330_000]);
  });
});

const BODY = JSON.stringify(envelopes[0]);

/** A webhook as Baton sends it, `ageS` seconds ago. */
function sent(secrets: string[], ageS = 0): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1_000) - ageS;
  return { ...signWebhook({ id: 'msg_1', timestamp, body: BODY, secrets }) };
}

/** What a receiver may be handed, and whether it must take it. */
const DELIVERIES: readonly (readonly [string, Record<string, string>, string, string, boolean])[] = [
  ['its secret', sent([OLD]), BODY, OLD, true],
  ['the old secret during a rotation', sent([NEW, OLD]), BODY, OLD, true],
  ['the new secret during a rotation', sent([NEW, OLD]), BODY, NEW, true],
  ['another secret', sent([NEW, OLD]), BODY, STRANGER, false],
  ['a changed body', sent([OLD]), `${BODY} `, OLD, false],
  ['an old timestamp', sent([OLD], 400), BODY, OLD, false],
  ['a timestamp of the future', sent([OLD], -400), BODY, OLD, false],
];

describe('the TypeScript recipe', () => {
  const source = blocks(PAGE, 'ts').find((block) => block.includes('readNotice')) ?? '';
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exported: { readNotice?: (headers: object, body: string, secret: string) => unknown } = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's own text
  new Function('require', 'exports', outputText)(require, exported);

  it.each(DELIVERIES)('with %s', (_what, headers, body, secret, isTaken) => {
    const reading = () => exported.readNotice?.(headers, body, secret);

    if (isTaken) expect(reading()).toEqual(JSON.parse(BODY));
    else expect(reading).toThrow();
  });
});

describeWithPython('the Python recipe', () => {
  const source = blocks(PAGE, 'python').find((block) => block.includes('read_notice')) ?? '';
  const program = `${source}
import sys
given = json.load(sys.stdin)
print(json.dumps(read_notice(given["headers"], given["body"].encode(), given["secret"])))
`;

  it.each(DELIVERIES)('with %s', (_what, headers, body, secret, isTaken) => {
    const python = findPython();
    const command = python.kind === 'found' ? python.path : '';
    const input = JSON.stringify({ headers, body, secret });

    const { status, stdout, stderr } = spawnSync(command, ['-c', program], { input, encoding: 'utf8' });

    if (isTaken) expect([status, JSON.parse(stdout)]).toEqual([0, JSON.parse(BODY)]);
    else expect([status, stderr]).toEqual([1, expect.stringContaining('ValueError')]);
  });
});
