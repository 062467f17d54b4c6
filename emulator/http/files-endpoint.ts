import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Emulation } from '../emulation.ts';
import { canonicalId } from '../identifiers.ts';
import { acceptContent } from '../rest/file-uploads.ts';
import type { FileUpload } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { xml } from './file-error.ts';
import { partOf } from './file-range.ts';
import { MULTIPART_BYTES, readBytes } from './read-body.ts';

const DENIED = xml('AccessDenied', 'Request has expired');
const TWO_MECHANISMS = xml('InvalidArgument', 'Only one auth mechanism allowed');
const OTHER_METHOD = xml('SignatureDoesNotMatch', 'The request signature we calculated does not match');
const PRECONDITION = xml('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');

/**
 * `/_files/<workspace>/<upload>/<name>`: Notion's file storage, which is another host and knows no tokens: it refuses
 * requests with one. An address alone allows to read the file until it expires, or, if it was signed for writing, to
 * `PUT` it once. So these addresses are secrets.
 */
export async function filesEndpoint({ world }: Emulation, exchange: Exchange): Promise<Answer> {
  const id = canonicalId(exchange.path.split('/')[3] ?? '') ?? '';
  const query = new URLSearchParams(exchange.query);
  const expiresAt = Number(query.get('expires'));
  const upload = world.fileUploads.get(id);
  const isWrite = exchange.method === 'PUT';
  // An address is signed for one method, and is all the permission that storage takes.
  if (exchange.request.headers.authorization !== undefined) return refused(400, TWO_MECHANISMS);
  if (!isWrite && exchange.method !== 'GET') return refused(403, OTHER_METHOD);
  const signed = world.files.verify(isWrite ? `put/${id}` : id, expiresAt, query.get('signature') ?? '');
  if (!signed || expiresAt <= world.clock.now() || upload === undefined) return denied();
  return isWrite ? written(world, upload, exchange) : read(world, upload, exchange);
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

function read(world: World, upload: FileUpload, { request }: Exchange): Answer {
  const bytes = world.files.get(upload.id);
  if (bytes === null) return denied();
  const tag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  const modified = new Date(upload.editedAt).toUTCString();
  if (isOther(request, tag, upload.editedAt)) return refused(412, PRECONDITION);
  const headers = {
    'accept-ranges': 'bytes',
    'content-disposition': 'attachment',
    etag: tag,
    'last-modified': modified,
    'x-content-type-options': 'nosniff',
  };
  return partOf(bytes, upload.contentType ?? 'application/octet-stream', headers, request.headers.range);
}

/** Whether a precondition names another file than the one that is here. */
function isOther({ headers }: IncomingMessage, tag: string, editedAtMs: number): boolean {
  const { 'if-match': match, 'if-unmodified-since': since } = headers;
  if (match !== undefined) return match !== tag;
  return since !== undefined && Date.parse(since) < Math.floor(editedAtMs / 1_000) * 1_000;
}

function denied(): Answer {
  return refused(403, DENIED);
}

function refused(status: number, body: string): Answer {
  return { status, contentType: 'application/xml', body };
}
