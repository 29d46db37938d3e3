// Variables with their types, targets that a bot names, and what a bot's platform gave: where they reach a workflow by a
// signal, and where they are masked.
import fc from 'fast-check';
import { checkRequest, isBotState, MAX_TARGETS, MAX_TYPED_VARIABLES } from '../../domain/guards';
import { createMask } from '../../domain/mask';
import { isPlainJson, isTypedVariable, maskTypedVariable } from '../../domain/typed-variables';

const mask = createMask({ cardNumbers: true, emails: true, phones: true, patterns: [] });
const REQUEST = { requestId: 'r1', integration: 'i' };
const name = { name: 'Name', type: 'text', value: 'Ada' } as const;

describe('a request', () => {
  it('keeps what it knows of the new members and nothing else', () => {
    const botState = { generation: 3, urls: { start: 'sealed' } };
    const checked = checkRequest({
      ...REQUEST,
      targets: [{ kind: 'bot', id: '0Xx', label: 'Receiver' }],
      typedVariables: [{ ...name, hidden: true }],
      origin: { botId: '0Xy', sessionId: 's', other: 1 },
      botState,
    });

    expect(checked).toEqual({
      ok: true,
      value: {
        ...REQUEST,
        targets: [{ kind: 'bot', id: '0Xx' }],
        typedVariables: [name],
        origin: { botId: '0Xy', sessionId: 's' },
        botState,
      },
    });
  });

  it('may name no target, and one without an id: the attempt fails, and the request does not', () => {
    expect(checkRequest({ ...REQUEST, targets: [] })).toMatchObject({ ok: true, value: { targets: [] } });
    expect(checkRequest({ ...REQUEST, targets: [{ kind: 'queue', id: '' }] }).ok).toBe(true);
  });

  it.each<[string, object]>([
    ['too many targets', { targets: Array(MAX_TARGETS + 1).fill({ kind: 'bot', id: 'x' }) }],
    ['a target without a kind', { targets: [{ id: 'x' }] }],
    ['a target whose id is a number', { targets: [{ kind: 'bot', id: 7 }] }],
    ['too many variables', { typedVariables: Array(MAX_TYPED_VARIABLES + 1).fill(name) }],
    ['a variable of no type', { typedVariables: [{ ...name, type: 'colour' }] }],
    ['a variable without a value', { typedVariables: [{ name: 'n', type: 'text' }] }],
    ['a variable that is no JSON', { typedVariables: [{ ...name, value: 1n }] }],
    ['a variable that holds itself', { typedVariables: [{ ...name, value: cycle() }] }],
    ['an origin that is a list', { origin: [] }],
    ['an origin whose id is empty', { origin: { botId: '' } }],
    ['a state without a generation', { botState: { urls: {} } }],
    ['a state of more than 16 KB', { botState: { generation: 1, blob: 'x'.repeat(16 * 1024) } }],
    ['a state that is no JSON', { botState: { generation: 1, at: new Date(0) } }],
  ])('is refused with %s', (_, change) => {
    expect(checkRequest({ ...REQUEST, ...change })).toMatchObject({ ok: false });
  });

  it('is never cause for an exception', () => {
    const anything = fc.anything({ maxDepth: 4, withBigInt: true, withDate: true, withMap: true });
    fc.assert(
      fc.property(anything, anything, (value, other) => {
        const parts = [
          { targets: value },
          { targets: [value, { kind: value, id: other }] },
          { typedVariables: [{ name: 'n', type: 'list', value }] },
          { origin: { botId: value, sessionId: other } },
          { botState: { generation: 1, value, other } },
        ];
        for (const part of parts) {
          const checked = checkRequest({ ...REQUEST, ...part });
          if (checked.ok) expect(JSON.stringify(checked.value).length).toBeLessThanOrEqual(64 * 1024);
          else expect(checked.problem.length).toBeLessThan(200);
        }
      }),
    );
  });
});

test('JSON is taken as deep as it says, and no deeper', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };

  expect(isPlainJson(nested(16))).toBe(true);
  expect(isPlainJson(nested(17))).toBe(false);
  expect(isTypedVariable({ name: 'n', type: 'list', value: nested(10_000) })).toBe(false);
  expect(isBotState({ generation: 1, deep: nested(10_000) })).toBe(false);
});

describe('a masked variable', () => {
  const masked = (type: Parameters<typeof maskTypedVariable>[0]['type'], value: unknown): unknown =>
    maskTypedVariable({ name: 'n', type, value }, mask).value;

  it('of text is masked, wherever it stands', () => {
    expect(masked('text', 'ada@example.com')).toBe('[e-mail]');
    expect(masked('list', [{ type: 'text', value: 'ada@example.com' }])).toEqual([
      { type: 'text', value: '[e-mail]' },
    ]);
    expect(
      masked('object', [{ name: 'inner', type: 'list', value: [{ type: 'text', value: 'a@example.com' }] }]),
    ).toEqual([{ name: 'inner', type: 'list', value: [{ type: 'text', value: '[e-mail]' }] }]);
    expect(masked('object', { note: 'ada@example.com', deep: ['4111111111111111'] })).toEqual({
      note: '[e-mail]',
      deep: ['[card number]'],
    });
  });

  it.each([
    ['ref', '5003000000D8cuIAAR'],
    ['ref', '4111111111111111'],
    ['date', '2026-11-21'],
    ['dateTime', '2026-11-21T09:30:00.000+01:00'],
    ['money', 'USD 4111111111.40'],
    ['number', 4111111111111111],
    ['boolean', true],
    ['text', null],
  ] as const)('of type %s keeps %s', (type, value) => {
    expect(masked(type, value)).toBe(value);
    expect(masked('list', [{ type, value }])).toEqual([{ type, value }]);
  });

  it.each(['ref', 'date', 'dateTime', 'money'] as const)('of type %s hides no address', (type) => {
    expect(masked(type, 'ada@example.com')).toBe('[e-mail]');
    expect(masked(type, 'call +49 30 1234567')).toBe('call [phone]');
  });

  it('masked again is the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = maskTypedVariable({ name: 'n', type: 'object', value }, mask);

        expect(maskTypedVariable(once, mask)).toEqual(once);
      }),
    );
  });
});

function cycle(): unknown {
  const list: unknown[] = [];
  list.push(list);
  return list;
}
