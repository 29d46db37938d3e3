// The world of the demo: a returns desk that never answers and a service desk where Maria does. The credentials
// are no secrets: they open nothing but this simulator.
import type { WorldSpec } from './world-schema';

/** Account of the demo. */
export const DEMO_ACCOUNT = '12345678';

/** What the demo's world begins with. */
export const DEFAULT_WORLD: WorldSpec = {
  accounts: [
    {
      id: DEMO_ACCOUNT,
      skills: [
        { id: '4711', name: 'Returns', description: 'Online, but nobody takes a conversation' },
        { id: '4712', name: 'Service', description: 'The fallback: Maria answers' },
        { id: '4713', name: 'Billing', description: 'Another desk' },
      ],
      users: [
        {
          userId: '1001',
          pid: '0b0e2a52-6f36-4a43-8d9e-0a5f6a3c1001',
          loginName: 'baton-bot',
          kind: 'bot',
          manages: true,
          maxAsyncChats: 999,
          credentials: {
            password: 'demo-password',
            appKey: 'demo-app-key',
            secret: 'demo-secret',
            accessToken: 'dummy',
            accessTokenSecret: 'dummy',
          },
        },
        { userId: '2001', loginName: 'paul', skillIds: ['4711'] },
        { userId: '2002', loginName: 'rita', skillIds: ['4711'] },
        {
          userId: '2101',
          loginName: 'maria',
          skillIds: ['4712'],
          maxAsyncChats: 1000,
          behaviour: { kind: 'accept', afterMs: 1000 },
        },
        {
          userId: '2102',
          loginName: 'nina',
          skillIds: ['4712'],
          suggestedBehaviour: { kind: 'accept', afterMs: 1000 },
        },
        { userId: '2103', loginName: 'omar', skillIds: ['4712'], availability: 'AWAY' },
        { userId: '2104', loginName: 'lena', skillIds: ['4713'] },
      ],
    },
  ],
};
