import type { Emulation } from '../emulation.ts';
import { canonicalId } from '../identifiers.ts';
import { acceptContent } from '../rest/file-uploads.ts';
import type { FileUpload } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { MULTIPART_BYTES, readBytes } from './read-body.ts';

const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/**
 * `/_files/<workspace>/<upload>/<name>`: stands for Notion's file storage, which is another host and knows nothing of
 * tokens. Whoever has an address may read the file until it expires, or with an address that was signed for writing
 * `PUT` it once, so these addresses are secrets.
 */
export async function filesEndpoint({ world }: Emulation, exchange: Exchange): Promise<Answer> {
  const id = canonicalId(exchange.path.split('/')[3] ?? '') ?? '';
  const query = new URLSearchParams(exchange.query);
  const expiresAt = Number(query.get('expires'));
  const upload = world.fileUploads.get(id);
  const isWrite = exchange.method === 'PUT';
  const signed = world.files.verify(isWrite ? `put/${id}` : id, expiresAt, query.get('signature') ?? '');
  if (!signed || expiresAt <= world.clock.now() || upload === undefined) return denied();
  return isWrite ? written(world, upload, exchange) : read(world, upload);
}

/** Where the content of a pending upload can be `PUT` until the upload expires, without any token. */
export function writeAddress(world: World, baseUrl: string, upload: FileUpload): string {
  const expires = upload.expiresAt ?? world.clock.now();
  const signature = world.files.sign(`put/${upload.id}`, expires);
  return `${baseUrl}/_files/${upload.workspaceId}/${upload.id}/content?expires=${expires}&signature=${signature}`;
}

async function written(world: World, upload: FileUpload, { request }: Exchange): Promise<Answer> {
  const bytes = await readBytes(request, MULTIPART_BYTES);
  if (upload.status !== 'pending') return denied();
  upload.editedAt = world.clock.now();
  upload.contentType ??= request.headers['content-type'] ?? 'application/octet-stream';
  acceptContent(world, upload, bytes);
  return { status: 200, contentType: 'application/xml', body: '' };
}

function read(world: World, upload: FileUpload): Answer {
  const bytes = world.files.get(upload.id);
  if (bytes === null) return denied();
  return {
    status: 200,
    contentType: upload.contentType ?? 'application/octet-stream',
    body: bytes,
    headers: { 'content-disposition': 'attachment', 'x-content-type-options': 'nosniff' },
  };
}

function denied(): Answer {
  return { status: 403, contentType: 'application/xml', body: DENIED };
}
