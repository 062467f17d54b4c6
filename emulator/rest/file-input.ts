import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { FileUpload, Icon } from '../world/records.ts';
import { notFound } from './lookup.ts';
import { catchUp } from './upload-progress.ts';

export type HostedFile = Extract<Icon, { type: 'file' }>['file'];

const UPLOAD = 'upload:';
const HOUR_MS = 3_600_000;

/** An upload of this connection whose content has arrived. */
export function usableUpload(call: Call, id: string): FileUpload {
  const upload = call.world.fileUploads.get(id);
  if (upload === undefined || upload.botId !== call.caller.botId) throw notFound(call, 'file upload', id);
  catchUp(call.world, upload);
  if (upload.status !== 'uploaded') {
    throw invalid(`The file upload with ID ${id} has a status of ${upload.status}, and must be uploaded.`);
  }
  return upload;
}

/** How a Notion-hosted file is stored: by its upload. Its signed URL is made each time that it is shown. */
export function storedUpload(call: Call, id: string): HostedFile {
  return { url: `${UPLOAD}${usableUpload(call, id).id}`, expiry_time: '' };
}

/**
 * A Notion-hosted file that a client writes back unchanged stays the same file, even if its signature has expired. Any
 * other URL is kept unchanged.
 */
export function keptFile(
  call: Call,
  { url, expiry_time }: { url: string; expiry_time?: string | undefined },
): HostedFile {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const [, folder, workspaceId, id = ''] = parsed?.pathname.split('/') ?? [];
  const { searchParams } = parsed ?? new URL(call.baseUrl);
  const signed = call.world.files.verify(id, Number(searchParams.get('expires')), searchParams.get('signature') ?? '');
  if (folder === '_files' && workspaceId === call.caller.workspaceId && signed) {
    return { url: `${UPLOAD}${id}`, expiry_time: '' };
  }
  return { url, expiry_time: expiry_time ?? '' };
}

/** A stored file as answers show it: with a signed URL that expires in an hour and leads to this emulator. */
export function hostedFile(call: Call, file: HostedFile): HostedFile {
  if (!file.url.startsWith(UPLOAD)) return file;
  const upload = call.world.fileUploads.get(file.url.slice(UPLOAD.length));
  if (upload === undefined) return file;
  const expiresAt = call.world.clock.now() + HOUR_MS;
  const name = encodeURIComponent(upload.filename ?? 'file');
  const signature = call.world.files.sign(upload.id, expiresAt);
  return {
    url: `${call.baseUrl}/_files/${upload.workspaceId}/${upload.id}/${name}?expires=${expiresAt}&signature=${signature}`,
    expiry_time: new Date(expiresAt).toISOString(),
  };
}

/** The same for an icon, cover or media content of any kind. */
export function withHostedFile<T>(call: Call, holder: T): T {
  if (typeof holder !== 'object' || holder === null || !('file' in holder)) return holder;
  return { ...holder, file: hostedFile(call, holder.file as HostedFile) };
}
