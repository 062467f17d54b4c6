import { z } from 'zod';
import type { Call } from '../../http/route.ts';
import { findPage, notFound } from '../../rest/lookup.ts';
import type { BlockNode, PageNode } from '../../world/records.ts';
import { addressOf, idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { CHANGE, CREATE, pageParent, type Tool, tool } from './tool.ts';

const folderParent = z.object({ folder_id: z.string(), type: z.literal('folder_id').optional() });
const files = z.array(z.object({ file_upload_id: z.string(), name: z.string().optional() })).max(100);
type Files = z.infer<typeof files>;

/** A folder is kept as a page whose files are blocks of it. */
export const folderTools: readonly Tool[] = [
  tool('notion-create-folder', {
    title: 'Create folder',
    description: 'Create a folder below a page or in another folder. Without a parent it is private.',
    annotations: CREATE,
    input: z.object({
      name: z.string().min(1),
      parent: z.union([pageParent, folderParent]).optional(),
      files: files.optional(),
    }),
    async run(call, { name, parent, files: added = [] }) {
      const above = parent === undefined ? undefined : { page_id: parentId(call, parent) };
      const made = await rest(call, 'POST', '/v1/pages', { body: { parent: above, properties: titleOf(name) } });
      const id = String(made.id);
      call.world.purposes.set(id, 'folder');
      await addFiles(call, id, added);
      return answer(call, id, name);
    },
  }),
  tool('notion-update-folder', {
    title: 'Update folder',
    description: 'Rename a folder, add files to it or remove files from it.',
    annotations: CHANGE,
    input: z.object({
      folder_id: z.string(),
      name: z.string().min(1).optional(),
      add_files: files.optional(),
      remove_files: z.array(z.string()).max(100).optional().describe('file_upload_id of each'),
    }),
    async run(call, { folder_id: given, name, add_files: added = [], remove_files: removed = [] }) {
      const folder = findFolder(call, given);
      const leaving = removed.map(id => fileIn(call, folder, idOf(id)));
      if (name !== undefined)
        await rest(call, 'PATCH', `/v1/pages/${folder.id}`, { body: { properties: titleOf(name) } });
      for (const block of leaving) await rest(call, 'DELETE', `/v1/blocks/${block.id}`);
      await addFiles(call, folder.id, added);
      return answer(call, folder.id, name);
    },
  }),
];

function parentId(call: Call, parent: z.infer<typeof pageParent> | z.infer<typeof folderParent>): string {
  return 'folder_id' in parent ? findFolder(call, parent.folder_id).id : idOf(parent.page_id);
}

function findFolder(call: Call, given: string): PageNode {
  const page = findPage(call, idOf(given));
  if (call.world.purposes.get(page.id) !== 'folder') throw notFound(call, 'page', page.id);
  return page;
}

function titleOf(name: string): object {
  return { title: { title: [{ text: { content: name } }] } };
}

async function addFiles(call: Call, folderId: string, added: Files): Promise<void> {
  if (added.length === 0) return;
  const children = added.map(({ file_upload_id: id, name }) => ({
    type: 'file',
    file: { type: 'file_upload', file_upload: { id: idOf(id) }, ...(name === undefined ? {} : { name }) },
  }));
  await rest(call, 'PATCH', `/v1/blocks/${folderId}/children`, { body: { children } });
}

function filesIn(call: Call, folder: PageNode): { block: BlockNode; uploadId: string }[] {
  return folder.children.flatMap(id => {
    const node = call.world.nodes.get(id);
    if (node?.kind !== 'block' || node.type !== 'file' || node.inTrash) return [];
    const uploadId = /"upload:([0-9a-f-]{36})"/.exec(JSON.stringify(node.content))?.[1];
    return uploadId === undefined ? [] : [{ block: node, uploadId }];
  });
}

function fileIn(call: Call, folder: PageNode, uploadId: string): BlockNode {
  const found = filesIn(call, folder).find(one => one.uploadId === uploadId);
  if (found === undefined) throw notFound(call, 'file upload', uploadId);
  return found.block;
}

function answer(call: Call, id: string, name: string | undefined): object {
  const held = filesIn(call, findPage(call, id)).map(({ uploadId }) => ({
    file_upload_id: uploadId,
    name: call.world.fileUploads.get(uploadId)?.filename ?? null,
  }));
  return { folder_id: id, url: addressOf(id), ...(name === undefined ? {} : { name }), files: held };
}
