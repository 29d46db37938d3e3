// A simulated org with Einstein bots beside a system, which the matrix plays as a bot and as a desk: one bot that hands
// over to whatever it is told, one that takes over, one that cannot.
import {
  createEinsteinBotsControl,
  PRESET_ORGS,
  startEinsteinBotsSimulator,
  type BotSpec,
  type EinsteinBotsControl,
} from '../../platforms/einstein-bots/simulator';
import { BACK } from './bot-stages/stage';
import { TALK } from './talk';

/** Ids of the bots. */
export const EINSTEIN_BOTS = {
  entry: '0Xx5e000000MentCAS',
  receiver: '0Xx5e000000MrecCAS',
  inactive: '0Xx5e000000MnonCAS',
} as const;
/** What the bot that hands over says. */
export const EINSTEIN_WORDS = {
  hello: 'Hello, says the bot.',
  asking: 'I will look for somebody, says the bot.',
  nobody: 'Nobody is available, says the bot.',
} as const;
/** Variables of the bot that hands over. */
export const EINSTEIN_VARIABLES = { conversation: 'Conversation', target: 'TargetId' } as const;
/** Types of targets by Baton's kinds of them. */
export const EINSTEIN_TARGETS = {
  bot: 'Salesforce:Core:Bot:Id',
  queue: 'Salesforce:Core:Queue:Id',
  skill: 'Salesforce:Core:Skill:Id',
  agent: 'Salesforce:Core:Agent:Id',
  flow: 'Salesforce:Core:Flow:Id',
} as const;

/** See the file's comment. */
export interface EinsteinOrg {
  readonly control: EinsteinBotsControl;
  /** Name of its connector. */
  readonly connector: string;
  readonly configuration: { readonly connector: object; readonly secrets: Readonly<Record<string, string>> };
  close(): Promise<void>;
}

/** Starts it. */
export async function startEinsteinOrg(): Promise<EinsteinOrg> {
  const simulator = await startEinsteinBotsSimulator();
  const control = createEinsteinBotsControl(simulator.url);
  const org = PRESET_ORGS.acme;
  for (const bot of [ENTRY, RECEIVER, INACTIVE]) await control.bot(org, bot);
  const { clientId, username, privateKey } = await control.credentials(org);
  return {
    control,
    connector: 'matrix-einstein-bots',
    configuration: {
      connector: {
        platform: 'einstein-bots',
        account: org,
        credentials: { clientId, username, privateKey: '${file:matrix-einstein-key}' },
        options: { runtimeUrl: simulator.url, loginUrl: simulator.url },
      },
      secrets: { 'matrix-einstein-key': privateKey },
    },
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}

/** What the user writes so that the bot hands over to a target of this kind. */
export function wantsHuman(kind: string): string {
  return `I want a human, by ${kind}.`;
}

/** What the user writes when the two go on. */
export const AGAIN = 'Are you there again?';

const ENTRY: BotSpec = {
  id: EINSTEIN_BOTS.entry,
  name: 'Matrix Bot',
  delayMs: 0,
  variables: Object.values(EINSTEIN_VARIABLES).map((name) => ({ name, type: 'text', value: null })),
  dialogs: {
    welcome: [{ kind: 'say', text: EINSTEIN_WORDS.hello }],
    ...Object.fromEntries(
      Object.entries(EINSTEIN_TARGETS).map(([kind, type]) => [
        `to-${kind}`,
        [
          { kind: 'say', text: EINSTEIN_WORDS.asking },
          { kind: 'escalate', targets: [{ type, value: `{!${EINSTEIN_VARIABLES.target}}` }] },
        ],
      ]),
    ),
    back: [{ kind: 'say', text: BACK }],
    noAgent: [{ kind: 'say', text: EINSTEIN_WORDS.nobody }],
  },
  intents: [
    { label: 'Again', words: [AGAIN], dialog: 'back' },
    ...Object.keys(EINSTEIN_TARGETS).map((kind) => ({
      label: `To ${kind}`,
      words: [wantsHuman(kind)],
      dialog: `to-${kind}`,
    })),
  ],
};

/** Says its part of the talk, and ends the session with the last of it. */
const RECEIVER: BotSpec = {
  id: EINSTEIN_BOTS.receiver,
  name: 'Receiver Bot',
  delayMs: 0,
  dialogs: {
    welcome: [],
    noAgent: [],
    ...Object.fromEntries(
      TALK.flatMap(({ from, text }, index) => {
        if (from === 'agent') return [];
        const [next] = TALK.slice(index + 1);
        const isLast = index + 2 >= TALK.length;
        const says = next?.from === 'agent' ? [{ kind: 'say' as const, text: next.text }] : [];
        return [[text, [...says, ...(isLast ? [{ kind: 'end' as const }] : [])]]];
      }),
    ),
    silence: [],
  },
  confused: 'silence',
  intents: TALK.filter(({ from }) => from === 'user').map(({ text }) => ({
    label: text,
    words: [text],
    dialog: text,
  })),
};

const INACTIVE: BotSpec = {
  id: EINSTEIN_BOTS.inactive,
  name: 'Inactive Bot',
  isActive: false,
  dialogs: { welcome: [], noAgent: [] },
};
