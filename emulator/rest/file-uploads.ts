import { createHash } from 'node:crypto';
import type { FileUploadObjectResponse } from '@notionhq/client';
import { minuteTime } from '../clock.ts';
import { invalid } from '../http/errors.ts';
import { idPaging, listOf, pageById } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { looseObject, number, object, oneOf, optional, type Read, string, uuid } from '../http/shape.ts';
import type { FileUpload } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { notFound } from './lookup.ts';
import { withTrash } from './page-object.ts';
import { announceUpload, catchUp } from './upload-progress.ts';

const HOUR_MS = 3_600_000;
const SINGLE_PART_BYTES = 20 * 1024 * 1024;
const PARTS_MAX = 1000;

const uploadId = object({ file_upload_id: uuid });
const statuses = oneOf('pending', 'uploaded', 'expired', 'failed');
const creation = object({
  mode: optional(oneOf('single_part', 'multi_part', 'external_url')),
  filename: optional(string(900)),
  content_type: optional(string()),
  number_of_parts: optional(number),
  external_url: optional(string(2000)),
});

/** File uploads belong to the connection that made them and to no page until something uses them. */
export const fileUploadRoutes: readonly Route[] = [
  route('POST', '/v1/file_uploads', {
    needs: 'insert_content',
    body: creation,
    handle: (call, { body }) => uploadObject(call, createUpload(call, body)),
  }),
  route('GET', '/v1/file_uploads', {
    needs: 'read_content',
    query: looseObject({ ...idPaging, status: optional(statuses) }),
    handle(call, { query }) {
      const own = [...call.world.fileUploads.values()].filter(one => one.botId === call.caller.botId);
      for (const upload of own) catchUp(call.world, upload);
      const page = pageById(
        own.filter(one => query.status === undefined || one.status === query.status),
        query,
      );
      return listOf(
        'file_upload',
        page.items.map(one => uploadObject(call, one)),
        page.nextCursor,
      );
    },
  }),
  route('GET', '/v1/file_uploads/:file_upload_id', {
    needs: 'read_content',
    params: uploadId,
    handle: (call, { params }) => uploadObject(call, ownUpload(call, params.file_upload_id)),
  }),
  route('POST', '/v1/file_uploads/:file_upload_id/send', {
    needs: 'insert_content',
    params: uploadId,
    multipart: true,
    async handle(call, { params, body }) {
      const upload = ownUpload(call, params.file_upload_id);
      await receive(call, upload, body);
      return uploadObject(call, upload);
    },
  }),
  route('POST', '/v1/file_uploads/:file_upload_id/complete', {
    needs: 'insert_content',
    params: uploadId,
    handle(call, { params }) {
      const upload = ownUpload(call, params.file_upload_id);
      complete(call, upload);
      return uploadObject(call, upload);
    },
  }),
];

/** An upload as answers show it. Its URLs are absolute and lead to this emulator, as Notion's lead to Notion. */
function uploadObject(call: Call, upload: FileUpload): FileUploadObjectResponse {
  const url = `${call.baseUrl}/v1/file_uploads/${upload.id}`;
  const pending = upload.status === 'pending';
  return withTrash(call, {
    object: 'file_upload',
    id: upload.id,
    created_time: minuteTime(upload.createdAt),
    created_by: { id: upload.botId, type: 'bot' },
    last_edited_time: minuteTime(upload.editedAt),
    in_trash: false,
    expiry_time: upload.expiresAt === null ? null : new Date(upload.expiresAt).toISOString(),
    status: upload.status,
    filename: upload.filename,
    content_type: upload.contentType,
    content_length: upload.contentLength,
    ...(pending ? { upload_url: `${url}/send` } : {}),
    ...(pending && upload.mode === 'multi_part' ? { complete_url: `${url}/complete` } : {}),
    ...(upload.mode === 'multi_part'
      ? { number_of_parts: { total: upload.partsTotal, sent: upload.partsSent.length } }
      : {}),
    ...(upload.importedAt === null
      ? {}
      : {
          file_import_result: {
            type: 'success',
            success: {},
            imported_time: new Date(upload.importedAt).toISOString(),
          },
        }),
  });
}

function ownUpload(call: Call, id: string): FileUpload {
  const upload = call.world.fileUploads.get(id);
  if (upload === undefined || upload.botId !== call.caller.botId) throw notFound(call, 'file upload', id);
  catchUp(call.world, upload);
  return upload;
}

