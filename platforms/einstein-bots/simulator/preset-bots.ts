// The preset bots as data: the pair of the bot-to-bot walk-through, a support bot in front of a queue, a shop and an
// order bot in different organisations, and bots that show each way in which a transfer may be asked for.
import type { BotSpec } from './bot-spec';
import { PRESET_BOTS } from './preset-ids';
import type { PresetTargets } from './preset-ids';

const BOT = 'Salesforce:Core:Bot:Id';
const QUEUE = 'Salesforce:Core:Queue:Id';
const SKILL = 'Salesforce:Core:Skill:Id';
const FLOW = 'Salesforce:Core:Flow:Id';
/** The vendor's schema has no type for a person: a name of our own, made like the others. */
const AGENT = 'Salesforce:Core:User:Id';

/** Acme's. */
export function acmeBots(targets: PresetTargets): BotSpec[] {
  const { queue, secondQueue, agent, skill, flow } = targets;
  return [
    VARIABLES_BOT,
    RECEIVER_BOT,
    supportBot(queue),
    SHOP_BOT,
    transferBot('agent', 'Agent Bot', [{ type: AGENT, value: agent }]),
    transferBot('skill', 'Skill Bot', [{ type: SKILL, value: skill }]),
    transferBot('flow', 'Flow Bot', [{ type: FLOW, value: flow }]),
    transferBot('several', 'Several Bot', [
      { type: SKILL, value: skill },
      { type: QUEUE, value: queue },
      { type: BOT, value: PRESET_BOTS.receiver },
    ]),
    transferBot('none', 'Nowhere Bot', []),
    transferBot('unknown', 'Unknown Bot', [{ type: 'Salesforce:Core:Carousel:Id', value: queue }]),
    restlessBot('ping', 'Ping Bot', PRESET_BOTS.pong),
    restlessBot('pong', 'Pong Bot', PRESET_BOTS.ping),
    FRAGILE_BOT,
    { ...transferBot('stubborn', 'Stubborn Bot', [{ type: QUEUE, value: queue }]), noAgent: null },
    persistentBot(queue, secondQueue),
    CIRCULAR_BOT,
  ];
}

/** Globex's. */
export function globexBots(): BotSpec[] {
  return [ORDER_BOT];
}

const VARIABLES_BOT: BotSpec = {
  id: PRESET_BOTS.variables,
  name: 'Variables Bot',
  variables: [
    { name: 'name', type: 'text', value: null },
    { name: 'email', type: 'text', value: null },
    { name: 'company', type: 'text', value: null },
    { name: 'VariableReceiver', type: 'text', value: PRESET_BOTS.receiver },
  ],
  dialogs: {
    welcome: [
      { kind: 'say', text: 'Hi! I am the Variables Bot.' },
      { kind: 'ask', text: 'What is your name?', into: 'name' },
      { kind: 'ask', text: 'What is your email address?', into: 'email' },
      { kind: 'ask', text: 'Which company do you work for?', into: 'company' },
      { kind: 'escalate', targets: [{ type: BOT, value: '{!VariableReceiver}' }] },
    ],
    noAgent: [{ kind: 'say', text: 'Sorry {!name}, my colleague cannot take over right now.' }],
  },
};

const RECEIVER_BOT: BotSpec = {
  id: PRESET_BOTS.receiver,
  name: 'VariablesReceiver Bot',
  version: '0X95e00000000bRCAQ',
  variables: [
    { name: 'name', type: 'text', value: null },
    { name: 'email', type: 'text', value: null },
    { name: 'company', type: 'text', value: null },
  ],
  dialogs: {
    welcome: [
      { kind: 'say', text: 'Hi {!name}! I have received what you told the Variables Bot.' },
      { kind: 'say', text: 'Email: {!email}, company: {!company}.' },
    ],
    noAgent: [{ kind: 'say', text: 'Nobody is available right now.' }],
    confused: [{ kind: 'say', text: 'Thank you, {!name}. I have noted it.' }],
  },
  confused: 'confused',
};

