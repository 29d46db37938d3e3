// The simulated Salesforce org of the demo: its Einstein bots, and Omni-Channel with the queue that one of them names and
// an agent who takes what comes there.
import { presetOrganisations, startEinsteinBotsSimulator } from '../../platforms/einstein-bots/simulator';
import { connectControl, startOmniSimulator } from '../../platforms/salesforce-omni/simulator';
import { DEMO_SALESFORCE_SECRET } from './settings';

const QUEUE = 'Customer_Support_Queue';
/** What the agent takes to open what is offered. */
const OPENS_AFTER_MS = 1_500;

/** A running org. */
export interface SimulatedSalesforce {
  readonly botsUrl: string;
  readonly omniUrl: string;
  close(): Promise<void>;
}

/** Starts it on these ports. */
export async function startSalesforce(ports: {
  readonly bots: number;
  readonly omni: number;
}): Promise<SimulatedSalesforce> {
  const omni = await startOmniSimulator({
    port: ports.omni,
    org: {
      queues: [{ name: QUEUE }],
      agents: [
        {
          username: 'ann@acme.example',
          queues: [QUEUE],
          behaviour: { kind: 'accept', afterMs: OPENS_AFTER_MS },
        },
      ],
    },
  });
  const { queueId } = await connectControl(omni.url).setQueue({ name: QUEUE });
  const organisations = presetOrganisations({ targets: { queue: queueId } }).map((each) => ({
    ...each,
    apps: each.apps?.map((app) => ({ ...app, clientSecret: DEMO_SALESFORCE_SECRET })),
  }));
  const bots = await startEinsteinBotsSimulator({ port: ports.bots, world: { organisations } });
  return {
    botsUrl: bots.url,
    omniUrl: omni.url,
    close: async () => {
      await Promise.all([bots.close(), omni.close()]);
    },
  };
}
