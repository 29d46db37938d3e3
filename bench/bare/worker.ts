// The worker process of the bare workflow: the SDK's defaults, and one HTTP client that keeps its connections.
import { NativeConnection, Worker } from '@temporalio/worker';
import { Agent, request } from 'undici';
import { BARE_TASK_QUEUE, type BareActivities } from './calls';

async function main(address: string, world: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: BARE_TASK_QUEUE,
    workflowsPath: require.resolve('./workflow'),
    activities: createCalls(world),
  });
  process.once('SIGTERM', () => worker.shutdown());
  const running = worker.run();
  process.stdout.write('ready\n');
  await running;
  await connection.close();
}

function createCalls(world: string): BareActivities {
  const dispatcher = new Agent({ keepAliveTimeout: 60_000 });
  const post = async (path: string, body: unknown): Promise<string> => {
    const answer = await request(`${world}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      dispatcher,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode}`);
    return text;
  };
  return {
    postMessage: async (input) => void (await post('/bare/messages', input)),
    requestTransfer: (input) => post('/bare/transfers', input),
    withdrawTransfer: (input) => post('/bare/withdrawals', input),
    postNotice: async (input) => void (await post('/bare/notices', input)),
  };
}

const [server = '', stub = ''] = process.argv.slice(2);
main(server, stub).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