function createUpload(call: Call, body: Read<typeof creation>): FileUpload {
  const mode = body.mode ?? 'single_part';
  checkMode(mode, body);
  const now = call.world.clock.now();
  const upload: FileUpload = {
    id: call.world.ids.uuid(),
    workspaceId: call.caller.workspaceId,
    botId: call.caller.botId,
    mode,
    createdAt: now,
    editedAt: now,
    status: 'pending',
    filename: body.filename ?? null,
    contentType: body.content_type ?? null,
    contentLength: null,
    partsTotal: body.number_of_parts ?? 1,
    partsSent: [],
    expiresAt: now + HOUR_MS,
    sha256: null,
    importedAt: null,
  };
  call.world.fileUploads.set(upload.id, upload);
  announceUpload(call.world, upload, 'file_upload.created');
  return upload;
}

function checkMode(mode: FileUpload['mode'], body: Read<typeof creation>): void {
  const missing = (field: string) =>
    invalid(`body failed validation: body.${field} should be defined, instead was \`undefined\`.`);
  if (mode === 'single_part') return;
  if (body.filename === undefined) throw missing('filename');
  if (mode === 'external_url' && body.external_url === undefined) throw missing('external_url');
  if (mode !== 'multi_part') return;
  const parts = body.number_of_parts;
  if (parts === undefined) throw missing('number_of_parts');
  if (!Number.isInteger(parts) || parts < 1 || parts > PARTS_MAX) {
    throw invalid(
      `body failed validation: body.number_of_parts should be ≤ \`${PARTS_MAX}\`, instead was \`${parts}\`.`,
    );
  }
}

async function receive(call: Call, upload: FileUpload, form: unknown): Promise<void> {
  if (upload.status !== 'pending') throw invalid(`File upload status must be pending, instead was ${upload.status}.`);
  if (upload.mode === 'external_url') throw invalid('A file upload from an external URL takes no content.');
  const file = form instanceof FormData ? form.get('file') : null;
  if (!(form instanceof FormData) || !(file instanceof Blob)) {
    throw invalid('body failed validation: body.file should be defined, instead was `undefined`.');
  }
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length > SINGLE_PART_BYTES)
    throw invalid(`File size ${bytes.length} exceeds the 20 MiB limit of one part.`);
  upload.editedAt = call.world.clock.now();
  upload.contentLength = (upload.contentLength ?? 0) + bytes.length;
  if (upload.mode === 'multi_part') return receivePart(call, upload, form.get('part_number'), bytes);
  upload.filename ??= 'name' in file ? file.name : null;
  upload.contentType ??= file.type === '' ? 'application/octet-stream' : file.type;
  acceptContent(call.world, upload, bytes);
}

function receivePart(call: Call, upload: FileUpload, part: unknown, bytes: Buffer): void {
  const number = typeof part === 'string' && /^\d{1,4}$/.test(part) ? Number(part) : 0;
  if (number < 1 || number > upload.partsTotal) {
    throw invalid(`body failed validation: body.part_number should be between 1 and ${upload.partsTotal}.`);
  }
  if (!upload.partsSent.includes(number)) upload.partsSent.push(number);
  call.world.files.put(partName(upload, number), bytes);
}

function complete(call: Call, upload: FileUpload): void {
  if (upload.mode !== 'multi_part') throw invalid('Only multi-part file uploads can be completed.');
  if (upload.status !== 'pending') throw invalid(`File upload status must be pending, instead was ${upload.status}.`);
  if (upload.partsSent.length < upload.partsTotal) {
    throw invalid(`Expected ${upload.partsTotal} parts to be sent, but received ${upload.partsSent.length}.`);
  }
  const numbers = Array.from({ length: upload.partsTotal }, (_, index) => index + 1);
  const parts = numbers.map(number => call.world.files.get(partName(upload, number)) ?? Buffer.alloc(0));
  acceptContent(call.world, upload, Buffer.concat(parts));
}

function partName(upload: FileUpload, number: number): string {
  return `${upload.id}.${number}`;
}

/** Keeps the whole content of an upload, which thereby can be used. */
export function acceptContent(world: World, upload: FileUpload, bytes: Buffer): void {
  world.files.put(upload.id, bytes);
  upload.contentLength = bytes.length;
  upload.sha256 = createHash('sha256').update(bytes).digest('hex');
  upload.status = 'uploaded';
  announceUpload(world, upload, 'file_upload.completed');
}
