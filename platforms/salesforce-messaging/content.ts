// What an agent sent, as neutral messages. Attachments are passed on by reference; what cannot be shown is named.
import { z } from 'zod';
import type { ChatMessage } from '../../domain/chat';

const attachmentSchema = z.looseObject({
  url: z.string(),
  name: z.string().nullish(),
  mimeType: z.string().nullish(),
  contentType: z.string().nullish(),
});

const messageSchema = z.looseObject({
  staticContent: z
    .looseObject({
      formatType: z.string().optional(),
      text: z.string().nullish(),
      attachments: z.array(attachmentSchema).nullish(),
      linkItem: z
        .looseObject({
          url: z.string().nullish(),
          titleItem: z.looseObject({ title: z.string().nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/**
 * `entryId` becomes the id of the first message, with a number behind it that of the others. What cannot be shown is
 * `unsupportedText`, or nothing.
 */
export function messagesOf(
  entryId: string,
  abstractMessage: unknown,
  unsupportedText: string | undefined,
): readonly ChatMessage[] {
  const read = messageSchema.safeParse(abstractMessage);
  const content = read.success ? read.data.staticContent : undefined;
  const link = content?.linkItem;
  const text = [content?.text, link?.titleItem?.title, link?.url]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('\n');
  const parts: Omit<ChatMessage, 'id'>[] = text === '' ? [] : [{ text }];
  for (const { url, name, mimeType, contentType } of content?.attachments ?? [])
    parts.push(
      url.startsWith('https://')
        ? {
            attachment: {
              url,
              name: name ?? 'file',
              mediaType: mimeType ?? contentType ?? 'application/octet-stream',
            },
          }
        : { text: name ?? 'file' },
    );
  if (parts.length === 0 && unsupportedText !== undefined) parts.push({ text: unsupportedText });
  return parts.map((part, index) => ({ id: index === 0 ? entryId : `${entryId}#${index + 1}`, ...part }));
}
