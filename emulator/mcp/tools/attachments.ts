import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import { writeAddress } from '../../http/files-endpoint.ts';
import type { Call } from '../../http/route.ts';
import { hostedFile, storedUpload, usableUpload } from '../../rest/file-input.ts';
import { finishImport } from '../../rest/upload-progress.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { type Annotations, CREATE, READ, type Tool, tool } from './tool.ts';

/** They bring something from outside the workspace, or hand out an address that works outside it. */
const openWorld = (annotations: Annotations): Annotations => ({ ...annotations, openWorldHint: true });

export const attachmentTools: readonly Tool[] = [
  tool('notion-create-attachment', {
    title: 'Create attachment',
    description: 'Import a file from a public URL. The file_upload_id can then be used in pages and folders.',
    annotations: openWorld(CREATE),
    input: z.object({
      source_url: z.string().describe('https://… of the file'),
      filename: z.string().optional(),
      content_type: z.string().optional(),
    }),
    run(call, { source_url: source, filename, content_type: type }) {
      if (!URL.canParse(source) || new URL(source).protocol !== 'https:') {
        throw invalid('source_url must be an https URL.');
      }
      const name = filename ?? new URL(source).pathname.split('/').at(-1);
      return made(call, {
        mode: 'external_url',
        external_url: source,
        filename: name === '' ? 'file' : name,
        content_type: type,
      });
    },
  }),
  tool('notion-create-file-upload', {
    title: 'Create file upload',
    description: 'Start the upload of a file. Send its bytes with PUT to upload_url, then use the file_upload_id.',
    annotations: openWorld(CREATE),
    input: z.object({ filename: z.string().min(1), content_type: z.string().optional() }),
    run: (call, { filename, content_type: type }) => made(call, { filename, content_type: type }),
  }),
  tool('notion-download-attachment', {
    title: 'Download attachment',
    description: 'An address from which the content of an attachment can be read for an hour.',
    annotations: openWorld(READ),
    input: z.object({ file_upload_id: z.string() }),
    run(call, { file_upload_id: given }) {
      const { id, filename, contentType, contentLength } = usableUpload(call, idOf(given));
      if (call.world.files.get(id) === null)
        throw invalid(`The content of the file upload with ID ${id} is not stored.`);
      const { url, expiry_time } = hostedFile(call, storedUpload(call, id));
      return {
        file_upload_id: id,
        filename,
        content_type: contentType,
        content_length: contentLength,
        download_url: url,
        expiry_time,
      };
    },
  }),
];

async function made(call: Call, body: object): Promise<object> {
  const { id, filename, expiry_time } = await rest(call, 'POST', '/v1/file_uploads', { body });
  const upload = call.world.fileUploads.get(String(id));
  if (upload === undefined) throw new Error('the file upload was not made');
  // The tool answers when the import is done; the REST API answers before.
  if (upload.mode === 'external_url') finishImport(call.world, upload);
  const { status } = upload;
  return {
    file_upload_id: id,
    status,
    filename,
    expiry_time,
    ...(status === 'pending' ? { upload_url: writeAddress(call.world, call.baseUrl, upload) } : {}),
  };
}
