// The script API as the vendor's pages describe it, as far as it concerns results.
import type { Transformer } from '../../../activities/transform';
import { UNAVAILABLE_FUNCTIONS } from '../../../activities/transform/guest-api';
import { aPatientTransformer, requireCompiledRunner, runScript } from './sandbox';

describe('the script API', () => {
  let transformer: Transformer;
  beforeAll(() => {
    requireCompiledRunner();
    transformer = aPatientTransformer();
  });
  afterAll(() => transformer.close());

  /** What a script makes of an expression, as the bot would read it. */
  async function valueOf(
    expression: string,
    changes: Parameters<typeof runScript>[2] = {},
  ): Promise<unknown> {
    const script = `botContext.setBotVariable('value', ${expression}, true, false);`;
    const { data, error } = await runScript(transformer, script, changes);
    expect(error).toBeUndefined();
    return data['value'];
  }

  it('gives the raw result as text whose root is api_ and the response variable', async () => {
    const { data, error } = await runScript(
      transformer,
      `var response = botContext.getBotVariable('api_Order');
       var order = JSON.parse(response.jsonData).api_Order;
       botContext.setBotVariable('id', order.id, true, false);
       botContext.setBotVariable('titles', order.items.map(function (item) { return item.title; }).join(' and '));`,
    );

    expect(error).toBeUndefined();
    expect(data).toEqual({ api_OrderStatus: 200, id: 'A-1', titles: 'one and two' });
  });

  it('gives the HTTP status as a number', async () => {
    expect(await valueOf(`botContext.getBotVariable('api_OrderStatus') === 201`, { status: 201 })).toBe(
      'true',
    );
  });

  it('gives a raw result that is null or an array as it is', async () => {
    const read = `JSON.stringify(JSON.parse(botContext.getBotVariable('api_Order').jsonData).api_Order)`;

    expect(await valueOf(read, { raw: null })).toBe('null');
    expect(await valueOf(read, { raw: undefined })).toBe('null');
    expect(await valueOf(read, { raw: [1, { a: 2 }] })).toBe('[1,{"a":2}]');
  });

  it('reads the variables of the bot, and null for one that is not set', async () => {
    expect(await valueOf(`botContext.getBotVariable('city')`)).toBe('Utrecht');
    expect(await valueOf(`typeof botContext.getBotVariable('count')`)).toBe('number');
    expect(await valueOf(`botContext.getBotVariable('vip') === true`)).toBe('true');
    expect(await valueOf(`botContext.getBotVariable('nobody') === null`)).toBe('true');
    expect(await valueOf(`botContext.getBotVariable('constructor') === null`)).toBe('true');
  });

  it('keeps a type within the run and hands text to the bot', async () => {
    const { data } = await runScript(
      transformer,
      `botContext.setBotVariable('number', 10, true, false);
       botContext.setBotVariable('type', typeof botContext.getBotVariable('number'));
       botContext.setBotVariable('flag', false);
       botContext.setBotVariable('list', [1, 'b']);
       botContext.setBotVariable('object', { a: { b: 1 } });
       botContext.setBotVariable('big', 12345678901234567890n);
       botContext.setBotVariable('nothing', null);
       botContext.setBotVariable('missing', undefined);`,
    );

    expect(data).toMatchObject({
      number: '10',
      type: 'number',
      flag: 'false',
      list: '[1,"b"]',
      object: '{"a":{"b":1}}',
      big: '12345678901234567890',
      nothing: null,
      missing: null,
    });
  });

  it('refuses a function as a value', async () => {
    const { data, error } = await runScript(transformer, `botContext.setBotVariable('f', function () {})`);

    expect(error).toMatchObject({ code: 'ESC_TRANSFORM_SCRIPT_FAILED' });
    expect(data).toEqual({ api_OrderStatus: 200 });
  });

  it('gives the conversation id and the message of the user', async () => {
    expect(await valueOf('botContext.getConversationId()')).toBe('conversation-1');
    expect(await valueOf('botContext.getCurrentUserMessage()', { userMessage: 'hello' })).toBe('hello');
    expect(await valueOf('botContext.getCurrentUserMessage()')).toBeNull();
  });

  it('counts debug messages and keeps none of their text', async () => {
    const output = await runScript(
      transformer,
      `for (var i = 0; i < 3; i++) botContext.printDebugMessage('canary ' + i);`,
    );

    expect(output).toEqual({ data: { api_OrderStatus: 200 }, debugMessages: 3 });
  });

  it('stops counting debug messages at a thousand', async () => {
    const output = await runScript(
      transformer,
      `for (var i = 0; i < 5000; i++) botContext.printDebugMessage(i);`,
    );

    expect(output.debugMessages).toBe(1_000);
  });

  it.each(UNAVAILABLE_FUNCTIONS)('says that %s is not available in a result script', async (name) => {
    const { error } = await runScript(transformer, `\nbotContext.${name}('x');`);

    expect(error).toEqual({
      code: 'ESC_TRANSFORM_SCRIPT_FAILED',
      message: `The script called botContext.${name} at line 2, which is not available in a result script.`,
    });
  });

  it('lets a script catch a function that is not available', async () => {
    const { data, error } = await runScript(
      transformer,
      `try { botContext.sendMessage('x'); } catch (e) { botContext.setBotVariable('text', e.message); }`,
    );

    expect(error).toBeUndefined();
    expect(data['text']).toBe('botContext.sendMessage is not available in a result script');
  });

  it('lets a script end early with return, and settle its promises', async () => {
    const { data } = await runScript(
      transformer,
      `Promise.resolve(1).then(function () { botContext.setBotVariable('later', 'yes'); });
       if (true) return;
       botContext.setBotVariable('never', 'x');`,
    );

    expect(data).toEqual({ api_OrderStatus: 200, later: 'yes' });
  });

  it('starts no sandbox when there is no script', async () => {
    const idle = aPatientTransformer();

    const output = await idle.transform({
      integration: 'Orders',
      mapping: { responseVariable: 'Order', customData: { id: '{$.api_Order.id}' } },
      raw: { id: 'A-1' },
      status: 200,
      variables: {},
      conversationId: 'c',
      now: 0,
      seed: '',
    });

    expect(output).toEqual({ data: { api_OrderStatus: 200, 'Orders.id': 'A-1' } });
    expect(idle.sandboxPids()).toEqual([]);
    await idle.close();
  });

  it('fills the custom data fields after the script ran, with the variables that it set', async () => {
    const { data } = await transformer.transform({
      integration: 'Orders',
      mapping: {
        responseVariable: 'Order',
        script: `botContext.setBotVariable('city', 'Delft')`,
        customData: { city: '{$botContext.city}', id: '{$.api_Order.id}' },
      },
      raw: { id: 'A-1' },
      status: 200,
      variables: { city: 'Utrecht' },
      conversationId: 'c',
      now: 0,
      seed: '',
    });

    expect(data).toEqual({ api_OrderStatus: 200, city: 'Delft', 'Orders.city': 'Delft', 'Orders.id': 'A-1' });
  });

  it('keeps the custom data fields and drops all variables when a script fails half way', async () => {
    const { data, error } = await transformer.transform({
      integration: 'Orders',
      mapping: {
        responseVariable: 'Order',
        script: `botContext.setBotVariable('half', 'done');\nnull.x;`,
        customData: { id: '{$.api_Order.id}' },
      },
      raw: { id: 'A-1' },
      status: 502,
      variables: {},
      conversationId: 'c',
      now: 0,
      seed: '',
    });

    expect(data).toEqual({ api_OrderStatus: 502, 'Orders.id': 'A-1' });
    expect(error).toEqual({
      code: 'ESC_TRANSFORM_SCRIPT_FAILED',
      message: 'The script failed with TypeError at line 2.',
    });
  });

  describe('determinism', () => {
    const script = `botContext.setBotVariable('seen', [Math.random(), Math.random(), Date.now(), new Date().getTime(),
      new Date(0).getHours(), performance.now()].join());`;

    it('gives the same numbers and the same time for the same seed and time', async () => {
      const first = await runScript(transformer, script);
      const second = await runScript(transformer, script);

      expect(first.error).toBeUndefined();
      expect(second).toEqual(first);
      const [one, two, now, date, hours] = String(first.data['seen']).split(',').map(Number);
      expect(one).not.toBe(two);
      expect([now, date, hours]).toEqual([1_700_000_000_000, 1_700_000_000_000, 0]);
    });

    it('gives other numbers for another seed, and another time when told so', async () => {
      const first = await runScript(transformer, script);
      const second = await runScript(transformer, script, { seed: 'another', now: 1_800_000_000_123 });
      const [random, , now] = String(second.data['seen']).split(',').map(Number);

      expect(random).not.toBe(Number(String(first.data['seen']).split(',')[0]));
      expect(now).toBe(1_800_000_000_123);
    });
  });
});