function supportBot(queue: string): BotSpec {
  return {
    id: PRESET_BOTS.support,
    name: 'Support Bot',
    variables: [
      { name: 'name', type: 'text', value: null },
      { name: 'OrderNumber', type: 'number', value: null },
      { name: 'message', type: 'text', value: null },
    ],
    dialogs: {
      welcome: [
        { kind: 'say', text: 'Hi, I am the Support Bot.' },
        { kind: 'goTo', dialog: 'menu' },
      ],
      menu: [
        {
          kind: 'menu',
          text: 'Choose one of the options below.',
          choices: [
            { label: 'Order status', dialog: 'orderStatus' },
            { label: 'Talk to a person', dialog: 'transfer' },
            { label: 'End chat', dialog: 'goodbye' },
          ],
        },
      ],
      orderStatus: [
        { kind: 'ask', text: 'What is the number of your order?', into: 'OrderNumber' },
        { kind: 'say', text: 'Order {!OrderNumber} is on its way.' },
        { kind: 'goTo', dialog: 'menu' },
      ],
      transfer: [
        { kind: 'say', text: 'I will look for somebody who can help.', delayMs: 600 },
        { kind: 'escalate', targets: [{ type: QUEUE, value: queue }] },
      ],
      noAgent: [
        { kind: 'say', text: 'Nobody is available right now.' },
        { kind: 'ask', text: 'Would you like to leave a message?', into: 'message' },
        { kind: 'say', text: 'Thank you, we will answer it by email.' },
      ],
      goodbye: [{ kind: 'say', text: 'Goodbye!' }, { kind: 'end' }],
      confused: [
        { kind: 'say', text: 'Sorry, I did not understand that.' },
        { kind: 'goTo', dialog: 'menu' },
      ],
    },
    confused: 'confused',
    intents: [
      {
        label: 'Transfer To Agent',
        words: ['agent', 'person', 'human', 'somebody'],
        dialog: 'transfer',
        confidence: 0.93,
      },
      { label: 'Order Status', words: ['order', 'parcel'], dialog: 'orderStatus', confidence: 0.78 },
    ],
  };
}

const SHOP_BOT: BotSpec = {
  id: PRESET_BOTS.shop,
  name: 'Shop Bot',
  variables: [
    { name: 'OrderNumber', type: 'text', value: 'A-1001' },
    { name: 'OrderQty', type: 'number', value: 10 },
    { name: 'OrderDate', type: 'date', value: '2026-03-14' },
    { name: 'PromisedAt', type: 'dateTime', value: '2026-03-16T12:30:00' },
    { name: 'Total', type: 'money', value: 'USD 10.40' },
    { name: 'IsGift', type: 'boolean', value: true },
    { name: 'Account', type: 'ref', value: '0015e000004AcMeAAK' },
    { name: 'Contact', type: 'object', value: [{ name: 'fullName', type: 'text', value: 'Matt Smith' }] },
    { name: 'Items', type: 'list', value: [{ type: 'ref', value: '01t5e000005ItEmAAK' }] },
    { name: 'Coupon', type: 'text', value: null },
  ],
  dialogs: {
    welcome: [
      { kind: 'say', text: 'Welcome to the shop.' },
      { kind: 'say', text: 'Your order {!OrderNumber} is placed; a colleague can tell you about it.' },
    ],
    track: [{ kind: 'escalate', targets: [{ type: BOT, value: PRESET_BOTS.order }] }],
    noAgent: [{ kind: 'say', text: 'The order desk cannot be reached.' }],
  },
  confused: 'track',
  intents: [{ label: 'Track Order', words: ['track', 'where'], dialog: 'track', confidence: 0.88 }],
};

