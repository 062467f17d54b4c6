import type { JsonObject } from '../../../notion/strict-json.ts';
import { type ColumnTypes, isJson, propertiesOf } from './cells.ts';
import { invalid, type NotionCalls, type NotionJson, notOverRest, ToolFailure } from './notion-calls.ts';
import { addressOf, idOf } from './references.ts';
import { columnsOf, onlySourceOf, typesOf } from './whereabouts.ts';

const titleAlone: ColumnTypes = new Map([['title', 'title']]);

/** `notion-create-pages`: makes one page after the other, so that a failure can name the pages made before it. */
export async function createPages(
  { parent, pages, creation_mode: mode }: JsonObject,
  calls: NotionCalls,
): Promise<object> {
  if (mode === 'draft') throw notOverRest('A draft');
  const place = await placeOf(parent, calls);
  const wanted = Array.isArray(pages) ? pages.filter(isJson) : [];
  const made: object[] = [];
  for (const page of wanted) {
    try {
      made.push(await createPage(page, place, calls));
    } catch (error) {
      throw made.length === 0 ? error : afterSome(error, made);
    }
    calls.progress(made.length, wanted.length);
  }
  return { pages: made };
}

interface Place {
  readonly parent: object | undefined;
  readonly columns: ColumnTypes;
}

async function placeOf(parent: unknown, calls: NotionCalls): Promise<Place> {
  if (!isJson(parent)) return { parent: undefined, columns: titleAlone };
  if (parent.teamspace_id !== undefined) throw notOverRest('A teamspace as a parent');
  if (parent.page_id !== undefined) return { parent: { page_id: idOf(parent.page_id) }, columns: titleAlone };
  const id =
    parent.database_id === undefined
      ? idOf(parent.data_source_id)
      : await onlySourceOf(idOf(parent.database_id), calls);
  return { parent: { data_source_id: id }, columns: await columnsOf(id, calls) };
}

async function createPage(page: NotionJson, { parent, columns }: Place, calls: NotionCalls): Promise<object> {
  if (page.is_skill !== undefined) throw notOverRest('A skill');
  const given = isJson(page.properties) ? page.properties : {};
  const body = {
    ...(parent === undefined ? {} : { parent }),
    properties: propertiesOf(given, columns),
    ...(page.content === undefined || page.content === '' ? {} : { markdown: page.content }),
    ...(page.template_id === undefined
      ? {}
      : { template: { type: 'template_id', template_id: idOf(page.template_id) } }),
    ...looksOf(page),
  };
  const { id } = await calls.ask('POST', '/v1/pages', body);
  return { id, url: addressOf(String(id)), properties: given };
}

function afterSome(error: unknown, made: readonly object[]): unknown {
  if (!(error instanceof ToolFailure)) return error;
  const ids = made.map(page => (page as { id: unknown }).id).join(', ');
  return new ToolFailure(
    error.status,
    error.code,
    `${error.message} Made before that: ${ids}.`,
    error.retryAfterSeconds,
  );
}

/** `notion-update-page`. */
export async function updatePage(args: JsonObject, calls: NotionCalls): Promise<object> {
  const id = idOf(args.page_id);
  if (args.is_skill !== undefined) throw notOverRest('A skill');
  const looks = looksOf(args);
  if (Object.keys(looks).length > 0) await calls.ask('PATCH', `/v1/pages/${id}`, looks);
  await carryOut(id, args, calls);
  return { page_id: id };
}

async function carryOut(id: string, args: JsonObject, calls: NotionCalls): Promise<void> {
  const deleting =
    args.allow_deleting_content === undefined ? {} : { allow_deleting_content: args.allow_deleting_content };
  const markdown = (type: string, change: object) =>
    calls.ask('PATCH', `/v1/pages/${id}/markdown`, { type, [type]: change });
  const given = (name: string): unknown => {
    if (args[name] === undefined) throw invalid(`${name} is required for command ${args.command}`);
    return args[name];
  };
  switch (args.command) {
    case 'update_properties': {
      const values = given('properties');
      const { properties } = await calls.ask('GET', `/v1/pages/${id}`);
      const change = propertiesOf(isJson(values) ? values : {}, typesOf(properties));
      await calls.ask('PATCH', `/v1/pages/${id}`, { properties: change });
      return;
    }
    case 'update_content':
      await markdown('update_content', { content_updates: given('content_updates'), ...deleting });
      return;
    case 'replace_content':
      await markdown('replace_content', { new_str: given('new_str'), ...deleting });
      return;
    case 'replace_content_range':
      await markdown('replace_content_range', {
        content: given('new_str'),
        content_range: given('selection_with_ellipsis'),
        ...deleting,
      });
      return;
    case 'insert_content':
      await markdown('insert_content', {
        content: args.content ?? given('new_str'),
        position: args.position ?? { type: 'end' },
      });
      return;
    case 'insert_content_after':
      await markdown('insert_content', { content: given('new_str'), after: given('selection_with_ellipsis') });
      return;
    case 'apply_template':
      await calls.ask('PATCH', `/v1/pages/${id}`, {
        template: { type: 'template_id', template_id: idOf(given('template_id')) },
      });
      return;
    default:
      throw notOverRest('Verification');
  }
}

function looksOf({ icon, cover }: JsonObject): object {
  return {
    ...(typeof icon === 'string' ? { icon: iconOf(icon) } : {}),
    ...(typeof cover === 'string'
      ? { cover: cover === 'none' ? null : { type: 'external', external: { url: cover } } }
      : {}),
  };
}

function iconOf(icon: string): object | null {
  if (icon === 'none' || icon === '') return null;
  return URL.canParse(icon) ? { type: 'external', external: { url: icon } } : { type: 'emoji', emoji: icon };
}
