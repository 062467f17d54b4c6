import type { BlockObjectResponse, MeetingNotesBlockObjectResponse, QueryMeetingNotesResponse } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { type Call, type Route, route } from '../http/route.ts';
import {
  anything,
  array,
  boolean,
  isPlain,
  looseObject,
  number,
  object,
  oneOf,
  optional,
  string,
  uuid,
} from '../http/shape.ts';
import type { BlockNode } from '../world/records.ts';
import { plainText, textOf } from '../world/rich-text.ts';
import { isTrashed } from '../world/tree.ts';
import { blockObject } from './block-object.ts';
import { appendBlocks, requireEditable } from './block-writes.ts';
import { usableUpload } from './file-input.ts';
import { findBlock, findPage, visibleNode } from './lookup.ts';

type MeetingNotes = MeetingNotesBlockObjectResponse['meeting_notes'];

const LIMIT_MAX = 100;
const creation = object({
  title: optional(string()),
  language: optional(string()),
  options: optional(object({ kickoff_summary: optional(boolean) })),
  source: looseObject({
    type: oneOf('file_upload', 'block'),
    file_upload_id: optional(uuid),
    block_id: optional(uuid),
  }),
  parent: optional(object({ type: optional(oneOf('page_id')), page_id: uuid })),
});
const query = object({
  filter: optional(anything),
  sort: optional(
    array(
      object({
        property: oneOf('title', 'attendees', 'created_time', 'created_by', 'last_edited_time', 'last_edited_by'),
        direction: oneOf('ascending', 'descending'),
      }),
    ),
  ),
  limit: optional(number),
});

export const meetingNoteRoutes: readonly Route[] = [
  route('POST', '/v1/blocks/meeting_notes', {
    needs: 'insert_content',
    body: creation,
    handle(call, { body }): BlockObjectResponse {
      const page = meetingPage(call, body);
      requireEditable(call, page);
      const content: MeetingNotes = {
        title: textOf(body.title ?? 'Meeting'),
        status: 'notes_ready',
        recording: { start_time: new Date(call.world.clock.now()).toISOString() },
      };
      const parts = ['Summary', 'Notes', 'Transcript'].map(paragraph);
      const added = appendBlocks(
        call,
        page,
        [{ type: 'meeting_notes', content: { ...content }, children: parts }],
        'end',
      );
      const block = added[0];
      if (block === undefined) throw new Error('the meeting notes block was not made');
      const [summary = '', notes = '', transcript = ''] = block.children;
      const children = { summary_block_id: summary, notes_block_id: notes, transcript_block_id: transcript };
      block.content = { ...content, children };
      return blockObject(call, block);
    },
  }),
  route('POST', '/v1/blocks/meeting_notes/query', {
    needs: 'read_content',
    body: query,
    handle(call, { body }): QueryMeetingNotesResponse {
      const matches = filterOf(body.filter, 'body.filter', call.world.clock.now());
      const found = meetings(call).filter(matches);
      for (const { property, direction } of (body.sort ?? []).toReversed()) {
        const sign = direction === 'ascending' ? 1 : -1;
        found.sort((a, b) => sign * String(fieldOf(a, property)).localeCompare(String(fieldOf(b, property))));
      }
      const limit = Math.min(body.limit ?? LIMIT_MAX, LIMIT_MAX);
      const results = found.slice(0, limit).map(one => blockObject({ ...call, version: '2026-03-11' }, one));
      return { results: results as QueryMeetingNotesResponse['results'], has_more: found.length > limit };
    },
  }),
];

function paragraph(text: string) {
  return {
    type: 'paragraph' as const,
    content: { rich_text: textOf(text), color: 'default', icon: null },
    children: [],
  };
}

function meetingPage(
  call: Call,
  body: { source: { file_upload_id?: string; block_id?: string }; parent?: { page_id: string } },
) {
  const { source, parent } = body;
  if (source.file_upload_id !== undefined && parent !== undefined) {
    usableUpload(call, source.file_upload_id);
    return findPage(call, parent.page_id);
  }
  if (source.block_id === undefined)
    throw invalid('body failed validation: body.source.block_id should be defined, instead was `undefined`.');
  const block = findBlock(call, source.block_id);
  if (block.kind === 'database') throw invalid('The source block must be an audio or video block.');
  return block;
}

