// The captured bodies of a BotKit server, replayed: who is let in, and what each event is answered, to the byte.
import { signJwt } from '../../../platforms/kore/json-web-token';
import {
  aKoreBot,
  APP_ID,
  aRequest,
  BOT_ID,
  messagePayload,
  NOW,
  read,
  SECRET,
  tokenOf,
  transferPayload,
} from './builders';

const INTERNAL = '{"errors":[{"msg":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}]}';
const INVALID_KEY = '{"errors":[{"msg":"Invalid apikey","code":4002}]}';
const NOT_FOUND = '{"errors":[{"msg":"Event not found","code":"NOT_FOUND"}]}';
const second = (seconds: number): number => NOW / 1000 + seconds;

describe('the caller', () => {
  it.each<[string, Record<string, string>]>([
    ['a token', { token: tokenOf() }],
    ['a token by HS512', { token: signJwt({ appId: APP_ID }, SECRET, 'HS512') }],
    ['a token that is still valid', { token: tokenOf({ appId: APP_ID, exp: second(1) }) }],
    ['the secret as apikey', { apikey: SECRET }],
    ['the secret as apikey beside a token that is none', { apikey: SECRET, token: 'x' }],
    ['a token beside an apikey that is none', { apikey: 'x', token: tokenOf() }],
  ])('is let in with %s', (_, headers) => {
    const { answer, unauthorized } = read(aRequest('on_user_message', messagePayload(), { headers }));

    expect(answer.status).toBe(200);
    expect(unauthorized).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an empty apikey', { apikey: '' }],
    ['another apikey', { apikey: `${SECRET}x` }],
    ['a token with another secret', { token: signJwt({ appId: APP_ID }, 'another', 'HS256') }],
    ['a token of another app', { token: tokenOf({ appId: 'cs-other' }) }],
    ['a token of no app', { token: tokenOf({}) }],
    ['a token that has expired', { token: tokenOf({ appId: APP_ID, exp: second(-61) }) }],
    ['a token that is not valid yet', { token: tokenOf({ appId: APP_ID, nbf: second(61) }) }],
    ['a token without a signature', { token: `${part({ alg: 'none' })}.${part({ appId: APP_ID })}.` }],
    ['a token by RS256', { token: `${part({ alg: 'RS256' })}.${part({ appId: APP_ID })}.c2ln` }],
    ['a token with more parts', { token: `${tokenOf()}.more` }],
    ['a token whose claims were changed', { token: changed(tokenOf({ appId: 'cs-other' })) }],
    ['its credential where BotKit shows its own', { auth: tokenOf() }],
  ])('is refused as BotKit refuses with %s', (_, headers) => {
    expect(read(aRequest('on_user_message', messagePayload(), { headers }))).toEqual({
      answer: {
        status: 401,
        headers: {
          'response-error-description': INVALID_KEY,
          'content-type': 'application/json; charset=utf-8',
        },
        body: INVALID_KEY,
      },
      deeds: [],
      unauthorized: true,
    });
  });

  it('may sign with the previous secret during a rotation', () => {
    const bot = aKoreBot({ clientSecret: { reveal: () => 'the-new-one' }, previousClientSecret: SECRET });

    expect(read(aRequest('on_user_message', messagePayload()), bot).answer.status).toBe(200);
  });

  it('is refused for a bot that is not the configured one', () => {
    const path = '/sdk/bots/st-00000000-0000-5000-8000-000000000000/on_user_message';

    expect(read(aRequest('', messagePayload(), { path }))).toMatchObject({
      answer: { status: 401, body: INVALID_KEY },
      unauthorized: true,
    });
  });
});

describe('the path', () => {
  it.each([
    ['of another form', '/sdk/bots/my-bot/on_user_message'],
    ['of a UUID of version 4', '/sdk/bots/st-b4a22e86-e95b-475c-b888-e106d083a251/on_user_message'],
    ['absent', '/sdk/anything'],
  ])('fails as the middleware does with a bot id %s', (_, path) => {
    expect(read(aRequest('', messagePayload(), { path }))).toMatchObject({
      answer: { status: 500, body: INTERNAL },
      deeds: [],
      unauthorized: true,
    });
  });

  it('of an event that is none is not found', () => {
    expect(read(aRequest('on_anything', messagePayload()))).toEqual({
      answer: {
        status: 404,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: NOT_FOUND,
      },
      deeds: [],
    });
    expect(read(aRequest('toString', messagePayload())).answer.status).toBe(404);
  });

  it('of the history that anybody could read is not found', () => {
    const request = aRequest('', '', { method: 'GET', path: '/gethistory', query: { userId: 'u-1' } });

    expect(read(request)).toMatchObject({ answer: { status: 404, body: NOT_FOUND }, deeds: [] });
  });

  it('may name a component, which the answer names too', () => {
    const path = `/sdk/bots/${BOT_ID}/components/hook7/on_user_message`;

    const { answer } = read(aRequest('', messagePayload(), { path }));

    expect(JSON.parse(answer.body ?? '')).toMatchObject({ componentId: 'hook7' });
  });
});

