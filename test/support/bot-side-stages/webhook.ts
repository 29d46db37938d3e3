// The generic bot side: messages for the user as signed webhooks to a simulated bot backend.
import { webhook } from '../../../platforms/webhook';
import { createBotReceiverControl, startBotReceiver } from '../../../platforms/webhook/simulator';
import type { Platform, PlatformContext } from '../../../platforms/platform';
import type { BotSideHarness, BotSideStage } from '../../platforms/bot-side-conformance';
import { uniqueId } from '../builders';
import { botSideOf, orderOf } from './shared';

const SECRET = `whsec_${Buffer.from('the-secret-of-the-generic-bot-side').toString('base64')}`;
const WRONG = `whsec_${Buffer.from('another-secret-that-is-not-the-bots').toString('base64')}`;

/** See the file's comment. */
export const webhookHarness: BotSideHarness = signedHarness('any bot by webhook', webhook, {});

/** Of a platform whose users are reached so; `options`: its own, besides URL and secret. */
export function signedHarness(
  name: string,
  platform: Platform,
  options: Readonly<Record<string, unknown>>,
): BotSideHarness {
  return {
    name,
    platform: botSideOf(platform),
    settlesUnknownBy: 'idempotency_key',
    shows: { agentName: true, attachment: 'carried' },
    open: (context) => open(platform, options, context),
  };
}

async function open(
  platform: Platform,
  options: Readonly<Record<string, unknown>>,
  context: PlatformContext,
): Promise<BotSideStage> {
  const receiver = await startBotReceiver({ secret: SECRET });
  const control = createBotReceiverControl(receiver.controlUrl);
  const reveal = (secret: string) => ({ reveal: () => secret });
  return {
    secrets: [SECRET, WRONG],
    openBotSide: ({ badCredential = false } = {}) =>
      botSideOf(platform).createBotSide(
        {
          platform: platform.name,
          options: { ...options, url: receiver.messagesUrl, secret: reveal(badCredential ? WRONG : SECRET) },
          notices: { kind: 'webhook', url: receiver.noticesUrl, secret: reveal(SECRET) },
          retryWindowMs: 60_000,
          allowPrivateNetwork: true,
        },
        undefined,
        context,
      ),
    newConversation: () => Promise.resolve(uniqueId('conv')),
    async userRead(conversationId) {
      const { transcripts } = await control.state();
      return (transcripts[conversationId] ?? []).map(({ text, agentName, attachment }) => ({
        text,
        ...(agentName !== undefined && { agentName }),
        ...(attachment && { attachment: attachment.url }),
      }));
    },
    botHeard: () => Promise.resolve([]),
    endConversation: (conversationId) => control.endConversation(conversationId),
    fault: (_on, fault) => control.fault({ ...orderOf(fault), on: 'message.post' }),
    connections: async () => (await control.state()).connections,
    async close() {
      await control.close();
      await receiver.close();
    },
  };
}