function meetings(call: Call): BlockNode[] {
  const ids = call.world.meetings.get(call.caller.workspaceId) ?? [];
  return [...ids].flatMap(id => {
    const node = visibleNode(call, id);
    return node?.kind === 'block' && !isTrashed(call.world, node) ? [node] : [];
  });
}

function fieldOf(block: BlockNode, property: string): string {
  const content = block.content as MeetingNotes;
  switch (property) {
    case 'title':
      return plainText(content.title ?? []);
    case 'created_by':
      return block.createdBy;
    case 'last_edited_by':
      return block.editedBy;
    case 'created_time':
      return new Date(block.createdAt).toISOString();
    case 'last_edited_time':
      return new Date(block.editedAt).toISOString();
    default:
      return (content.calendar_event?.attendees ?? []).join(',');
  }
}

type Test = (block: BlockNode) => boolean;

/** Combinators of property filters, nested as deep as the request is. */
function filterOf(filter: unknown, path: string, now: number): Test {
  if (filter === undefined) return () => true;
  if (!isPlain(filter)) throw invalid(`body failed validation: ${path} should be an object.`);
  if (Array.isArray(filter.filters)) {
    const tests = filter.filters.map((one, index) => filterOf(one, `${path}.filters[${index}]`, now));
    return filter.operator === 'or'
      ? block => tests.some(test => test(block))
      : block => tests.every(test => test(block));
  }
  if (typeof filter.property !== 'string' || !isPlain(filter.filter)) return () => true;
  return comparison(filter.filter, filter.property, path, now);
}

function operandOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const inner = isPlain(first) ? first.value : '';
  if (!isPlain(inner)) return String(inner ?? '').toLowerCase();
  return String(inner.id ?? inner.start_date ?? '').toLowerCase();
}

function comparison(condition: Record<string, unknown>, property: string, path: string, now: number): Test {
  const operator = String(condition.operator);
  if (operator === 'date_is_within' || operator === 'date_is_relative_to') {
    const { from, to } = rangeOf(condition.value, now);
    return block => fieldOf(block, property) >= from && fieldOf(block, property) <= to;
  }
  const test = COMPARISONS[operator];
  if (test === undefined) {
    throw invalid(
      `body failed validation: ${path}.filter.operator should be a known operator, instead was \`"${operator}"\`.`,
    );
  }
  const operand = operandOf(condition.value);
  return block => test(fieldOf(block, property).toLowerCase(), operand);
}

const UNIT_MS: Record<string, number> = {
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};

/** A span of time as ISO text: exact days, or so many units before or after now. */
function rangeOf(value: unknown, now: number): { from: string; to: string } {
  if (!isPlain(value)) throw invalid('body failed validation: a date range should be an object.');
  if (isPlain(value.value)) {
    const from = String(value.value.start_date);
    return { from, to: `${value.value.end_date ?? from}T23:59:59.999Z` };
  }
  const length = Number(value.count ?? 1) * (UNIT_MS[String(value.unit)] ?? UNIT_MS.day ?? 0);
  const [start, end] = value.direction === 'future' ? [now, now + length] : [now - length, now];
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

const COMPARISONS: Record<string, (value: string, operand: string) => boolean> = {
  is_empty: value => value === '',
  is_not_empty: value => value !== '',
  string_is: (value, operand) => value === operand,
  string_is_not: (value, operand) => value !== operand,
  string_contains: (value, operand) => value.includes(operand),
  string_does_not_contain: (value, operand) => !value.includes(operand),
  string_starts_with: (value, operand) => value.startsWith(operand),
  string_ends_with: (value, operand) => value.endsWith(operand),
  person_contains: (value, operand) => value.includes(operand),
  person_does_not_contain: (value, operand) => !value.includes(operand),
  date_is: (value, operand) => value.startsWith(operand),
  date_is_before: (value, operand) => value < operand,
  date_is_after: (value, operand) => value.slice(0, operand.length) > operand,
  date_is_on_or_before: (value, operand) => value.slice(0, operand.length) <= operand,
  date_is_on_or_after: (value, operand) => value >= operand,
};