describe('an event is acknowledged', () => {
  it('as a message: the payload written anew, with what makes it a payload of BotKit', () => {
    const { answer } = read(
      aRequest('on_user_message', {
        metaTags: { userMetaTags: [] },
        unknown: 'to BotKit',
        channel: { type: 'rtm', from: 'u-1' },
        message: 'Grüße 👋',
        context: { bot: 'Travel', '1': 'one' },
        requestId: 150124415628,
        sendBotMessageUrl: 'https://bots.kore.ai/x',
        overrideMessagePayload: { isTemplate: true },
      }),
    );

    expect(answer).toEqual({
      status: 200,
      headers: { supportsMessageAck: 'true', 'content-type': 'application/json; charset=utf-8' },
      body:
        `{"__payloadClass":"OnMessagePayload","requestId":150124415628,"botId":"${BOT_ID}",` +
        '"componentId":"default","sendBotMessageUrl":"https://bots.kore.ai/x",' +
        '"context":{"1":"one","bot":"Travel"},"channel":{"type":"rtm","from":"u-1"},"message":"Grüße 👋",' +
        '"agent_transfer":false,"ackMessage":true,"metaTags":{"userMetaTags":[]}}',
    });
  });

  it.each([
    ['on_user_message', 'OnMessagePayload', true],
    ['on_bot_message', 'OnMessagePayload', true],
    ['on_event', 'OnEventPayload', undefined],
    ['on_webhook', 'OnHookPayload', undefined],
  ])('%s: 200 with the payload of class %s', (event, payloadClass, ackMessage) => {
    const { answer } = read(aRequest(event, messagePayload({ event: { eventType: 'endDialog' } })));

    const body = JSON.parse(answer.body ?? '');
    expect(answer).toMatchObject({ status: 200, headers: { supportsMessageAck: 'true' } });
    expect(body).toMatchObject({ __payloadClass: payloadClass, requestId: '1501244156290', botId: BOT_ID });
    expect(body.ackMessage).toBe(ackMessage);
    expect(body.context).toEqual(messagePayload().context);
  });

  it.each([
    ['on_agent_transfer', transferPayload()],
    ['on_variable_update', messagePayload({ data: { eventType: 'variable_update' } })],
  ])('%s: as by a handler that returns nothing', (event, payload) => {
    expect(read(aRequest(event, payload)).answer).toEqual({
      status: 200,
      headers: { supportsMessageAck: 'true', 'content-type': 'application/json; charset=utf-8' },
      body: '{"headers":{"supportsMessageAck":true}}',
    });
  });

  it('with 500 instead when Temporal does not take what it means', () => {
    expect(read(aRequest('on_agent_transfer', transferPayload())).failure).toMatchObject({
      status: 500,
      body: INTERNAL,
    });
  });
});

describe('a payload is refused', () => {
  it.each([
    ['that is no JSON', '{"message":'],
    ['that is no object', '[1]'],
    ['that is empty', ''],
  ])('%s', (_, body) => {
    expect(read(aRequest('on_user_message', body))).toMatchObject({
      answer: { status: 412, body: '{"errors":[{"msg":"Invalid JSON","code":"VALIDATION_ERROR"}]}' },
      deeds: [],
    });
  });

  it.each([
    ['leads to another host', { baseUrl: 'https://evil.example/api' }],
    ['leads to another port', { sendUserMessageUrl: 'https://bots.kore.ai:8443/x' }],
    ['leads to another scheme', { sendBotMessageUrl: 'http://bots.kore.ai/x' }],
    ['hides the host behind a name', { baseUrl: 'https://bots.kore.ai@evil.example/' }],
    ['holds a password', { baseUrl: 'https://a:b@bots.kore.ai/' }],
    ['is no URL', { callbackUrl: '/serviceCallback/1' }],
    ['is longer than any', { baseUrl: `https://bots.kore.ai/${'x'.repeat(1_000)}` }],
  ])('when a URL %s: what Baton sends there carries a credential', (_, url) => {
    const { answer, deeds } = read(aRequest('on_agent_transfer', transferPayload(url)));

    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`${Object.keys(url)[0]} is not at the platform`);
    expect(deeds).toEqual([]);
  });

  it.each([
    ['no user', 'on_agent_transfer', { context: {}, channel: {} }],
    ['no user', 'on_user_message', { context: {}, channel: {} }],
    ['no place to pass it on to', 'on_user_message', { sendBotMessageUrl: undefined }],
    ['no place to pass it on to', 'on_bot_message', { sendUserMessageUrl: undefined }],
    ['no place to call', 'on_agent_transfer', { baseUrl: undefined }],
    ['an endless request', 'on_agent_transfer', { requestId: 'x'.repeat(201) }],
    ['a request that leads a level up', 'on_user_message', { requestId: '..' }],
    ['a request that leads nowhere', 'on_agent_transfer', { requestId: '.' }],
    ['a request that is no text', 'on_user_message', { requestId: {} }],
  ])('with %s in %s', (_, event, lacking) => {
    const { answer, deeds } = read(aRequest(event, messagePayload(lacking)));

    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('INVALID_ARGUMENTS') });
    expect(deeds).toEqual([]);
  });
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function changed(token: string): string {
  const [header, , signature] = token.split('.');
  return [header, part({ appId: APP_ID }), signature].join('.');
}
