// One desk of a chat that Baton carries, as the tests play it: its part of the configuration, its agent, what the agent
// got, and how its connections break. The chats run on a system of real processes (../system.ts).
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TENANT } from '../system-configuration';

/** Orders of a simulator's API for what strikes one message towards the agent. */
export const FAULTS = {
  /** It is taken, and the answer is lost. */
  loseAnswer: 'lostAnswer',
  /** It is taken, and an answer never comes. */
  silence: 'silentEffect',
  /** It is not taken, and an answer never comes. */
  hang: 'hang',
  /** The connection breaks before it is taken. */
  loseRequest: 'lostRequest',
} as const;

/** How a desk misbehaves: `cut` breaks every connection that is open, the others strike the next message. */
export type Disturbance = 'cut' | keyof typeof FAULTS;

/** One line of a chat. */
export interface Line {
  readonly from: 'user' | 'agent';
  readonly text: string;
}

/** See the file's comment. */
export interface ChatStage {
  /** As in platforms/index.ts. */
  readonly platform: string;
  /** Name of the connector, and of the integration that leads to it. */
  readonly connector: string;
  /** The connector without its timeouts, and what the integration says of its target. */
  configuration(): {
    readonly connector: object;
    readonly integration: object;
    /** Files beside the configuration, for its references. */
    readonly secrets?: Readonly<Record<string, string>>;
  };
  /** The gateway is there: desks that call it get to know. */
  open(gatewayUrl: string): Promise<void>;
  /** Waits for the conversation's transfer; then an agent takes it. */
  agentJoins(conversationId: string): Promise<void>;
  /** Resolves when the desk has it. */
  agentWrites(conversationId: string, text: string): Promise<void>;
  agentEnds(conversationId: string): Promise<void>;
  /** What the agent's console shows of the talk with the user. */
  console(conversationId: string): Promise<readonly Line[]>;
  /** Id of a skill that declines everybody: nobody is there. */
  readonly nobody: string;
  /** Whether the desk has nothing of the conversation that waits or is open. */
  hasLetGo(conversationId: string): Promise<boolean>;
  disturb(how: Disturbance): Promise<void>;
  /** No order of {@link disturb} waits any more. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** What is added to the tenant of a configuration. */
export interface Additions {
  readonly connectors?: Readonly<Record<string, object>>;
  readonly integrations?: Readonly<Record<string, object>>;
  readonly bots?: Readonly<Record<string, object>>;
  readonly masking?: object;
}

interface Configuration {
  readonly tenants: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** Adds to a configuration file that was not read yet. */
export function addToConfiguration(file: string, { masking, ...additions }: Additions): void {
  const configuration = JSON.parse(readFileSync(file, 'utf8')) as Configuration;
  const tenant = configuration.tenants[TENANT];
  if (!tenant) throw new Error(`no tenant ${TENANT}`);
  const sections = Object.entries(additions).map(([name, added]) => [name, { ...tenant[name], ...added }]);
  const changed = { ...tenant, ...Object.fromEntries(sections), ...(masking && { masking }) };
  const tenants = { ...configuration.tenants, [TENANT]: changed };
  writeFileSync(file, JSON.stringify({ ...configuration, tenants }, undefined, 2));
}

/** Adds the desks of stages, each with its integration; the bot of all is the generic one. */
export function addStages(file: string, stages: readonly ChatStage[]): void {
  const all = stages.map((stage) => ({ name: stage.connector, ...stage.configuration() }));
  for (const { secrets = {} } of all)
    for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(dirname(file), name), secret);
  addToConfiguration(file, {
    connectors: Object.fromEntries(
      all.map(({ name, connector }) => [
        name,
        {
          ...connector,
          timeouts: { request: '1s', connect: '1s', heartbeat: '2s' },
          allowPrivateNetwork: true,
        },
      ]),
    ),
    integrations: Object.fromEntries(
      all.map(({ name, integration }) => [
        name,
        {
          bot: 'web-bot',
          connector: name,
          responseDataVariableName: 'transfer',
          agentSkillName: 'Chat',
          messageToUser: 'BLANK_MESSAGE',
          responseTimeout: '60s',
          // Longer than any test: nothing is given up.
          relay: { deliverWithin: '10m' },
          ...integration,
        },
      ]),
    ),
  });
}
