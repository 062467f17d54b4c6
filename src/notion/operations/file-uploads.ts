import type { OperationRow } from '../operation-row.ts';

const upload = { at: 'path.file_upload_id', kind: 'file_upload', owned: true } as const;

/**
 * File uploads belong to the connection, not to a page, so Notion would show every caller the uploads of all.
 * https://developers.notion.com/reference/file-upload
 */
export const fileUploadRows: readonly OperationRow[] = [
  {
    name: 'file_uploads.create',
    method: 'POST',
    path: '/v1/file_uploads',
    effect: 'write',
    workspace: 'file.write',
    filtered: true,
    query: [],
    body: ['mode', 'filename', 'content_type', 'number_of_parts', 'external_url'],
    response: { rewriteUrls: true, binds: 'file_upload' },
  },
  {
    name: 'file_uploads.list',
    method: 'GET',
    path: '/v1/file_uploads',
    effect: 'read',
    workspace: 'file.read',
    filtered: true,
    query: ['status', 'start_cursor', 'page_size'],
    response: {
      readAction: 'file.read',
      rewriteUrls: true,
      ownedList: 'file_upload',
      list: { kind: 'file_upload', action: 'file.read', paged: 'query' },
    },
  },
  {
    name: 'file_uploads.get',
    method: 'GET',
    path: '/v1/file_uploads/:file_upload_id',
    effect: 'read',
    locators: [{ ...upload, actions: ['file.read'] }],
    query: [],
    response: { readAction: 'file.read', rewriteUrls: true },
  },
  {
    name: 'file_uploads.send',
    method: 'POST',
    path: '/v1/file_uploads/:file_upload_id/send',
    effect: 'write',
    locators: [{ ...upload, actions: ['file.write'] }],
    query: [],
    multipart: true,
    response: { rewriteUrls: true },
  },
  {
    name: 'file_uploads.complete',
    method: 'POST',
    path: '/v1/file_uploads/:file_upload_id/complete',
    effect: 'write',
    locators: [{ ...upload, actions: ['file.write'] }],
    query: [],
    body: [],
    response: { rewriteUrls: true },
  },
];