const ORDER_BOT: BotSpec = {
  id: PRESET_BOTS.order,
  name: 'Order Bot',
  version: '0X97Q00000000aBSAQ',
  variables: [
    { name: 'OrderNumber', type: 'text', value: null },
    { name: 'OrderQty', type: 'number', value: null },
    { name: 'OrderDate', type: 'date', value: null },
    { name: 'Total', type: 'money', value: null },
    { name: 'IsGift', type: 'boolean', value: null },
    { name: 'Contact', type: 'object', value: null },
    { name: 'Items', type: 'list', value: null },
  ],
  dialogs: {
    welcome: [
      {
        kind: 'say',
        text: 'Order Bot here: {!OrderQty} pieces of order {!OrderNumber} for {!Total}.',
        when: { variable: 'OrderNumber', not: true },
      },
      {
        kind: 'ask',
        text: 'Which order is it about?',
        into: 'OrderNumber',
        when: { variable: 'OrderNumber' },
      },
      { kind: 'say', text: 'Order {!OrderNumber} is on its way.' },
    ],
    noAgent: [{ kind: 'say', text: 'Nobody is available right now.' }],
  },
};

/** Escalates to these targets as soon as the user writes anything. */
function transferBot(
  key: keyof typeof PRESET_BOTS,
  name: string,
  targets: readonly { readonly type: string; readonly value: string }[],
): BotSpec {
  return {
    id: PRESET_BOTS[key],
    name,
    dialogs: {
      welcome: [{ kind: 'say', text: `Hi, I am the ${name}. How can I help?` }],
      transfer: [
        { kind: 'say', text: 'One moment, please.' },
        { kind: 'escalate', targets: [...targets] },
      ],
      noAgent: [{ kind: 'say', text: 'Nobody is available right now. I am still here.' }],
    },
    confused: 'transfer',
  };
}

function restlessBot(key: 'ping' | 'pong', name: string, other: string): BotSpec {
  return {
    id: PRESET_BOTS[key],
    name,
    dialogs: {
      welcome: [
        { kind: 'say', text: `${name} here. My colleague knows better.`, delayMs: 0 },
        { kind: 'escalate', targets: [{ type: BOT, value: other }] },
      ],
      noAgent: [{ kind: 'say', text: `${name} again. We are going round in circles.` }],
    },
  };
}

const FRAGILE_BOT: BotSpec = {
  id: PRESET_BOTS.fragile,
  name: 'Fragile Bot',
  dialogs: {
    welcome: [{ kind: 'say', text: 'Hi. Be careful with me.' }],
    broken: [
      { kind: 'say', text: 'Something went wrong.' },
      { kind: 'end', reason: 'Error' },
    ],
  },
  noAgent: null,
  confused: 'broken',
};

function persistentBot(queue: string, secondQueue: string): BotSpec {
  return {
    id: PRESET_BOTS.persistent,
    name: 'Persistent Bot',
    variables: [{ name: 'tried', type: 'number', value: 0 }],
    dialogs: {
      welcome: [{ kind: 'say', text: 'Hi. I do not give up easily.' }],
      transfer: [
        { kind: 'say', text: 'I will ask the first team.' },
        { kind: 'escalate', targets: [{ type: QUEUE, value: queue }] },
      ],
      noAgent: [
        { kind: 'goTo', dialog: 'giveUp', when: { variable: 'tried', equals: 1 } },
        { kind: 'set', variable: 'tried', value: 1 },
        { kind: 'say', text: 'The first team is away. I will ask the second one.' },
        { kind: 'escalate', targets: [{ type: QUEUE, value: secondQueue }] },
      ],
      giveUp: [{ kind: 'say', text: 'The second team is away as well. Please try again tomorrow.' }],
    },
    confused: 'transfer',
  };
}

const CIRCULAR_BOT: BotSpec = {
  id: PRESET_BOTS.circular,
  name: 'Circular Bot',
  dialogs: {
    welcome: [{ kind: 'say', text: 'Hi. Ask me why.' }],
    why: [{ kind: 'goTo', dialog: 'because' }],
    because: [{ kind: 'goTo', dialog: 'why' }],
  },
  noAgent: null,
  confused: 'why',
};
