import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { findFreePort, requireFreePorts } from '../../servers/ports';

const FOUND = 50;
/** Were they free to give, Linux, which chooses among 14,000, would give none of the found to so many in 1 of 40,000 runs. */
const OTHERS = 3_000;

let listening: Server[] = [];

afterEach(stopListening);

describe('a free port', () => {
  it('is given to nobody who asks for any port, and can be listened on', async () => {
    const found = new Set<number>();
    while (found.size < FOUND) found.add(await findFreePort());

    const others = new Set<number>();
    for (let each = 0; each < OTHERS; each += 1) {
      others.add(await listenOn(0));
      await stopListening();
    }

    expect([...found].filter((port) => others.has(port))).toEqual([]);
    for (const port of found) expect(await listenOn(port)).toBe(port);
  });
});

describe('wanted ports', () => {
  it('that are busy are named all at once, each with the option that moves it', async () => {
    const [first, second] = [await listenOn(0), await listenOn(0)];

    await expect(
      requireFreePorts([
        { port: first, use: 'the gateway', option: '--gateway-port' },
        { port: await findFreePort(), use: 'the Temporal UI', option: '--ui-port' },
        { port: second, use: 'the bot', option: '--bot-port' },
      ]),
    ).rejects.toMatchObject({
      code: 'ESC_SERVER_PORT_BUSY',
      message: expect.stringMatching(
        new RegExp(`${first} for the gateway.*--gateway-port N; port ${second} for the bot.*--bot-port N$`),
      ) as string,
    });
  });
});

async function listenOn(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  listening.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stopListening(): Promise<void> {
  const servers = listening;
  listening = [];
  await Promise.all(
    servers.map((server) => {
      server.close();
      return once(server, 'close');
    }),
  );
}
