import type { Call } from '../http/route.ts';
import { object, oneOf, optional, type Read, string, union, uuid } from '../http/shape.ts';
import type { Cover, Icon } from '../world/records.ts';
import { storedUpload } from './file-input.ts';
import { notFound } from './lookup.ts';

const external = object({ type: optional(oneOf('external')), external: object({ url: string(2000) }) });
const upload = object({ type: optional(oneOf('file_upload')), file_upload: object({ id: uuid }) });
const NOTICON_COLORS = [
  'gray',
  'lightgray',
  'brown',
  'yellow',
  'orange',
  'green',
  'blue',
  'purple',
  'pink',
  'red',
] as const;

export const iconInput = union(
  object({ type: optional(oneOf('emoji')), emoji: string() }),
  external,
  upload,
  object({
    type: optional(oneOf('custom_emoji')),
    custom_emoji: object({ id: uuid, name: optional(string()), url: optional(string()) }),
  }),
  object({
    type: optional(oneOf('icon')),
    icon: object({ name: string(), color: optional(oneOf(...NOTICON_COLORS)) }),
  }),
);
export const coverInput = union(external, upload);

export function storedIcon(call: Call, input: Read<typeof iconInput>): Icon {
  if ('emoji' in input) return { type: 'emoji', emoji: input.emoji };
  if ('external' in input) return { type: 'external', external: input.external };
  if ('file_upload' in input) return { type: 'file', file: storedUpload(call, input.file_upload.id) };
  if ('icon' in input) return { type: 'icon', icon: { name: input.icon.name, color: input.icon.color ?? 'gray' } };
  const emoji = call.world.emojis.get(input.custom_emoji.id);
  if (emoji === undefined || emoji.workspaceId !== call.caller.workspaceId) {
    throw notFound(call, 'custom emoji', input.custom_emoji.id);
  }
  return { type: 'custom_emoji', custom_emoji: { id: emoji.id, name: emoji.name, url: emoji.url } };
}

export function storedCover(call: Call, input: Read<typeof coverInput>): Cover {
  if ('external' in input) return { type: 'external', external: input.external };
  return { type: 'file', file: storedUpload(call, input.file_upload.id) };
}
