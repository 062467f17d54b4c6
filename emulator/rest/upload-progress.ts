import type { FileUpload } from '../world/records.ts';
import { announce, type World } from '../world/world.ts';

/** An import from a URL takes this long. The emulator reaches no other host: it counts as done then, without content. */
const IMPORT_MS = 1000;

/** Brings an upload up to date: imports end, and an upload that was not finished within the hour expires. */
export function catchUp(world: World, upload: FileUpload): void {
  if (upload.status !== 'pending') return;
  const now = world.clock.now();
  if (upload.mode === 'external_url') {
    if (now >= upload.createdAt + IMPORT_MS) finishImport(world, upload);
  } else if (upload.expiresAt !== null && now >= upload.expiresAt) {
    upload.status = 'expired';
    announceUpload(world, upload, 'file_upload.expired');
  }
}

export function finishImport(world: World, upload: FileUpload): void {
  upload.status = 'uploaded';
  upload.importedAt = upload.createdAt + IMPORT_MS;
  announceUpload(world, upload, 'file_upload.completed');
}

export function announceUpload(world: World, upload: FileUpload, type: string): void {
  announce(world, { type, workspaceId: upload.workspaceId, id: upload.id, by: upload.botId });
}
